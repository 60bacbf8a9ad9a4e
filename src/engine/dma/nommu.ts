import type { SgTable } from '../block/sg-table';
import { Oops } from '../oops';
import type { SgPage } from './scatterlist/sg-page';
import { dma_capable, type DmaDevice, type DmaOps } from './dma-ops';

/** DMA_ERROR_CODE of x86 in 4.1. */
export const DMA_ERROR_CODE = 0;

/**
 * A bus address is the physical one; what a device cannot reach, it cannot have (4.1: arch/x86/kernel/pci-nommu.c).
 * `sg_page`: what a posting's `sg_page` gives for entries of a list; without it every entry has a page.
 */
export function nommu(printk: (message: string) => void, sg_page?: SgPage): DmaOps {
  /** What `check_addr` says of a run that is out of reach. A narrower mask is nothing to wonder at: the driver chose it. */
  const overflow = (name: string, { dma_mask }: DmaDevice, bus: number, size: number): void => {
    if (dma_mask >= 2 ** 32 - 1)
      printk(`nommu_${name}: overflow ${bus.toString(16)}+${size} of device mask ${dma_mask.toString(16)}`);
  };
  return {
    name: 'nommu',
    map_page(device, phys, size) {
      if (dma_capable(device, phys, size)) return { bus: phys, error: false };
      overflow('map_single', device, phys, size);
      return { bus: DMA_ERROR_CODE, error: true };
    },
    unmap_page: () => undefined,
    map_sg(device, sg) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      if (sg_page) requirePages(sg, sg_page);
      for (let i = 0; i < nents; i++) {
        const bus = phys[i]!;
        const size = length[i]!;
        if (!dma_capable(device, bus, size)) {
          // What went well before stays as it is; the caller sees 0 (captures: dma-nommu.csv, DMASG).
          overflow('map_sg', device, bus, size);
          return 0;
        }
        dma_address[i] = bus;
        dma_length[i] = size;
      }
      return nents;
    },
    unmap_sg: () => undefined,
  };
}

/** A BUG_ON for each entry, which takes the list down whichever comes first. */
function requirePages(sg: SgTable, sg_page: SgPage): void {
  for (let i = 0; i < sg.nents; i++)
    if (sg_page(sg, i) === 0n) throw new Oops('kernel BUG: !sg_page(s)', 0n, 'nommu_map_sg');
}
