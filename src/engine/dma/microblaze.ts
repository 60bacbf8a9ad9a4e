import type { DmaOps } from './dma-ops';
import type { SgPage } from './scatterlist/sg-page';

/**
 * A bus that numbers memory as it is, with a cache to be written back (4.1: arch/microblaze/kernel/dma.c; by reading).
 * `sg_page`: 4.1 takes the address from an entry's page; since the series' sg_phys() cleanup no page is asked for.
 */
export function microblaze(sg_page?: SgPage): DmaOps {
  return {
    name: 'microblaze',
    map_page: (_device, phys) => ({ bus: phys, error: false }),
    unmap_page: () => undefined,
    map_sg(_device, sg) {
      for (let i = 0; i < sg.nents; i++) {
        sg_page?.(sg, i);
        sg.dma_address[i] = sg.phys[i]!;
        sg.dma_length[i] = sg.length[i]!;
      }
      return sg.nents;
    },
    unmap_sg: () => undefined,
    dma_supported: () => true,
  };
}
