import { PAGE_SIZE } from '../../../model/address';
import { Oops } from '../../oops';
import type { DmaDevice } from '../dma-ops';
import { FULL, IO_TLB_SEGSIZE, IO_TLB_SIZE } from './swiotlb-pool';

/** `INVALID_PHYS_ADDR`: the slot holds the data of no address. */
const NO_ADDRESS = -1;

/** What is in use of one CPU's share of the pool. */
interface Area {
  /** Where the next search begins, counted from the area's first slot. */
  index: number;
  used: number;
}

/** Slots that hold so many bytes. */
export function nr_slots(bytes: number): number {
  return Math.ceil(bytes / IO_TLB_SIZE);
}

/**
 * The pool of 6.12 (kernel/dma/swiotlb.c): shared out in areas, each with its own rotating index, so that CPUs do not wait
 * for each other. A mapping keeps the low bits of its address that the device asks for: those within a slot as room before
 * its data, those above by the choice of the slot. Addresses and sizes in bytes. Pools that grow (CONFIG_SWIOTLB_DYNAMIC) are not modelled.
 */
export class SwiotlbPool612 {
  readonly areas: readonly Area[];
  readonly area_nslabs: number;
  /** Free slots from each one to the end of its group; 0 where it is in use. */
  readonly list: Uint16Array;
  /** Where each slot's data belongs. */
  readonly orig_addr: Float64Array;
  /** Bytes of the mapping from each slot on. */
  readonly alloc_size: Int32Array;

  /**
   * `start`: physical address of the first slot, a multiple of the page. `nslabs`: a power of two of groups of 128.
   * `nareas`: one a possible CPU, rounded up to a power of two; less where that would leave areas below a group.
   */
  constructor(
    readonly start: number,
    readonly nslabs: number,
    nareas = 1,
  ) {
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(nareas, 1)));
    const count = nslabs < rounded * IO_TLB_SEGSIZE ? Math.floor(nslabs / IO_TLB_SEGSIZE) : rounded;
    this.areas = Array.from({ length: count }, () => ({ index: 0, used: 0 }));
    this.area_nslabs = nslabs / count;
    this.list = Uint16Array.from({ length: nslabs }, (_, i) => IO_TLB_SEGSIZE - (i % IO_TLB_SEGSIZE));
    this.orig_addr = new Float64Array(nslabs).fill(NO_ADDRESS);
    this.alloc_size = new Int32Array(nslabs);
  }

  /** Bytes of the whole pool. */
  get bytes(): number {
    return this.nslabs * IO_TLB_SIZE;
  }

  /** `mem_used`: slots in use in all areas. */
  get used(): number {
    return this.areas.reduce((sum, { used }) => sum + used, 0);
  }

  holds(address: number): boolean {
    return address >= this.start && address < this.start + this.bytes;
  }

  slotOf(address: number): number {
    return Math.floor((address - this.start) / IO_TLB_SIZE);
  }

  /**
   * `swiotlb_find_slots`, from the area of a CPU around to the one before, for the data at `orig`; `size` counts its offset
   * into the slot, too. Gives the first slot, or FULL.
   */
  swiotlb_find_slots(device: DmaDevice, cpu: number, orig: number, size: number): number {
    const { length } = this.areas;
    for (let i = 0; i < length; i++) {
      const slot = this.swiotlb_search_pool_area(device, (cpu + i) & (length - 1), orig, size);
      if (slot !== FULL) return slot;
    }
    return FULL;
  }

  private swiotlb_search_pool_area(device: DmaDevice, at: number, orig: number, size: number): number {
    const { area_nslabs, list, start } = this;
    const area = this.areas[at]!;
    const nslots = nr_slots(size);
    if (nslots === 0) throw new Oops('kernel BUG: !nslots', 0n, 'swiotlb_search_pool_area');
    if (nslots > area_nslabs - area.used) return FULL;
    const min_align = device.min_align_mask ?? 0;
    // Without a wish of the device, what fills a page begins at one.
    const alloc_align = min_align === 0 && size >= PAGE_SIZE ? PAGE_SIZE : IO_TLB_SIZE;
    const keep = Math.floor((min_align + 1) / alloc_align) * alloc_align;
    const stride = Math.max(alloc_align, keep) / IO_TLB_SIZE;
    // Of an address 0 nothing is kept: it stands for "any".
    const kept = keep > 0 && orig > 0 ? bitsOf(orig, keep, alloc_align) : 0;
    const boundary = device.seg_boundary_mask + 1;
    const tbl = start % boundary;
    const max_slots = boundary / IO_TLB_SIZE;
    let index = area.index;
    for (let checked = 0; checked < area_nslabs;) {
      const slot = at * area_nslabs + index;
      const tlb_addr = tbl + slot * IO_TLB_SIZE;
      const aligned =
        tlb_addr % alloc_align === 0 &&
        (keep === 0 || orig === 0 || bitsOf(tlb_addr, keep, alloc_align) === kept);
      if (!aligned) {
        index = index + 1 < area_nslabs ? index + 1 : 0;
        checked++;
        continue;
      }
      const spans = ((slot + nr_slots(tbl)) % max_slots) + nslots > max_slots;
      if (!spans && list[slot]! >= nslots) {
        this.take(slot, nslots, size, slotOffset(device, orig));
        area.index = index + nslots < area_nslabs ? index + nslots : 0;
        area.used += nslots;
        return slot;
      }
      index = index + stride < area_nslabs ? index + stride : 0;
      checked += stride;
    }
    return FULL;
  }

  private take(slot: number, nslots: number, size: number, offset: number): void {
    for (let i = 0; i < nslots; i++) {
      this.list[slot + i] = 0;
      this.alloc_size[slot + i] = size - (offset + i * IO_TLB_SIZE);
    }
    this.countDown(slot - 1, 0);
  }

  /** `swiotlb_release_slots`: of the mapping whose data begins at `address`. */
  swiotlb_release_slots(device: DmaDevice, address: number): void {
    const offset = slotOffset(device, address);
    const slot = this.slotOf(address - offset);
    const nslots = nr_slots(this.alloc_size[slot]! + offset);
    const end = slot + nslots;
    const group = (Math.floor(slot / IO_TLB_SEGSIZE) + 1) * IO_TLB_SEGSIZE;
    let count = end < group ? this.list[end]! : 0;
    for (let i = end - 1; i >= slot; i--) {
      this.list[i] = ++count;
      this.orig_addr[i] = NO_ADDRESS;
      this.alloc_size[i] = 0;
    }
    this.countDown(slot - 1, count);
    this.areas[Math.floor(slot / this.area_nslabs)]!.used -= nslots;
  }

  /** Free slots before a run that changed, down to the start of their group. */
  private countDown(from: number, count: number): void {
    const { list } = this;
    const last = IO_TLB_SEGSIZE - 1;
    for (let i = from; i >= 0 && (i & last) !== last && list[i] !== 0; i--) list[i] = ++count;
  }
}

/** `swiotlb_align_offset` without an alignment of its own: how far into its first slot a mapping's data begins. */
export function slotOffset(device: DmaDevice, address: number): number {
  return address & (device.min_align_mask ?? 0) & (IO_TLB_SIZE - 1);
}

/** The bits of an address below `above` and not below `from`, both powers of two. */
function bitsOf(address: number, above: number, from: number): number {
  const low = address % above;
  return low - (low % from);
}
