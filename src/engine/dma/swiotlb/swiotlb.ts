import { Bounce, type BounceOptions } from './bounce';
import { SAME_BUS, type BusView, type DmaDevice, type DmaDirection, type DmaOps } from '../dma-ops';
import type { SgTable } from '../../block/sg-table';
import { FULL } from './swiotlb-pool';

export interface SwiotlbOptions extends BounceOptions {
  /** Physical address of the 32 KiB that a failed map_page names. */
  readonly overflow_buffer: number;
  /** `swiotlb=force`: everything bounces. */
  readonly force: boolean;
  /** How devices number memory; as it is numbered if absent. */
  readonly bus?: BusView;
  readonly name?: string;
}

/** What a device cannot reach goes through a pool that it can (4.1: lib/swiotlb.c). */
export function swiotlb(options: SwiotlbOptions): DmaOps {
  const { overflow_buffer, force, printk, bus: view = SAME_BUS, name = 'swiotlb' } = options;
  const bounce = new Bounce(options);

  const swiotlb_full = (device: DmaDevice, size: number): void => {
    printk(`DMA: Out of SW-IOMMU space for ${size} bytes at device ${device.name}`);
  };

  const unmapFirst = (sg: SgTable, nents: number, dir: DmaDirection): void => {
    const { dma_address, dma_length } = sg;
    for (let i = 0; i < nents; i++)
      bounce.swiotlb_tbl_unmap_single(view.dma_to_phys(dma_address[i]!), dma_length[i]!, dir);
  };

  return {
    name,
    map_page(device, phys, size, dir) {
      const direct = view.phys_to_dma(phys);
      if (!force && view.dma_capable(device, direct, size)) return { bus: direct, error: false };
      const failed = { bus: view.phys_to_dma(overflow_buffer), error: true };
      const at = bounce.swiotlb_tbl_map_single(device, phys, size, dir);
      if (at === FULL) {
        swiotlb_full(device, size);
        return failed;
      }
      // The pool, too, may be out of reach: its slots are given back, with what that copies.
      const bus = view.phys_to_dma(at);
      if (view.dma_capable(device, bus, size)) return { bus, error: false };
      bounce.swiotlb_tbl_unmap_single(at, size, dir);
      return failed;
    },
    unmap_page: (_device, bus, size, dir) => {
      bounce.swiotlb_tbl_unmap_single(view.dma_to_phys(bus), size, dir);
    },
    map_sg(device, sg, dir) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      for (let i = 0; i < nents; i++) {
        const size = length[i]!;
        let bus = view.phys_to_dma(phys[i]!);
        if (force || !view.dma_capable(device, bus, size)) {
          const at = bounce.swiotlb_tbl_map_single(device, phys[i]!, size, dir);
          if (at === FULL) {
            swiotlb_full(device, size);
            unmapFirst(sg, i, dir);
            dma_length[0] = 0;
            return 0;
          }
          bus = view.phys_to_dma(at);
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
      bounce.syncForCpu(view.dma_to_phys(bus), size, dir);
    },
    sync_for_device: (_device, bus, size, dir) => {
      bounce.syncForDevice(view.dma_to_phys(bus), size, dir);
    },
    dma_supported: (_device, mask) => bounce.within(mask),
    ...(view === SAME_BUS ? {} : { reach: (_device: DmaDevice, bus: number) => view.dma_to_phys(bus) }),
  };
}
