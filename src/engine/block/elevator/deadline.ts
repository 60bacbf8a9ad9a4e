import { REQ_WRITE } from '../flags';
import type { Kernel } from '../../kernel';
import { RequestList } from '../request-list';
import type { Request } from '../requests';
import type { Scheduler } from './elevator';

/** 4.1's defaults: nanoseconds until a read or write must go, requests a batch, and reads before a waiting write. */
const FIFO_EXPIRE = [500e6, 5000e6] as const;
const FIFO_BATCH = 16;
const WRITES_STARVED = 2;

/** Requests of one direction: by sector, and by age. */
class Direction {
  readonly sorted = new RequestList();
  readonly fifo = new RequestList();
  /** The one to go on with in sector order. */
  next: Request | undefined = undefined;

  /** By sector, behind its equals. */
  sort(rq: Request): void {
    this.sorted.insertAfter(rq, this.place(rq.__sector));
  }

  /** The last request that starts at this sector or before it, or undefined. */
  private place(sector: number): Request | undefined {
    const { sorted } = this;
    let at = sorted.last;
    while (at !== undefined && at.__sector > sector) at = sorted.previous(at);
    return at;
  }

  /** The request that starts at this sector, or undefined. */
  at(sector: number): Request | undefined {
    const rq = this.place(sector);
    return rq !== undefined && rq.__sector === sector ? rq : undefined;
  }

  remove(rq: Request): void {
    if (this.next === rq) this.next = this.sorted.next(rq);
    this.sorted.remove(rq);
    this.fifo.remove(rq);
  }
}

/** 4.1's deadline scheduler: in sector order, in batches of one direction, unless a request has waited too long. */
export function deadline(): Scheduler {
  const reads = new Direction();
  const writes = new Direction();
  let batching = 0;
  let starved = 0;
  const of = (rq: Request) => ((rq.cmd_flags & REQ_WRITE) === 0 ? reads : writes);

  /** Which request goes next, if not the one the batch goes on with. */
  const choose = (kernel: Kernel): Request | undefined => {
    let chosen: Direction;
    if (!reads.fifo.empty && !(!writes.fifo.empty && starved++ >= WRITES_STARVED)) chosen = reads;
    else if (!writes.fifo.empty) {
      starved = 0;
      chosen = writes;
    } else return undefined;
    const oldest = chosen.fifo.first!;
    batching = 0;
    const expired = kernel.clock.now >= oldest.fifo_time;
    return expired || chosen.next === undefined ? oldest : chosen.next;
  };

  return {
    name: 'deadline',
    add(kernel, rq) {
      const direction = of(rq);
      direction.sort(rq);
      rq.fifo_time = kernel.clock.now + FIFO_EXPIRE[(rq.cmd_flags & REQ_WRITE) as 0 | 1];
      direction.fifo.append(rq);
    },
    findFront(bio) {
      const end = bio.bi_sector + bio.bi_size / 512;
      return ((bio.bi_rw & REQ_WRITE) === 0 ? reads : writes).at(end);
    },
    merged(rq, front) {
      if (!front) return;
      const direction = of(rq);
      direction.sorted.remove(rq);
      direction.sort(rq);
    },
    mergedRequests(rq, next) {
      const direction = of(next);
      const { fifo } = direction;
      if (fifo.has(rq) && fifo.has(next) && next.fifo_time < rq.fifo_time) {
        fifo.remove(rq);
        fifo.insertAfter(rq, next);
        rq.fifo_time = next.fifo_time;
      }
      direction.remove(next);
    },
    latter: (rq) => of(rq).sorted.next(rq),
    former: (rq) => of(rq).sorted.previous(rq),
    dispatch(kernel, into) {
      const onward = writes.next === undefined ? reads.next : writes.next;
      const rq = onward !== undefined && batching < FIFO_BATCH ? onward : choose(kernel);
      if (rq === undefined) return false;
      batching++;
      const direction = of(rq);
      const after = direction.sorted.next(rq);
      direction.remove(rq);
      reads.next = writes.next = undefined;
      direction.next = after;
      into.dispatchTail(rq);
      return true;
    },
  };
}
