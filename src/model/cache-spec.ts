import * as v from 'valibot';
import { Name, common, sectors } from './device-common';
import { count } from './memory-facts';

/** How a tier treats writes, and who decides what it keeps. */
export const TIER_MODES = ['write-back', 'write-through', 'write-around', 'pass-through'] as const;
export type TierMode = (typeof TIER_MODES)[number];
export const TIER_POLICIES = ['lru', 'mq', 'smq', 'arc'] as const;
export type TierPolicyName = (typeof TIER_POLICIES)[number];
/** How its data gets from persistent memory to the slow disk. */
export const TIER_MOVES = ['copy', 'pages', 'pfn'] as const;
export type TierMove = (typeof TIER_MOVES)[number];

const percent = (what: string) => v.optional(v.pipe(count(what, 100)));

const cacheBelow = {
  cache: v.pipe(Name, v.description('The fast disk.')),
  origin: v.pipe(Name, v.description('The slow disk, or the top of a stack.')),
};

/** Fast disks in front of slow ones. */
export const CACHES = [
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('tier'),
    cache: v.pipe(Name, v.description('A pmem disk: its memory is the cache.')),
    mode: v.optional(v.pipe(v.picklist(TIER_MODES), v.description('write-back if absent.'))),
    policy: v.optional(v.pipe(v.picklist(TIER_POLICIES), v.description('lru if absent.'))),
    move: v.optional(
      v.pipe(
        v.picklist(TIER_MOVES),
        v.description(
          'How data gets to the slow disk: "copy" through DRAM pages (if absent), "pages" straight from pmem that has struct pages, "pfn" straight from pmem without any (the series).',
        ),
      ),
    ),
    block: v.optional(v.pipe(sectors('Its block, a power of two from 8 on; 8 if absent'))),
    slots: v.optional(v.pipe(count('Blocks it may keep; all that fit if absent.', 2 ** 32), v.minValue(1))),
    sequentialCutoff: v.optional(
      count('Bytes in a row from which on a stream goes around; 0: none.', 2 ** 40),
    ),
    congestion: v.optional(
      count('Blocks on their way to the slow disk from which on nothing is promoted; 0: never.', 65536),
    ),
    dirtyHigh: percent('Dirty slots in percent at which writeback begins; 50 if absent.'),
    dirtyLow: percent('Where it ends; 40 if absent.'),
  }),
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('bcache'),
    mode: v.optional(
      v.pipe(
        v.picklist(['writethrough', 'writeback', 'writearound', 'none']),
        v.description('writethrough if absent.'),
      ),
    ),
    bucket: v.optional(v.pipe(sectors('A bucket'), v.minValue(8))),
    sequentialCutoff: v.optional(count('Bytes; 4 MiB if absent, 0 is off.', 2 ** 40)),
    readahead: v.optional(
      v.pipe(v.picklist(['all', 'meta-only']), v.description('readahead_cache_policy; all if absent.')),
    ),
    /** What a capture cannot be asked to wait for. */
    inUse: percent('Percent of the buckets that are taken to be in use from the start.'),
    congested: v.optional(
      count(
        'Sectors from which on a bio is not cached, as if the cache device were busy; 0: never.',
        2 ** 20,
      ),
    ),
    detaching: v.optional(v.pipe(v.boolean(), v.description('It is being detached.'))),
  }),
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('dm-writecache'),
    kind: v.optional(v.pipe(v.picklist(['p', 's']), v.description('p: pmem (if absent); s: an SSD.'))),
    block: v.optional(sectors('Its block; 8 if absent')),
    highWatermark: percent('50 if absent.'),
    lowWatermark: percent('45 if absent.'),
    autocommitBlocks: v.optional(v.pipe(count('64 for p, 65536 for s.', 2 ** 31), v.minValue(1))),
  }),
  v.strictObject({
    ...common,
    ...cacheBelow,
    driver: v.literal('dm-cache'),
    mode: v.optional(
      v.pipe(v.picklist(['writeback', 'writethrough', 'passthrough']), v.description('writeback if absent.')),
    ),
    policy: v.optional(v.pipe(v.picklist(['smq', 'cleaner']), v.description('smq if absent.'))),
    block: v.optional(sectors('Its block, a multiple of 64; 128 if absent')),
  }),
] as const;
