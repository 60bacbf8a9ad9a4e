/** drivers/md/dm-cache-target.c: how a cache treats writes. */
export const DM_CACHE_MODES = ['writeback', 'writethrough', 'passthrough'] as const;
export type DmCacheMode = (typeof DM_CACHE_MODES)[number];

export interface DmCacheIo {
  readonly op: 'read' | 'write' | 'discard' | 'flush';
  readonly fua: boolean;
  readonly mode: DmCacheMode;
  /** Whether the block is in the cache: promoted, and neither demoted nor invalidated since. */
  readonly cached: boolean;
  /** A write of the whole block, or any bio to a discarded block. */
  readonly optimisable: boolean;
  /** The block is being copied: bios wait for it in its cell. */
  readonly migrating: boolean;
  /** Whether the policy may promote at all (the cleaner does not), and has a free block to promote to. */
  readonly mayPromote: boolean;
}

export interface DmCacheDecision {
  /** What the policy was asked, if it was. */
  readonly lookup?: 'hit' | 'miss';
  /**
   * - `both`: fast and origin at once, the event names fast only. - `promote`: to the new block, as the bio itself fills it.
   * - `invalidate`: the block is dropped, then the bio goes to the origin. - `wait`: for a commit, or for the block's copy.
   */
  readonly goes: 'fast' | 'origin' | 'both' | 'promote' | 'invalidate' | 'wait' | 'discard';
  readonly because: string;
}

/** `cache_map`, `map_bio`: where a bio that stays in one block goes. Captures: dmcache-*. */
export function map_bio(io: DmCacheIo): DmCacheDecision {
  if (io.op === 'flush' || io.fua)
    return { goes: 'wait', because: 'FLUSH and FUA wait until the metadata is committed' };
  if (io.op === 'discard') return { goes: 'discard', because: 'the worker marks its blocks as discarded' };
  if (io.migrating) return { goes: 'wait', because: 'the block is being copied: the bio waits in its cell' };
  const lookup = io.cached ? 'hit' : 'miss';
  if (io.mode === 'passthrough') {
    return io.cached && io.op === 'write'
      ? {
          lookup,
          goes: 'invalidate',
          because: 'passthrough: a write drops the block, then goes to the origin',
        }
      : { lookup, goes: 'origin', because: 'passthrough: the origin has the truth' };
  }
  if (io.cached) {
    if (io.op === 'write' && io.mode === 'writethrough')
      return { lookup, goes: 'both', because: 'writethrough: fast and origin at once' };
    return {
      lookup,
      goes: 'fast',
      because: io.op === 'write' ? 'write hit: the block is dirty' : 'read hit',
    };
  }
  if (io.op === 'write' && io.optimisable && io.mode === 'writeback' && io.mayPromote)
    return {
      lookup,
      goes: 'promote',
      because: 'nothing of the old block is needed: it is promoted with the bio itself, at its first write',
    };
  return { lookup, goes: 'origin', because: `${io.op} miss` };
}

/** Sectors of a cache's blocks: where in the fast device a sector of the origin is, in block `cblock`. */
export function remap_to_cache(sector: number, blockSectors: number, cblock: number): number {
  return cblock * blockSectors + (sector % blockSectors);
}
