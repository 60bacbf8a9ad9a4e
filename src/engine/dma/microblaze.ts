import type { DmaOps } from './dma-ops';
import type { SgReader } from './sg-page';

/** A bus that numbers memory as it is, with a cache to be written back (4.1: arch/microblaze/kernel/dma.c; by reading). */
export function microblaze(read: SgReader): DmaOps {
  return {
    name: 'microblaze',
    map_page: (_device, phys) => ({ bus: phys, error: false }),
    unmap_page: () => undefined,
    map_sg(_device, sg) {
      for (let i = 0; i < sg.nents; i++) {
        sg.dma_address[i] = read(sg, i);
        sg.dma_length[i] = sg.length[i]!;
      }
      return sg.nents;
    },
    unmap_sg: () => undefined,
    dma_supported: () => true,
  };
}
