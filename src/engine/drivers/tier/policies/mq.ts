import type { TierPolicy } from './policy';
import { anyBlock, Recency } from './recency';

/** Levels of the queues, by powers of two of the hits. */
const LEVELS = 16;
/** Hits that 4.1's mq wants beyond the threshold (drivers/md/dm-cache-policy-mq.c: read and write_promote_adjustment). */
const READ_PROMOTE_ADJUSTMENT = 4;
const WRITE_PROMOTE_ADJUSTMENT = 8;
/** Uncached blocks it remembers, for each that it may keep. */
const PRE_CACHE = 2;

/**
 * As 4.1's mq: a block is counted before it is cached, and promoted when it has been asked for more often than what it would
 * replace, by 4 for reads and 8 for writes. 4.1 counts in generations; here nothing is forgotten but by age in the queue.
 */
export function mq(capacity: number): TierPolicy {
  const cached = queues();
  const before = new Map<number, number>();
  let because = '';
  return {
    get because() {
      return because;
    },
    hit(block) {
      cached.touch(block);
    },
    wants(block, write) {
      const hits = (before.get(block) ?? 0) + 1;
      before.delete(block);
      before.set(block, hits);
      if (before.size > capacity * PRE_CACHE) before.delete(before.keys().next().value!);
      const threshold = cached.size < capacity ? 0 : cached.leastHits();
      const needed = threshold + (write ? WRITE_PROMOTE_ADJUSTMENT : READ_PROMOTE_ADJUSTMENT);
      because = `mq: asked for ${hits} times, ${needed} are wanted for a ${write ? 'write' : 'read'}`;
      return hits >= needed;
    },
    inserted(block) {
      cached.add(block, before.get(block) ?? 1);
      before.delete(block);
    },
    removed(block) {
      cached.delete(block);
    },
    victim: (may) => cached.first(may),
  };
}

function queues() {
  const levels = Array.from({ length: LEVELS }, () => new Recency());
  const hits = new Map<number, number>();
  const levelOf = (count: number) => Math.min(31 - Math.clz32(count || 1), LEVELS - 1);
  const add = (block: number, count: number) => {
    hits.set(block, count);
    levels[levelOf(count)]!.touch(block);
  };
  const drop = (block: number) => {
    levels[levelOf(hits.get(block) ?? 1)]!.delete(block);
  };
  return {
    add,
    get size() {
      return hits.size;
    },
    touch(block: number) {
      const count = hits.get(block);
      if (count === undefined) return;
      drop(block);
      add(block, count + 1);
    },
    delete(block: number) {
      drop(block);
      hits.delete(block);
    },
    leastHits(): number {
      const first = levels.find((level) => level.size > 0)?.first(anyBlock);
      return first === undefined ? 0 : hits.get(first)!;
    },
    first(may: (block: number) => boolean): number | undefined {
      for (const level of levels) {
        const found = level.first(may);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
