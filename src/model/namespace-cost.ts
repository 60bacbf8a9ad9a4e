import { PAGE_SIZE } from './address';
import type { NamespaceMode } from './memory-facts';

/** A way to use persistent memory, as `ndctl create-namespace` takes it; `map` where the mode has a choice. */
export interface NamespaceUse {
  readonly mode: NamespaceMode;
  readonly map: 'none' | 'mem' | 'dev';
}

/** Every way there is, cheapest first. */
export const NAMESPACE_USES: readonly NamespaceUse[] = [
  { mode: 'raw', map: 'none' },
  { mode: 'sector', map: 'none' },
  { mode: 'fsdax', map: 'mem' },
  { mode: 'fsdax', map: 'dev' },
  { mode: 'devdax', map: 'mem' },
  { mode: 'devdax', map: 'dev' },
];

/** All in bytes. */
export interface NamespaceCost {
  /** What its `struct page`s take; 0 where it has none. */
  readonly structPages: number;
  readonly livesIn: 'nowhere' | 'RAM' | 'the device';
  /** What a user of the namespace gets. */
  readonly usable: number;
}

/** The pfn info block and what is before it. */
const INFO_BLOCK = 8192;
/** Where the data may start and must end: a huge page. */
const ALIGN = 2 ** 21;
/** What `map=dev` reserves a page, whatever the size of a `struct page` in this kernel. */
const RESERVED_PER_PAGE = 64;

/**
 * What a range of persistent memory costs and gives in one use. `bytes` is the whole range, which starts at a
 * multiple of 2 MiB. Checked against the sizes ndctl printed on 6.1 and 6.12 (test/agreement/namespace-cost).
 */
export function namespaceCost(bytes: number, use: NamespaceUse, structPageSize: number): NamespaceCost {
  if (use.mode === 'sector') return { structPages: 0, livesIn: 'nowhere', usable: bttBytes(bytes) };
  if (use.map === 'none') return { structPages: 0, livesIn: 'nowhere', usable: bytes };
  const structPages = Math.floor(bytes / PAGE_SIZE) * structPageSize;
  const pages = Math.floor((bytes - INFO_BLOCK) / PAGE_SIZE);
  const head = use.map === 'dev' ? INFO_BLOCK + pages * RESERVED_PER_PAGE : INFO_BLOCK;
  const usable = Math.floor(bytes / ALIGN) * ALIGN - Math.ceil(head / ALIGN) * ALIGN;
  return {
    structPages,
    livesIn: use.map === 'dev' ? 'the device' : 'RAM',
    usable: Math.max(usable, 0),
  };
}

const BTT_PAGE = 4096;
const ARENA_MAX = 2 ** 39;
const ARENA_MIN = 2 ** 24;
const BTT_SECTOR = 4096;
const MAP_ENTRY = 4;
/** Free blocks an arena keeps, so that a write never goes over the old bytes; each has a log group of 64 bytes. */
const FREE_BLOCKS = 256;
const LOG_GROUP = 64;

/** What is left for sectors of 4096 bytes in a BTT: arenas of at most 512 GiB, each with info blocks, map and log. */
function bttBytes(bytes: number): number {
  let left = bytes - BTT_PAGE;
  let sectors = 0;
  while (left >= ARENA_MIN) {
    const arena = Math.min(left, ARENA_MAX);
    left -= arena;
    const log = Math.ceil((FREE_BLOCKS * LOG_GROUP) / BTT_PAGE) * BTT_PAGE;
    const room = Math.floor(arena / BTT_PAGE) * BTT_PAGE - 2 * BTT_PAGE - log;
    sectors += Math.floor((room - BTT_PAGE) / (BTT_SECTOR + MAP_ENTRY)) - FREE_BLOCKS;
  }
  return sectors * BTT_SECTOR;
}
