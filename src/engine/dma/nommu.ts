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
  const check_addr = (name: string, device: DmaDevice, bus: number, size: number): boolean => {
    if (dma_capable(device, bus, size)) return true;
    // A narrower mask is nothing to wonder at: the driver asked for memory that is too high.
    if (device.dma_mask >= 2 ** 32 - 1)
      printk(
        `nommu_${name}: overflow ${bus.toString(16)}+${size} of device mask ${device.dma_mask.toString(16)}`,
      );
    return false;
  };
  return {
    name: 'nommu',
    map_page(device, phys, size) {
      const good = check_addr('map_single', device, phys, size);
      return { bus: good ? phys : DMA_ERROR_CODE, error: !good };
    },
    unmap_page: () => undefined,
    map_sg(device, sg) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      for (let i = 0; i < nents; i++) {
        if (sg_page?.(sg, i) === 0n) throw new Oops('kernel BUG: !sg_page(s)', 0n, 'nommu_map_sg');
        // What went well before stays as it is; the caller sees 0 (captures: dma-nommu.csv, DMASG).
        if (!check_addr('map_sg', device, phys[i]!, length[i]!)) return 0;
        dma_address[i] = phys[i]!;
        dma_length[i] = length[i]!;
      }
      return nents;
    },
    unmap_sg: () => undefined,
  };
}
