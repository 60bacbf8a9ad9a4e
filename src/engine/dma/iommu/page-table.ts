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

  /** The entry as the device reads it. */
  value(index: number): bigint {
    return (BigInt(this.hi[index]!) << 52n) | BigInt(this.lo[index]!);
  }
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
  readonly value: bigint;
  readonly says: string;
}

/** What the device reads for one bus address. `phys`: where that leads, in bytes; nowhere if an entry is empty. */
export interface Walk {
  readonly steps: readonly WalkStep[];
  readonly phys?: number;
}

/** Walks a table of so many levels. `rights`: what the entry of a page permits, for people. */
export function walkTable(
  root: TablePage,
  levels: number,
  bus: number,
  rights: (page: TablePage, index: number) => string,
): Walk {
  const steps: WalkStep[] = [];
  const pfn = Math.floor(bus / PAGE_SIZE);
  let page = root;
  for (let level = levels; ; level--) {
    const index = indexAtLevel(pfn, level);
    const step = { level, index, value: page.value(index) };
    const next = page.next[index];
    if (next) {
      steps.push({ ...step, says: `table at ${next.phys.toString(16)}` });
      page = next;
      continue;
    }
    if (step.value === 0n) {
      steps.push({ ...step, says: 'nothing is mapped' });
      return { steps };
    }
    const bytes = pagesAtLevel(level) * PAGE_SIZE;
    const start = page.lo[index]! - (page.lo[index]! % PAGE_SIZE);
    steps.push({ ...step, says: `page at ${start.toString(16)}, ${rights(page, index)}` });
    return { steps, phys: start + (bus % bytes) };
  }
}
