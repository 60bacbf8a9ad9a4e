import { DMA_TO_DEVICE, dma_capable, type DmaDirection, type Mapping, type DmaDevice } from '../dma-ops';
import { FULL, IO_TLB_SEGSIZE, IO_TLB_SIZE } from './swiotlb-pool';
import { nr_slots, slotOffset, type SwiotlbPool612 } from './swiotlb-pool-6.12';

/** DMA_MAPPING_ERROR since 5.0: all ones, so that 0 is an address like any other. */
export const DMA_MAPPING_ERROR = 2 ** 64;

export interface Swiotlb612Options {
  readonly pool: SwiotlbPool612;
  /** Moves bytes between physical addresses. Throws Oops where it cannot. */
  readonly copy: (from: number, to: number, bytes: number) => void;
  readonly printk: (message: string) => void;
  /** The tracepoint `swiotlb_bounced`: what is about to be bounced. */
  readonly trace?: (device: DmaDevice, phys: number, size: number) => void;
  /** The CPU that maps. */
  readonly cpu?: () => number;
}

/** Bouncing in 6.12 (kernel/dma/swiotlb.c). Checked by the traces of run612-swiotlb. Addresses and sizes in bytes. */
export class Swiotlb612 {
  constructor(private readonly options: Swiotlb612Options) {}

  /** No overflow buffer any more: what does not fit is an error. */
  swiotlb_map(device: DmaDevice, phys: number, size: number): Mapping {
    const { trace, printk, pool } = this.options;
    trace?.(device, phys, size);
    const at = this.swiotlb_tbl_map_single(device, phys, size);
    if (at === DMA_MAPPING_ERROR) return { bus: at, error: true };
    if (dma_capable(device, at, size)) return { bus: at, error: false };
    // Unlike 4.1 nothing is copied back.
    pool.swiotlb_release_slots(device, at);
    printk(`${device.name}: swiotlb addr ${overflowText(device, at, size)}`);
    return { bus: DMA_MAPPING_ERROR, error: true };
  }

  private swiotlb_tbl_map_single(device: DmaDevice, phys: number, size: number): number {
    const { pool, copy, printk, cpu } = this.options;
    const offset = slotOffset(device, phys);
    const total = size + offset;
    const tooLong = total > IO_TLB_SEGSIZE * IO_TLB_SIZE;
    const slot = tooLong ? FULL : pool.swiotlb_find_slots(device, cpu?.() ?? 0, phys, total);
    if (slot === FULL) {
      const slots = `total ${pool.nslabs} (slots), used ${pool.used} (slots)`;
      printk(`${device.name}: swiotlb buffer is full (sz: ${total} bytes), ${slots}`);
      return DMA_MAPPING_ERROR;
    }
    for (let i = 0; i < nr_slots(total); i++) pool.orig_addr[slot + i] = phys + i * IO_TLB_SIZE;
    const at = pool.start + slot * IO_TLB_SIZE + offset;
    // Whatever the direction: what the device does not write must come back as it was.
    copy(phys, at, size);
    return at;
  }

  /** `swiotlb_tbl_unmap_single`: nothing for what was not bounced. */
  swiotlb_tbl_unmap_single(device: DmaDevice, at: number, size: number, dir: DmaDirection): void {
    const { pool } = this.options;
    if (!pool.holds(at)) return;
    if (dir !== DMA_TO_DEVICE) this.swiotlb_bounce(device, at, size, false);
    pool.swiotlb_release_slots(device, at);
  }

  /** Copies part of a mapping, `toPool` or back. More than the mapping holds is cut, with a warning. */
  swiotlb_bounce(device: DmaDevice, at: number, size: number, toPool: boolean): void {
    const { pool, copy, printk } = this.options;
    if (!pool.holds(at)) return;
    const slot = pool.slotOf(at);
    const first = pool.orig_addr[slot]!;
    if (first < 0) return;
    const into = ((at - pool.start) % IO_TLB_SIZE) - slotOffset(device, first);
    const orig = first + into;
    const room = pool.alloc_size[slot]! - into;
    if (size > room)
      printk(`${device.name}: Buffer overflow detected. Allocation size: ${room}. Mapping size: ${size}.`);
    const bytes = Math.min(size, room);
    if (toPool) copy(orig, at, bytes);
    else copy(at, orig, bytes);
  }

  holds(at: number): boolean {
    return this.options.pool.holds(at);
  }
}

/** What 6.12 says of a run of bus addresses that a device cannot send. */
export function overflowText({ dma_mask }: DmaDevice, at: number, size: number): string {
  const mask = Number.isFinite(dma_mask) ? dma_mask.toString(16) : 'ffffffffffffffff';
  return `0x${at.toString(16).padStart(16, '0')}+${size} overflow (mask ${mask}, bus limit 0).`;
}

/** `swiotlb_max_mapping_size`: what block drivers cut their requests to where they may have to bounce. Bytes. */
export function swiotlb_max_mapping_size(device: DmaDevice): number {
  const min_align = nr_slots(device.min_align_mask ?? 0) * IO_TLB_SIZE;
  return IO_TLB_SIZE * IO_TLB_SEGSIZE - min_align;
}
