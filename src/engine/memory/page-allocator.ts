import { PAGE_SIZE } from '../../model/address';
import type { PhysicalMap } from './physical-map';

/**
 * Gives drivers free RAM pages, highest first. Which page a real kernel would give is its own affair; that it
 * is RAM, has a `struct page`, and is nobody else's, is what matters here.
 */
export class PageAllocator {
  private runs: Run[];
  private readonly freed: number[] = [];
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

  /**
   * A pfn, at most `max_pfn`, or `undefined` when memory is exhausted or this call was told to fail. Pages given back
   * are given out again first.
   */
  alloc_page(max_pfn = Infinity): number | undefined {
    return this.failAt.has(++this.calls) ? undefined : this.takePage(max_pfn);
  }

  /** As alloc_page, but no call that can be told to fail: what the kernel needs for its own tables. */
  takePage(max_pfn = Infinity): number | undefined {
    for (let at = this.freed.length - 1; at >= 0; at--)
      if (this.freed[at]! <= max_pfn) return this.freed.splice(at, 1)[0];
    for (let at = this.runs.length - 1; at >= 0; at--) {
      const run = this.runs[at]!;
      const pfn = run.end - 1 <= max_pfn ? this.fromTop(run) : this.below(run, max_pfn);
      if (pfn !== undefined) return pfn;
    }
    return undefined;
  }

  free_page(pfn: number): void {
    this.freed.push(pfn);
  }

  /** Takes a physical range away for good, as the kernel does at boot. Bytes. */
  reserve(start: number, end: number): void {
    const from = Math.floor(start / PAGE_SIZE);
    const to = Math.ceil(end / PAGE_SIZE);
    this.runs = this.runs.flatMap((run) =>
      [
        { start: run.start, end: Math.min(run.end, from) },
        { start: Math.max(run.start, to), end: run.end },
      ].filter((part) => part.start < part.end),
    );
  }

  private fromTop(run: Run): number | undefined {
    while (run.end > run.start) if (!this.taken.has(--run.end)) return run.end;
    return undefined;
  }

  /** A page from the middle of a run: it is remembered as taken, for the run's end will reach it. */
  private below(run: Run, max_pfn: number): number | undefined {
    for (let pfn = max_pfn; pfn >= run.start; pfn--) {
      if (this.taken.has(pfn)) continue;
      this.taken.add(pfn);
      return pfn;
    }
    return undefined;
  }
}

interface Run {
  readonly start: number;
  end: number;
}
