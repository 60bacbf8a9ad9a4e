import { firstThat, type TierPolicy } from './policy';

/** Everything is kept; what was not used for the longest time goes. */
export function lru(): TierPolicy {
  const blocks = new Set<number>();
  const touch = (block: number) => {
    blocks.delete(block);
    blocks.add(block);
  };
  return {
    because: 'lru keeps everything that is asked for',
    hit: touch,
    wants: () => true,
    inserted: touch,
    removed: (block) => blocks.delete(block),
    victim: (may) => firstThat(blocks, may),
  };
}
