import { REQ_WRITE } from '../flags';
import { NONE } from '../tables';
import type { Kernel } from '../../kernel';
import { RequestList } from '../request-list';
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
  next = NONE;

  /** By sector, behind its equals. */
  sort(kernel: Kernel, rq: number): void {
    this.sorted.insertAfter(rq, this.place(kernel, kernel.requests.__sector[rq]!));
  }

  /** The last request that starts at this sector or before it, or NONE. */
  private place(kernel: Kernel, sector: number): number {
    const { sorted } = this;
    const { __sector } = kernel.requests;
    let at = sorted.last;
    while (at !== NONE && __sector[at]! > sector) at = sorted.previous(at);
    return at;
  }

  /** The request that starts at this sector, or NONE. */
  at(kernel: Kernel, sector: number): number {
    const rq = this.place(kernel, sector);
    return rq !== NONE && kernel.requests.__sector[rq] === sector ? rq : NONE;
  }

  remove(rq: number): void {
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
  const of = (kernel: Kernel, rq: number) =>
    (kernel.requests.cmd_flags[rq]! & REQ_WRITE) === 0 ? reads : writes;

  /** Which request goes next, if not the one the batch goes on with. */
  const choose = (kernel: Kernel): number => {
    let chosen: Direction;
    if (!reads.fifo.empty && !(!writes.fifo.empty && starved++ >= WRITES_STARVED)) chosen = reads;
    else if (!writes.fifo.empty) {
      starved = 0;
      chosen = writes;
    } else return NONE;
    const oldest = chosen.fifo.first;
    batching = 0;
    const expired = kernel.clock.now >= kernel.requests.fifo_time[oldest]!;
    return expired || chosen.next === NONE ? oldest : chosen.next;
  };

  return {
    name: 'deadline',
    add(kernel, rq) {
      const direction = of(kernel, rq);
      direction.sort(kernel, rq);
      kernel.requests.fifo_time[rq] =
        kernel.clock.now + FIFO_EXPIRE[(kernel.requests.cmd_flags[rq]! & REQ_WRITE) as 0 | 1];
      direction.fifo.append(rq);
    },
    findFront(kernel, bio) {
      const { bios } = kernel;
      const end = bios.bi_sector[bio]! + bios.bi_size[bio]! / 512;
      return ((bios.bi_rw[bio]! & REQ_WRITE) === 0 ? reads : writes).at(kernel, end);
    },
    merged(kernel, rq, front) {
      if (!front) return;
      const direction = of(kernel, rq);
      direction.sorted.remove(rq);
      direction.sort(kernel, rq);
    },
    mergedRequests(kernel, rq, next) {
      const direction = of(kernel, next);
      const { fifo } = direction;
      const { fifo_time } = kernel.requests;
      if (fifo.has(rq) && fifo.has(next) && fifo_time[next]! < fifo_time[rq]!) {
        fifo.remove(rq);
        fifo.insertAfter(rq, next);
        fifo_time[rq] = fifo_time[next]!;
      }
      direction.remove(next);
    },
    latter: (kernel, rq) => of(kernel, rq).sorted.next(rq),
    former: (kernel, rq) => of(kernel, rq).sorted.previous(rq),
    dispatch(kernel, into) {
      const onward = writes.next === NONE ? reads.next : writes.next;
      const rq = onward !== NONE && batching < FIFO_BATCH ? onward : choose(kernel);
      if (rq === NONE) return false;
      batching++;
      const direction = of(kernel, rq);
      const after = direction.sorted.next(rq);
      direction.remove(rq);
      reads.next = writes.next = NONE;
      direction.next = after;
      into.dispatchTail(kernel, rq);
      return true;
    },
  };
}
