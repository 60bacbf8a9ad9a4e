import { Oops } from '../../oops';

/** A range of I/O virtual addresses in use: page frame numbers of 4 KiB, both of them in it. */
export interface Iova {
  pfn_lo: number;
  pfn_hi: number;
}

/** The last pfn below 4 GiB. */
export const DMA_32BIT_PFN = 0xfffff;

/**
 * The allocator of I/O virtual addresses (4.1: drivers/iommu/iova.c). Ranges are given from the top down. The kernel keeps
 * them in a red-black tree; here they are an array in the order of their pfns, which is what the tree is walked for.
 */
export class IovaDomain {
  /** In use, lowest first. */
  readonly ranges: Iova[] = [];
  /** Where the last search for the 32-bit space ended: everything above it is taken to be full. */
  cached32_node: Iova | undefined;

  /** `start_pfn`: no range begins here or below. */
  constructor(
    readonly start_pfn: number,
    readonly dma_32bit_pfn: number,
  ) {}

  /**
   * A range of `size` pages that ends at `limit_pfn` or below. The size is rounded up to a power of two, and the range is
   * aligned to it. `undefined`: there is no room.
   */
  alloc_iova(size: number, limit_pfn: number): Iova | undefined {
    return this.__alloc_and_insert_iova_range(roundup_pow_of_two(size), limit_pfn);
  }

  private __alloc_and_insert_iova_range(size: number, limit_pfn: number): Iova | undefined {
    const { ranges, start_pfn } = this;
    let limit = limit_pfn;
    let at = ranges.length - 1;
    if (limit_pfn === this.dma_32bit_pfn && this.cached32_node) {
      at = this.indexOf(this.cached32_node) - 1;
      limit = this.cached32_node.pfn_lo - 1;
    }
    for (; at >= 0; at--) {
      const { pfn_lo, pfn_hi } = ranges[at]!;
      if (limit < pfn_lo) continue;
      const room = limit - pfn_hi;
      if (room >= size && room >= size + iova_get_pad_size(size, limit)) break;
      limit = pfn_lo - 1;
    }
    const padded = size + iova_get_pad_size(size, limit);
    if (at < 0 && start_pfn + padded > limit) return undefined;
    const pfn_lo = limit - padded + 1;
    const found: Iova = { pfn_lo, pfn_hi: pfn_lo + size - 1 };
    ranges.splice(at + 1, 0, found);
    if (limit_pfn === this.dma_32bit_pfn) this.cached32_node = found;
    return found;
  }

  /** The range that holds a pfn, wherever in it. */
  find_iova(pfn: number): Iova | undefined {
    const iova = this.ranges[this.lastAtOrBelow(pfn)];
    return iova && pfn <= iova.pfn_hi ? iova : undefined;
  }

  /** Gives a range back. Throws Oops for one that was given back before: the kernel would free its memory twice. */
  __free_iova(iova: Iova): void {
    const at = this.indexOf(iova);
    if (at < 0)
      throw new Oops(
        `kernel BUG: the IOVA range ${iova.pfn_lo.toString(16)}-${iova.pfn_hi.toString(16)} is freed twice`,
        0n,
        '__free_iova',
      );
    this.__cached_rbnode_delete_update(iova, at);
    this.ranges.splice(at, 1);
  }

  private __cached_rbnode_delete_update(free: Iova, at: number): void {
    if (!this.cached32_node || free.pfn_lo < this.cached32_node.pfn_lo) return;
    const next = this.ranges[at + 1];
    this.cached32_node = next && next.pfn_lo < this.dma_32bit_pfn ? next : undefined;
  }

  /** Takes a range out of what is given: what is reserved already stays, and is joined where it begins lower. */
  reserve_iova(pfn_lo: number, pfn_hi: number): void {
    let lo = pfn_lo;
    for (const iova of this.ranges) {
      if (lo > iova.pfn_hi || pfn_hi < iova.pfn_lo) continue;
      iova.pfn_lo = Math.min(iova.pfn_lo, lo);
      if (pfn_hi <= iova.pfn_hi) return;
      lo = iova.pfn_hi + 1;
    }
    this.ranges.splice(this.lastAtOrBelow(lo) + 1, 0, { pfn_lo: lo, pfn_hi });
  }

  private indexOf(iova: Iova): number {
    const at = this.lastAtOrBelow(iova.pfn_lo);
    return this.ranges[at] === iova ? at : -1;
  }

  /** The last range that begins at a pfn or below; -1 where none does. */
  private lastAtOrBelow(pfn: number): number {
    const { ranges } = this;
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.pfn_lo <= pfn) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Pages to leave free above a range that ends at a limit, so that it begins on a multiple of its size. */
function iova_get_pad_size(size: number, limit_pfn: number): number {
  return (limit_pfn + 1) % size;
}

/** No pages are one page: the kernel shifts 1 by 64, which on x86 is by 0 (captures: iommu-4.1.3, rows MS,0). */
function roundup_pow_of_two(size: number): number {
  return size <= 1 ? 1 : 2 ** (32 - Math.clz32(size - 1));
}
