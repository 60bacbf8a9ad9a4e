import type { TierPolicy } from './policy';
import { Recency } from './recency';

/** Nanoseconds in which a block's hits count once: what the captures show of smq's periods (dmcache-01 to -05). */
const PERIOD = 500_000_000;
/** Periods in which a block must have been asked for. */
const PERIODS = 2;
/** Uncached blocks that it watches, for each that it may keep. */
const HOTSPOT = 4;

/**
 * As smq of today's dm-cache behaved: a read is promoted when it is asked for in two periods of time, however often in one;
 * when writes are missed, they go to the origin meanwhile. What was promoted starts hot; the colder half of what is clean may
 * go. smq's stochastic queues are told by their effect: a block moves up by half of what is above it.
 */
export function smq(capacity: number): TierPolicy {
  const watched = new Map<number, { periods: number; last: number }>();
  const queue = new Recency();
  let because = '';
  return {
    get because() {
      return because;
    },
    hit(block) {
      queue.touch(block);
    },
    wants(block, _write, now) {
      const period = Math.floor(now / PERIOD);
      const known = watched.get(block);
      const entry = known ?? { periods: 0, last: -1 };
      if (entry.last !== period) entry.periods++;
      entry.last = period;
      watched.delete(block);
      watched.set(block, entry);
      if (watched.size > capacity * HOTSPOT) watched.delete(watched.keys().next().value!);
      because = `smq: asked for in ${entry.periods} periods of time, ${PERIODS} are wanted`;
      return entry.periods >= PERIODS;
    },
    inserted(block) {
      watched.delete(block);
      queue.touch(block);
    },
    removed(block) {
      queue.delete(block);
    },
    victim: (may) => queue.first(may, Math.ceil(queue.size / 2)),
  };
}
