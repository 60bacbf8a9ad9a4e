import { PAGE_SIZE } from '../../../model/address';
import { Oops } from '../../oops';

export const IO_TLB_SHIFT = 11;
/** Bytes of a slot. */
export const IO_TLB_SIZE = 2 ** IO_TLB_SHIFT;
/** Slots of a group: no mapping is longer, and none crosses from one group into the next. */
export const IO_TLB_SEGSIZE = 128;
/** What the search gives where no run of slots is free: SWIOTLB_MAP_ERROR is not a slot. */
export const FULL = -1;

/** Slots that hold so many bytes: less than 2 GiB of them. */
function slotsOf(size: number): number {
  return (size + IO_TLB_SIZE - 1) >> IO_TLB_SHIFT;
}

/**
 * The pool of bounce buffers (4.1: lib/swiotlb.c). `list[i]` is how many slots are free from `i` to the end of its group;
 * 0 where `i` is in use.
 */
export class SwiotlbPool {
  readonly list: Uint16Array;
  /** Where each slot's data belongs: physical bytes; -1 where it is free. */
  readonly orig_addr: Float64Array;
  /** Where the next search begins. */
  index = 0;
  used = 0;

  /** The number of the first slot, counted from address 0: boundaries are multiples of addresses. */
  private readonly firstSlot: number;

  /** `start`: physical address of the first slot. `nslabs`: a multiple of 128. */
  constructor(
    readonly start: number,
    readonly nslabs: number,
  ) {
    this.firstSlot = Math.floor(start / IO_TLB_SIZE) | 0;
    this.list = Uint16Array.from({ length: nslabs }, (_, i) => IO_TLB_SEGSIZE - (i % IO_TLB_SEGSIZE));
    this.orig_addr = new Float64Array(nslabs).fill(-1);
  }

  /**
   * Takes the first run of free slots from where the last search ended, once around the pool. Runs of more than a page
   * begin on even slots. Gives the slot, or FULL. Throws Oops for a size of 0, where the kernel has a BUG_ON, and where
   * boot found no room for a pool, which makes it panic here.
   */
  swiotlb_tbl_map_single(orig: number, size: number, seg_boundary_mask: number): number {
    const { list, nslabs } = this;
    if (nslabs === 0)
      throw new Oops(
        'Kernel panic: no memory for swiotlb at boot, and a buffer must bounce',
        0n,
        'swiotlb_tbl_map_single',
      );
    const nslots = slotsOf(size);
    if (nslots === 0) throw new Oops('kernel BUG: a mapping of no bytes', 0n, 'swiotlb_tbl_map_single');
    const stride = size > PAGE_SIZE ? PAGE_SIZE / IO_TLB_SIZE : 1;
    const max_slots = (seg_boundary_mask + 1) / IO_TLB_SIZE;
    const within = (max_slots - 1) | 0;
    let index = (this.index + stride - 1) & -stride;
    if (index >= nslabs) index = 0;
    const wrap = index;
    do {
      if (list[index]! >= nslots && ((this.firstSlot + index) & within) + nslots <= max_slots) {
        this.take(index, nslots, orig);
        return index;
      }
      index += stride;
      if (index >= nslabs) index = 0;
    } while (index !== wrap);
    return FULL;
  }

  private take(index: number, nslots: number, orig: number): void {
    const { list, nslabs, orig_addr } = this;
    for (let i = 0; i < nslots; i++) {
      list[index + i] = 0;
      orig_addr[index + i] = orig + i * IO_TLB_SIZE;
    }
    this.countDown(index - 1, 0);
    this.index = index + nslots < nslabs ? index + nslots : 0;
    this.used += nslots;
  }

  /** Frees a mapping's slots: they join the free ones behind them, and those before them count on. */
  swiotlb_tbl_unmap_single(index: number, size: number): void {
    const { list, orig_addr } = this;
    const nslots = slotsOf(size);
    const end = index + nslots;
    let count = (end & (IO_TLB_SEGSIZE - 1)) === 0 ? 0 : list[end]!;
    for (let i = end - 1; i >= index; i--) {
      list[i] = ++count;
      orig_addr[i] = -1;
    }
    this.countDown(index - 1, count);
    this.used -= nslots;
  }

  /** Free slots before a run that changed, down to the start of their group. */
  private countDown(from: number, count: number): void {
    const { list } = this;
    const last = IO_TLB_SEGSIZE - 1;
    for (let i = from; i >= 0 && (i & last) !== last && list[i] !== 0; i--) {
      list[i] = ++count;
    }
  }

  get bytes(): number {
    return this.nslabs * IO_TLB_SIZE;
  }

  /** Whether a physical address lies in the pool. */
  holds(phys: number): boolean {
    return phys >= this.start && phys < this.start + this.bytes;
  }
}
