import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDevice, type DmaDirection } from '../dma-ops';
import { FULL, IO_TLB_SIZE, type SwiotlbPool } from './swiotlb-pool';

const NOWHERE = -1;

/** What bouncing needs of the kernel around it. */
export interface BounceOptions {
  readonly pool: SwiotlbPool;
  /** Moves bytes between physical addresses, as `swiotlb_bounce` does. Throws Oops where it cannot. */
  readonly copy: (from: number, to: number, bytes: number) => void;
  readonly printk: (message: string) => void;
}

/** The half of swiotlb that Xen uses as well: slots with their data. Addresses are physical, not the device's. */
export class Bounce {
  private readonly pool: SwiotlbPool;
  private readonly copy: BounceOptions['copy'];
  private readonly printk: BounceOptions['printk'];

  constructor({ pool, copy, printk }: BounceOptions) {
    this.pool = pool;
    this.copy = copy;
    this.printk = printk;
  }

  /** Gives the physical address of the slot, or FULL. */
  swiotlb_tbl_map_single(device: DmaDevice, phys: number, size: number, dir: DmaDirection): number {
    const slot = this.pool.swiotlb_tbl_map_single(phys, size, device.seg_boundary_mask);
    if (slot === FULL) {
      this.printk(`${device.name}: swiotlb buffer is full (sz: ${size} bytes)`);
      return FULL;
    }
    const at = this.pool.start + slot * IO_TLB_SIZE;
    if (dir !== DMA_FROM_DEVICE) this.copy(phys, at, size);
    return at;
  }

  /** What lies outside the pool was never bounced. */
  swiotlb_tbl_unmap_single(at: number, size: number, dir: DmaDirection): void {
    const { pool } = this;
    if (!pool.holds(at)) return;
    const slot = Math.floor((at - pool.start) / IO_TLB_SIZE);
    const orig = pool.orig_addr[slot]!;
    if (orig >= 0 && dir !== DMA_TO_DEVICE) this.copy(at, orig, size);
    pool.swiotlb_tbl_unmap_single(slot, size);
  }

  syncForCpu(at: number, size: number, dir: DmaDirection): void {
    const orig = dir === DMA_TO_DEVICE ? NOWHERE : this.origin(at);
    if (orig >= 0) this.copy(at, orig, size);
  }

  syncForDevice(at: number, size: number, dir: DmaDirection): void {
    const orig = dir === DMA_FROM_DEVICE ? NOWHERE : this.origin(at);
    if (orig >= 0) this.copy(orig, at, size);
  }

  /** Where the bytes at a place of the pool belong; NOWHERE outside it and in a slot that is free. */
  private origin(at: number): number {
    if (!this.pool.holds(at)) return NOWHERE;
    const into = at - this.pool.start;
    const orig = this.pool.orig_addr[Math.floor(into / IO_TLB_SIZE)]!;
    return orig < 0 ? NOWHERE : orig + (into % IO_TLB_SIZE);
  }

  /** Whether the whole pool is within reach of a mask. */
  within(mask: number): boolean {
    return this.pool.start + this.pool.bytes - 1 <= mask;
  }
}
