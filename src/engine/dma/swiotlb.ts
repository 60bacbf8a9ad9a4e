import {
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  dma_capable,
  type DmaDevice,
  type DmaDirection,
  type DmaOps,
} from './dma-ops';
import type { SgTable } from '../block/sg-table';
import { FULL, IO_TLB_SIZE, type SwiotlbPool } from './swiotlb-pool';

const NOWHERE = -1;

export interface SwiotlbOptions {
  readonly pool: SwiotlbPool;
  /** Physical address of the 32 KiB that a failed map_page names. */
  readonly overflow_buffer: number;
  /** `swiotlb=force`: everything bounces. */
  readonly force: boolean;
  /** Moves bytes between physical addresses, as `swiotlb_bounce` does. Throws Oops where it cannot. */
  readonly copy: (from: number, to: number, bytes: number) => void;
  readonly printk: (message: string) => void;
}

/** What a device cannot reach goes through a pool that it can (4.1: lib/swiotlb.c). */
export function swiotlb({ pool, overflow_buffer, force, copy, printk }: SwiotlbOptions): DmaOps {
  const map_single = (device: DmaDevice, phys: number, size: number, dir: DmaDirection): number => {
    const slot = pool.swiotlb_tbl_map_single(phys, size, device.seg_boundary_mask);
    if (slot === FULL) {
      printk(`${device.name}: swiotlb buffer is full (sz: ${size} bytes)`);
      return FULL;
    }
    const bus = pool.start + slot * IO_TLB_SIZE;
    if (dir !== DMA_FROM_DEVICE) copy(phys, bus, size);
    return bus;
  };

  /** Where the bytes at a place of the pool belong; NOWHERE outside it and in a slot that is free. */
  const origin = (bus: number): number => {
    if (!pool.holds(bus)) return NOWHERE;
    const into = bus - pool.start;
    const orig = pool.orig_addr[Math.floor(into / IO_TLB_SIZE)]!;
    return orig < 0 ? NOWHERE : orig + (into % IO_TLB_SIZE);
  };

  const unmap_single = (bus: number, size: number, dir: DmaDirection): void => {
    if (!pool.holds(bus)) return;
    const slot = Math.floor((bus - pool.start) / IO_TLB_SIZE);
    const orig = pool.orig_addr[slot]!;
    if (orig >= 0 && dir !== DMA_TO_DEVICE) copy(bus, orig, size);
    pool.swiotlb_tbl_unmap_single(slot, size);
  };

  const swiotlb_full = (device: DmaDevice, size: number): void => {
    printk(`DMA: Out of SW-IOMMU space for ${size} bytes at device ${device.name}`);
  };

  const unmapFirst = (sg: SgTable, nents: number, dir: DmaDirection): void => {
    const { dma_address, dma_length } = sg;
    for (let i = 0; i < nents; i++) unmap_single(dma_address[i]!, dma_length[i]!, dir);
  };

  return {
    name: 'swiotlb',
    map_page(device, phys, size, dir) {
      if (!force && dma_capable(device, phys, size)) return { bus: phys, error: false };
      const bus = map_single(device, phys, size, dir);
      if (bus === FULL) {
        swiotlb_full(device, size);
        return { bus: overflow_buffer, error: true };
      }
      // The pool, too, may be out of reach: its slots are given back, with what that copies.
      if (dma_capable(device, bus, size)) return { bus, error: false };
      unmap_single(bus, size, dir);
      return { bus: overflow_buffer, error: true };
    },
    unmap_page: (_device, bus, size, dir) => {
      unmap_single(bus, size, dir);
    },
    map_sg(device, sg, dir) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      for (let i = 0; i < nents; i++) {
        const size = length[i]!;
        let bus = phys[i]!;
        if (force || !dma_capable(device, bus, size)) {
          bus = map_single(device, bus, size, dir);
          if (bus === FULL) {
            swiotlb_full(device, size);
            unmapFirst(sg, i, dir);
            dma_length[0] = 0;
            return 0;
          }
        }
        dma_address[i] = bus;
        dma_length[i] = size;
      }
      return nents;
    },
    unmap_sg: (_device, sg, dir) => {
      unmapFirst(sg, sg.nents, dir);
    },
    sync_for_cpu: (_device, bus, size, dir) => {
      const orig = dir === DMA_TO_DEVICE ? NOWHERE : origin(bus);
      if (orig >= 0) copy(bus, orig, size);
    },
    sync_for_device: (_device, bus, size, dir) => {
      const orig = dir === DMA_FROM_DEVICE ? NOWHERE : origin(bus);
      if (orig >= 0) copy(orig, bus, size);
    },
    // The whole pool must be within reach.
    dma_supported: (_device, mask) => pool.start + pool.nslabs * IO_TLB_SIZE - 1 <= mask,
  };
}
