import { PAGE_SIZE } from '../../../model/address';

/** Entries of one page of a table; each level below covers so many times less. */
export const ENTRIES = 512;

/** Where pages for tables come from, zeroed: physical addresses in bytes. */
export interface TableMemory {
  readonly get_zeroed_page: () => number;
  readonly free_page: (phys: number) => void;
}

/** One page of a page table: 512 entries of 64 bits. VT-d and AMD-Vi differ only in what the bits mean. */
export class TablePage {
  /** Bits 0 to 51 of each entry. */
  readonly lo = new Float64Array(ENTRIES);
  /** Bits 52 to 63. */
  readonly hi = new Uint16Array(ENTRIES);
  /** What an entry leads to that names another page of the table. */
  readonly next: (TablePage | undefined)[] = Array.from({ length: ENTRIES }, () => undefined);

  constructor(readonly phys: number) {}
}

/** Pages of 4 KiB that one entry covers: 1 at level 1, 512 at level 2. */
export function pagesAtLevel(level: number): number {
  return ENTRIES ** (level - 1);
}

/** Which entry of its page says where a pfn leads, at a level. */
export function indexAtLevel(pfn: number, level: number): number {
  return Math.floor(pfn / pagesAtLevel(level)) % ENTRIES;
}

/** One entry that the device reads on its way. Level 1 is the last. */
export interface WalkStep {
  readonly level: number;
  readonly index: number;
  /** Bits 0 to 51 of the entry, and bits 52 to 63. */
  readonly lo: number;
  readonly hi: number;
  /** For people: a table, nothing, or what a device may do with the page. */
  readonly says: string;
}

/** What the device reads for one bus address. `phys`: where that leads, in bytes; nowhere if an entry is empty. */
export interface Walk {
  readonly steps: readonly WalkStep[];
  readonly phys?: number;
}

/** The 64 bits of an entry. */
export function entryValue({ lo, hi }: WalkStep): bigint {
  return (BigInt(hi) << 52n) | BigInt(lo);
}

/** What a page's entry permits, by its bits for reading (1) and writing (2). */
export const RIGHTS_TEXT = ['no access', 'read', 'write', 'read and write'] as const;

/** Walks a table of so many levels. `rights`: what the entry of a page permits. */
export function walkTable(
  root: TablePage,
  levels: number,
  bus: number,
  rights: (lo: number, hi: number) => string,
): Walk {
  const steps: WalkStep[] = [];
  const pfn = Math.floor(bus / PAGE_SIZE);
  let page = root;
  for (let level = levels; ; level--) {
    const index = indexAtLevel(pfn, level);
    const lo = page.lo[index]!;
    const hi = page.hi[index]!;
    const next = page.next[index];
    const says = next ? 'table' : lo === 0 ? 'nothing is mapped' : rights(lo, hi);
    steps.push({ level, index, lo, hi, says });
    if (next) page = next;
    else if (lo === 0) return { steps };
    else return { steps, phys: lo - (lo % PAGE_SIZE) + (bus % (pagesAtLevel(level) * PAGE_SIZE)) };
  }
}
