import { PAGE_SIZE } from '../../model/address';
import type { PhysicalMap } from './physical-map';

/**
 * Gives drivers free RAM pages, highest first. Which page a real kernel would give is its own affair; that it
 * is RAM, has a `struct page`, and is nobody else's, is what matters here.
 */
export class PageAllocator {
  private readonly runs: { start: number; end: number }[];
  private readonly taken = new Set<number>();
  private calls = 0;

  /** `failAt`: the calls (from 1) that must fail, for fault injection. `inUse`: pfns that are somebody's already. */
  constructor(
    map: PhysicalMap,
    inUse: Iterable<number>,
    private readonly failAt: ReadonlySet<number>,
  ) {
    this.runs = map.extents
      .filter((e) => e.kind === 'ram' && e.start >= 0x100000)
      .map((e) => ({ start: Math.ceil(e.start / PAGE_SIZE), end: Math.floor(e.end / PAGE_SIZE) }));
    for (const pfn of inUse) this.taken.add(pfn);
  }

  /** A pfn, or `undefined` when memory is exhausted or this call was told to fail. */
  alloc_page(): number | undefined {
    if (this.failAt.has(++this.calls)) return undefined;
    for (;;) {
      const run = this.runs.at(-1);
      if (run === undefined) return undefined;
      if (run.end <= run.start) {
        this.runs.pop();
        continue;
      }
      const pfn = --run.end;
      if (!this.taken.has(pfn)) return pfn;
    }
  }
}
