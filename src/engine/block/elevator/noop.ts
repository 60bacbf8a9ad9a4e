import type { Scheduler } from './elevator';
import type { Request } from '../requests';

/** 4.1's noop: in the order they came; the dispatch list sorts them by sector. No search for front merges. */
export function noop(): Scheduler {
  const queue: Request[] = [];
  return {
    name: 'noop',
    add: (_kernel, rq) => {
      queue.push(rq);
    },
    findFront: () => undefined,
    merged: () => undefined,
    mergedRequests: (_rq, next) => {
      queue.splice(queue.indexOf(next), 1);
    },
    latter: (rq) => queue[queue.indexOf(rq) + 1],
    former: (rq) => queue[queue.indexOf(rq) - 1],
    dispatch(_kernel, into) {
      const rq = queue.shift();
      if (rq === undefined) return false;
      into.dispatchSorted(rq);
      return true;
    },
  };
}
