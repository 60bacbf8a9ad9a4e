import type { TierPolicy } from './policy';
import { anyBlock, Recency } from './recency';

/**
 * ARC (N. Megiddo and D. Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003): what was used once (t1)
 * and more often (t2), and what was thrown out of either not long ago (b1, b2). A request for something thrown out too early
 * moves the target size `p` of t1.
 */
export function arc(capacity: number): TierPolicy {
  const [t1, t2, b1, b2] = [new Recency(), new Recency(), new Recency(), new Recency()];
  let p = 0;
  let toT2 = false;
  const bound = (ghosts: Recency, most: number) => {
    while (ghosts.size > most) ghosts.delete(ghosts.first(anyBlock)!);
  };
  return {
    because: 'arc keeps everything that is asked for',
    hit(block) {
      t1.delete(block);
      t2.delete(block);
      t2.touch(block);
    },
    wants(block) {
      toT2 = b1.has(block) || b2.has(block);
      if (b1.has(block)) p = Math.min(capacity, p + Math.max(1, Math.floor(b2.size / Math.max(1, b1.size))));
      else if (b2.has(block)) p = Math.max(0, p - Math.max(1, Math.floor(b1.size / Math.max(1, b2.size))));
      return true;
    },
    inserted(block) {
      b1.delete(block);
      b2.delete(block);
      (toT2 ? t2 : t1).touch(block);
      toT2 = false;
    },
    removed(block, evicted) {
      if (evicted && t1.has(block)) b1.touch(block);
      if (evicted && t2.has(block)) b2.touch(block);
      t1.delete(block);
      t2.delete(block);
      bound(b1, Math.max(0, capacity - t1.size));
      bound(b2, Math.max(0, 2 * capacity - t1.size - t2.size - b1.size));
    },
    victim(may, forBlock) {
      const fromT1 = t1.size > 0 && (t1.size > p || (b2.has(forBlock) && t1.size === p));
      const [first, second] = fromT1 ? [t1, t2] : [t2, t1];
      return first.first(may) ?? second.first(may);
    },
  };
}
