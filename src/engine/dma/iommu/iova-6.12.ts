import { IovaRcache } from './iova-rcache';

/** A range in use; page frames of 4 KiB, both ends in it. */
interface Iova {
  readonly pfn_lo: number;
  readonly pfn_hi: number;
}

/** Page frames below 4 GiB. */
const DMA_32BIT_PFN = 2 ** 20;
/** `IOVA_ANCHOR`: above everything that is given. */
const ANCHOR: Iova = { pfn_lo: 2 ** 52, pfn_hi: 2 ** 52 };
/** `IOVA_RANGE_CACHE_MAX_SIZE`: sizes of 1 to 32 pages are kept by CPUs when they are freed. */
const CACHED_ORDERS = 6;

/**
 * The allocator of I/O virtual addresses of 6.12 (drivers/iommu/iova.c): from the top down, each range aligned to its size;
 * short ones that were freed are given again first, the last first. The kernel's tree is an array here, in order. One CPU.
 */
export class IovaDomain612 {
  /** In use, lowest first, the anchor last. */
  private readonly ranges: Iova[] = [ANCHOR];
  /** From where the next search goes down: `cached32_node` for what must lie below 4 GiB, `cached_node` for the rest. */
  private cached32 = ANCHOR;
  private cached = ANCHOR;
  /** Nothing of so many pages, or more, is free below 4 GiB. */
  private max32_alloc_size = DMA_32BIT_PFN;
  private readonly rcaches = Array.from({ length: CACHED_ORDERS }, () => new IovaRcache());

  /** `start_pfn`: nothing is given below it; dma-iommu says 1. */
  constructor(readonly start_pfn = 1) {}

  /**
   * A range of `size` pages up to `limit_pfn`; its first page, or 0: there is no room. `flush_rcache`: before it says so,
   * what the CPUs keep is freed.
   */
  alloc_iova_fast(size: number, limit_pfn: number, flush_rcache: boolean): number {
    const order = order_base_2(size);
    // What may be kept has to have its whole order, or it would be given again as more than it is.
    const pages = size < 2 ** (CACHED_ORDERS - 1) ? 2 ** order : size;
    const kept = this.rcaches[order]?.get(limit_pfn + 1 - pages) ?? 0;
    if (kept !== 0) return kept;
    const found = this.__alloc_and_insert_iova_range(pages, limit_pfn + 1);
    if (found !== 0 || !flush_rcache) return found;
    for (const rcache of this.rcaches) for (const pfn of rcache.drain()) this.free_iova(pfn);
    return this.__alloc_and_insert_iova_range(pages, limit_pfn + 1);
  }

  free_iova_fast(pfn: number, size: number): void {
    const rcache = this.rcaches[order_base_2(size)];
    if (rcache) rcache.insert(pfn);
    else this.free_iova(pfn);
  }

  /** Takes a range out of what is given. What is reserved already stays. Both ends in it. */
  reserve_iova(pfn_lo: number, pfn_hi: number): void {
    let lo = pfn_lo;
    for (const { pfn_lo: start, pfn_hi: end } of [...this.ranges]) {
      if (end < lo || start > pfn_hi) continue;
      if (lo < start) this.insert({ pfn_lo: lo, pfn_hi: start - 1 });
      lo = end + 1;
    }
    if (lo <= pfn_hi) this.insert({ pfn_lo: lo, pfn_hi });
  }

  /** `limit_pfn`: the range ends before it. */
  private __alloc_and_insert_iova_range(size: number, limit_pfn: number): number {
    const { start_pfn } = this;
    const below4GiB = limit_pfn <= DMA_32BIT_PFN;
    if (below4GiB && size >= this.max32_alloc_size) return 0;
    const from = below4GiB ? this.cached32 : this.cached;
    let found = this.searchDown(this.indexOf(from), size, limit_pfn, start_pfn);
    // Above where the search began there may be room, too: it is looked through only now.
    if (found === 0 && from.pfn_hi < limit_pfn)
      found = this.searchDown(this.firstAtOrAbove(limit_pfn), size, limit_pfn, from.pfn_hi + 1);
    if (found === 0) {
      this.max32_alloc_size = size;
      return 0;
    }
    const iova = { pfn_lo: found, pfn_hi: found + size - 1 };
    this.insert(iova);
    if (iova.pfn_hi < DMA_32BIT_PFN) this.cached32 = iova;
    else this.cached = iova;
    return found;
  }

  /** The highest place before range `at`, below `limit` and not below `low`; 0 where there is none. */
  private searchDown(at: number, size: number, limit: number, low: number): number {
    const align = 2 ** order_base_2(size);
    let high = limit;
    for (let i = at; i >= 0; i--) {
      high = Math.min(high, this.ranges[i]!.pfn_lo);
      const pfn = Math.floor((high - size) / align) * align;
      if (high < size || pfn < low) return 0;
      if (i === 0 || pfn > this.ranges[i - 1]!.pfn_hi) return pfn;
    }
    return 0;
  }

  private free_iova(pfn: number): void {
    const at = this.firstAtOrAbove(pfn + 1) - 1;
    const free = this.ranges[at];
    if (!free || free.pfn_hi < pfn) return;
    const next = this.ranges[at + 1]!;
    if (free === this.cached32 || (free.pfn_hi < DMA_32BIT_PFN && free.pfn_lo >= this.cached32.pfn_lo))
      this.cached32 = next;
    if (free.pfn_lo < DMA_32BIT_PFN) this.max32_alloc_size = DMA_32BIT_PFN;
    if (free.pfn_lo >= this.cached.pfn_lo) this.cached = next;
    this.ranges.splice(at, 1);
  }

  private insert(iova: Iova): void {
    this.ranges.splice(this.firstAtOrAbove(iova.pfn_lo), 0, iova);
  }

  private indexOf(iova: Iova): number {
    return this.firstAtOrAbove(iova.pfn_lo);
  }

  /** The first range that begins at a page or above. */
  private firstAtOrAbove(pfn: number): number {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ranges[middle]!.pfn_lo < pfn) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function order_base_2(size: number): number {
  return size <= 1 ? 0 : 32 - Math.clz32(size - 1);
}
