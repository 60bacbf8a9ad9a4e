import { REQ_WRITE } from '../flags';
import { NONE } from '../tables';
import type { Kernel } from '../../kernel';
import type { Scheduler } from './elevator';

/** 4.1's defaults: nanoseconds until a read or write must go, requests a batch, and reads before a waiting write. */
const FIFO_EXPIRE = [500e6, 5000e6] as const;
const FIFO_BATCH = 16;
const WRITES_STARVED = 2;

/** Requests of one direction: by sector, and by age. */
class Direction {
  readonly sorted: number[] = [];
  readonly fifo: number[] = [];
  /** The one to go on with in sector order. */
  next = NONE;

  add(kernel: Kernel, rq: number): void {
    this.sorted.splice(this.place(kernel, kernel.requests.__sector[rq]!), 0, rq);
  }

  /** Where a request of this sector goes: behind its equals. */
  place(kernel: Kernel, sector: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (kernel.requests.__sector[this.sorted[middle]!]! <= sector) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The request that starts at this sector, or NONE. */
  at(kernel: Kernel, sector: number): number {
    const rq = this.sorted[this.place(kernel, sector) - 1];
    return rq !== undefined && kernel.requests.__sector[rq] === sector ? rq : NONE;
  }

  remove(rq: number): void {
    const at = this.sorted.indexOf(rq);
    if (this.next === rq) this.next = this.sorted[at + 1] ?? NONE;
    this.sorted.splice(at, 1);
    this.fifo.splice(this.fifo.indexOf(rq), 1);
  }
}

/** 4.1's deadline scheduler: in sector order, in batches of one direction, unless a request has waited too long. */
export function deadline(): Scheduler {
  const directions = [new Direction(), new Direction()] as const;
  let batching = 0;
  let starved = 0;
  const of = (kernel: Kernel, rq: number) =>
    directions[(kernel.requests.cmd_flags[rq]! & REQ_WRITE) as 0 | 1];
  const neighbour = (kernel: Kernel, rq: number, step: number) => {
    const { sorted } = of(kernel, rq);
    return sorted[sorted.indexOf(rq) + step] ?? NONE;
  };

  /** Which request goes next, if not the one the batch goes on with. */
  const choose = (kernel: Kernel): number => {
    const [reads, writes] = directions;
    let chosen: Direction;
    if (reads.fifo.length > 0 && !(writes.fifo.length > 0 && starved++ >= WRITES_STARVED)) chosen = reads;
    else if (writes.fifo.length > 0) {
      starved = 0;
      chosen = writes;
    } else return NONE;
    const oldest = chosen.fifo[0]!;
    batching = 0;
    const expired = kernel.clock.now >= kernel.requests.fifo_time[oldest]!;
    return expired || chosen.next === NONE ? oldest : chosen.next;
  };

  return {
    name: 'deadline',
    add(kernel, rq) {
      const direction = of(kernel, rq);
      direction.add(kernel, rq);
      kernel.requests.fifo_time[rq] =
        kernel.clock.now + FIFO_EXPIRE[(kernel.requests.cmd_flags[rq]! & REQ_WRITE) as 0 | 1];
      direction.fifo.push(rq);
    },
    findFront(kernel, bio) {
      const { bios } = kernel;
      const end = bios.bi_sector[bio]! + bios.bi_size[bio]! / 512;
      return directions[(bios.bi_rw[bio]! & REQ_WRITE) as 0 | 1].at(kernel, end);
    },
    merged(kernel, rq, front) {
      if (!front) return;
      const { sorted } = of(kernel, rq);
      sorted.splice(sorted.indexOf(rq), 1);
      of(kernel, rq).add(kernel, rq);
    },
    mergedRequests(kernel, rq, next) {
      const direction = of(kernel, next);
      const { fifo } = direction;
      const [own, others] = [fifo.indexOf(rq), fifo.indexOf(next)];
      const { fifo_time } = kernel.requests;
      if (own >= 0 && others >= 0 && fifo_time[next]! < fifo_time[rq]!) {
        fifo.splice(own, 1);
        fifo.splice(fifo.indexOf(next), 0, rq);
        fifo_time[rq] = fifo_time[next]!;
      }
      direction.remove(next);
    },
    latter: (kernel, rq) => neighbour(kernel, rq, 1),
    former: (kernel, rq) => neighbour(kernel, rq, -1),
    dispatch(kernel, into) {
      const [reads, writes] = directions;
      const onward = writes.next === NONE ? reads.next : writes.next;
      const rq = onward !== NONE && batching < FIFO_BATCH ? onward : choose(kernel);
      if (rq === NONE) return false;
      batching++;
      const direction = of(kernel, rq);
      const after = neighbour(kernel, rq, 1);
      direction.remove(rq);
      reads.next = writes.next = NONE;
      direction.next = after;
      into.dispatchTail(kernel, rq);
      return true;
    },
  };
}
