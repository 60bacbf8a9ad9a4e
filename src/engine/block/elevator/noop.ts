import { NONE } from '../tables';
import type { Scheduler } from './elevator';

/** 4.1's noop: in the order they came; the dispatch list sorts them by sector. No search for front merges. */
export function noop(): Scheduler {
  const queue: number[] = [];
  return {
    name: 'noop',
    add: (_kernel, rq) => {
      queue.push(rq);
    },
    findFront: () => NONE,
    merged: () => undefined,
    mergedRequests: (_kernel, _rq, next) => {
      queue.splice(queue.indexOf(next), 1);
    },
    latter: (_kernel, rq) => queue[queue.indexOf(rq) + 1] ?? NONE,
    former: (_kernel, rq) => queue[queue.indexOf(rq) - 1] ?? NONE,
    dispatch(kernel, into) {
      const rq = queue.shift();
      if (rq === undefined) return false;
      into.dispatchSorted(kernel, rq);
      return true;
    },
  };
}
