import {
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  dma_capable,
  type DmaDirection,
  type DmaOps,
  type Mapping,
  type DmaDevice,
} from './dma-ops';
import { DMA_MAPPING_ERROR, overflowText, type Swiotlb612 } from './swiotlb/swiotlb-6.12';
import type { SgTable } from '../block/sg-table';

export interface DmaDirectOptions {
  /** Where what a device cannot reach goes; without it, that is an error. */
  readonly swiotlb?: Swiotlb612;
  /** `swiotlb=force`: everything bounces. */
  readonly force?: boolean;
  readonly printk: (message: string) => void;
}

/**
 * No table of ops, as x86 has it since 5.0 (6.12: kernel/dma/direct.c): a bus address is the physical one, or swiotlb's.
 * Since 6.18 the same is done by `dma_map_phys`, of which `dma_map_page` is a wrapper: mapping no longer asks for a page
 * (what the series wanted of `->map_pfn`), so memory without one needs nothing here. Addresses and sizes in bytes.
 */
export function dmaDirect({ swiotlb, force = false, printk }: DmaDirectOptions): DmaOps {
  const map_page = (device: DmaDevice, phys: number, size: number): Mapping => {
    const reached = dma_capable(device, phys, size);
    if (swiotlb && (force || !reached)) return swiotlb.swiotlb_map(device, phys, size);
    if (reached) return { bus: phys, error: false };
    printk(`${device.name}: DMA addr ${overflowText(device, phys, size)}`);
    return { bus: DMA_MAPPING_ERROR, error: true };
  };
  const unmapFirst = (device: DmaDevice, sg: SgTable, nents: number, dir: DmaDirection): void => {
    const { dma_address, dma_length } = sg;
    for (let i = 0; i < nents; i++)
      swiotlb?.swiotlb_tbl_unmap_single(device, dma_address[i]!, dma_length[i]!, dir);
  };
  return {
    name: 'dma-direct',
    map_page,
    unmap_page: (device, bus, size, dir) => swiotlb?.swiotlb_tbl_unmap_single(device, bus, size, dir),
    map_sg(device, sg) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      for (let i = 0; i < nents; i++) {
        const { bus, error } = map_page(device, phys[i]!, length[i]!);
        dma_address[i] = bus;
        if (error) {
          // Given back without copying: nobody has written there.
          unmapFirst(device, sg, i, DMA_TO_DEVICE);
          return 0;
        }
        dma_length[i] = length[i]!;
      }
      return nents;
    },
    unmap_sg: (device, sg, dir) => unmapFirst(device, sg, sg.nents, dir),
    sync_for_cpu(device, bus, size, dir) {
      if (dir !== DMA_TO_DEVICE) swiotlb?.swiotlb_bounce(device, bus, size, false);
    },
    sync_for_device(device, bus, size, dir) {
      if (dir !== DMA_FROM_DEVICE) swiotlb?.swiotlb_bounce(device, bus, size, true);
    },
  };
}
