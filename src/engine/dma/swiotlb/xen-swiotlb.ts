import { PAGE_SIZE } from '../../../model/address';
import type { SgTable } from '../../block/sg-table';
import { Bounce, type BounceOptions } from './bounce';
import { dma_capable, type DmaDevice, type DmaDirection, type DmaOps } from '../dma-ops';
import { FULL } from './swiotlb-pool';

/** DMA_ERROR_CODE of x86 in 4.1, and what a mapping out of reach gives. */
const DMA_ERROR_CODE = 0;

export interface XenOptions extends BounceOptions {
  readonly force: boolean;
  /** The machine frame behind a page frame, and the other way round. */
  readonly pfn_to_mfn: (pfn: number) => number;
  readonly mfn_to_pfn: (mfn: number) => number;
}

/**
 * A domain's page frames are not the machine's: a run of pages bounces where its machine frames do not follow each other
 * (4.1: drivers/xen/swiotlb-xen.c; by reading, no such machine printed anything).
 */
export function xenSwiotlb(options: XenOptions): DmaOps {
  const { force, pool, printk, pfn_to_mfn, mfn_to_pfn } = options;
  const bounce = new Bounce(options);
  const xen_phys_to_bus = (phys: number) =>
    pfn_to_mfn(Math.floor(phys / PAGE_SIZE)) * PAGE_SIZE + (phys % PAGE_SIZE);
  const xen_bus_to_phys = (bus: number) =>
    mfn_to_pfn(Math.floor(bus / PAGE_SIZE)) * PAGE_SIZE + (bus % PAGE_SIZE);

  const range_straddles_page_boundary = (phys: number, size: number): boolean => {
    const first = Math.floor(phys / PAGE_SIZE);
    const last = Math.floor((phys + size - 1) / PAGE_SIZE);
    for (let pfn = first; pfn < last; pfn++) if (pfn_to_mfn(pfn + 1) !== pfn_to_mfn(pfn) + 1) return true;
    return false;
  };

  const mustBounce = (device: DmaDevice, phys: number, size: number): boolean =>
    force || !dma_capable(device, xen_phys_to_bus(phys), size) || range_straddles_page_boundary(phys, size);

  const unmap_single = (bus: number, size: number, dir: DmaDirection): void => {
    bounce.swiotlb_tbl_unmap_single(xen_bus_to_phys(bus), size, dir);
  };

  const unmapFirst = (sg: SgTable, nents: number, dir: DmaDirection): void => {
    for (let i = 0; i < nents; i++) unmap_single(sg.dma_address[i]!, sg.dma_length[i]!, dir);
  };

  return {
    name: 'xen-swiotlb',
    map_page(device, phys, size, dir) {
      if (!mustBounce(device, phys, size)) return { bus: xen_phys_to_bus(phys), error: false };
      const at = bounce.swiotlb_tbl_map_single(device, phys, size, dir);
      if (at === FULL) return { bus: DMA_ERROR_CODE, error: true };
      const bus = xen_phys_to_bus(at);
      if (dma_capable(device, bus, size)) return { bus, error: false };
      bounce.swiotlb_tbl_unmap_single(at, size, dir);
      return { bus: DMA_ERROR_CODE, error: true };
    },
    unmap_page: (_device, bus, size, dir) => {
      unmap_single(bus, size, dir);
    },
    map_sg(device, sg, dir) {
      for (let i = 0; i < sg.nents; i++) {
        const phys = sg.phys[i]!;
        const size = sg.length[i]!;
        let at = phys;
        if (mustBounce(device, phys, size)) {
          at = bounce.swiotlb_tbl_map_single(device, phys, size, dir);
          if (at === FULL) {
            printk(`${device.name}: swiotlb buffer is full`);
            unmapFirst(sg, i, dir);
            sg.dma_length[0] = 0;
            return 0;
          }
        }
        // Unlike a single page's, a slot out of the device's reach is not noticed here.
        sg.dma_address[i] = xen_phys_to_bus(at);
        sg.dma_length[i] = size;
      }
      return sg.nents;
    },
    unmap_sg: (_device, sg, dir) => {
      unmapFirst(sg, sg.nents, dir);
    },
    sync_for_cpu: (_device, bus, size, dir) => {
      bounce.syncForCpu(xen_bus_to_phys(bus), size, dir);
    },
    sync_for_device: (_device, bus, size, dir) => {
      bounce.syncForDevice(xen_bus_to_phys(bus), size, dir);
    },
    // In machine addresses.
    dma_supported: (_device, mask) => xen_phys_to_bus(pool.start + pool.bytes - 1) <= mask,
    reach: (_device, bus) => xen_bus_to_phys(bus),
  };
}
