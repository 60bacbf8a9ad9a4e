import type { TierPolicy } from './policy';
import { Recency } from './recency';

/** Everything is kept; what was not used for the longest time goes. */
export function lru(): TierPolicy {
  const blocks = new Recency();
  const touch = (block: number) => {
    blocks.touch(block);
  };
  return {
    because: 'lru keeps everything that is asked for',
    hit: touch,
    wants: () => true,
    inserted: touch,
    removed(block) {
      blocks.delete(block);
    },
    victim: (may) => blocks.first(may),
  };
}
