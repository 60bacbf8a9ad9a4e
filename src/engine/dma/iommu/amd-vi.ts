import { PAGE_SIZE } from '../../../model/address';
import { DMA_BIDIRECTIONAL, type DmaDevice, type DmaDirection, type DmaOps, type Mapping } from '../dma-ops';
import { DMA_ERROR_CODE } from '../nommu';
import type { SgTable } from '../../block/sg-table';
import { NO_AREA } from './bitmap';
import { DmaOpsDomain } from './dma-ops-domain';
import type { TableMemory } from './page-table';
import { iommu_num_pages } from './pages';

export interface AmdIommuOptions {
  /** `amd_iommu=fullflush`: the IOTLB is flushed at each unmap, not where the search went back to the start. */
  readonly fullflush: boolean;
  readonly memory: TableMemory;
  readonly printk: (message: string) => void;
}

export interface AmdIommu extends DmaOps {
  /** What a device sees: its domain is made at boot. */
  readonly domain_for_device: (device: DmaDevice) => DmaOpsDomain;
  /** `alloc_coherent` once it has its pages: `phys` is where they are. `dma_mask` stands for the coherent mask. */
  readonly alloc_coherent: (device: DmaDevice, phys: number, size: number) => Mapping;
  readonly free_coherent: (device: DmaDevice, bus: number, size: number) => void;
}

/**
 * AMD-Vi: every device has an aperture of its own, which grows (4.1: drivers/iommu/amd_iommu.c; captures:
 * iommu-4.1.3/amd-*). With `iommu=pt` none of this is used: the ops are then those of swiotlb. Addresses and sizes in
 * bytes.
 */
export function amd_iommu({ fullflush, memory, printk }: AmdIommuOptions): AmdIommu {
  const domains = new Map<string, DmaOpsDomain>();

  const domain_for_device = (device: DmaDevice): DmaOpsDomain => {
    const known = domains.get(device.name);
    if (known) return known;
    const domain = new DmaOpsDomain(memory);
    domains.set(device.name, domain);
    return domain;
  };

  /** Addresses of so many pages. Where there are none, the aperture grows, though the mask may forbid what is new. */
  const allocate = (device: DmaDevice, domain: DmaOpsDomain, pages: number, align_mask: number): number => {
    for (;;) {
      const address = domain.dma_ops_alloc_addresses(device, pages, align_mask);
      if (address !== NO_AREA) return address;
      domain.next_address = domain.aperture_size;
      if (!domain.alloc_new_range()) return DMA_ERROR_CODE;
    }
  };

  const __map_single = (
    device: DmaDevice,
    phys: number,
    size: number,
    dir: DmaDirection,
    align_mask = 0,
  ): number => {
    const domain = domain_for_device(device);
    const pages = iommu_num_pages(phys, size);
    const address = allocate(device, domain, pages, align_mask);
    if (address === DMA_ERROR_CODE) return DMA_ERROR_CODE;
    const offset = phys % PAGE_SIZE;
    for (let i = 0; i < pages; i++)
      domain.dma_ops_domain_map(address + i * PAGE_SIZE, phys - offset + i * PAGE_SIZE, dir);
    if (!fullflush) domain.need_flush = false;
    return address + offset;
  };

  /** Unmaps the pages a driver names, and no others (captures: BAD rows). */
  const __unmap_single = (device: DmaDevice, bus: number, size: number): void => {
    const domain = domain_for_device(device);
    if (bus === DMA_ERROR_CODE || bus + size > domain.aperture_size) return;
    const pages = iommu_num_pages(bus, size);
    const start = bus - (bus % PAGE_SIZE);
    for (let i = 0; i < pages; i++)
      if (!domain.dma_ops_domain_unmap(start + i * PAGE_SIZE))
        printk('WARNING: at drivers/iommu/amd_iommu.c dma_ops_domain_unmap');
    domain.dma_ops_free_addresses(start, pages);
    domain.need_flush = false;
  };

  const unmapFirst = (device: DmaDevice, { dma_address, dma_length }: SgTable, nents: number): void => {
    for (let i = 0; i < nents; i++) {
      __unmap_single(device, dma_address[i]!, dma_length[i]!);
      dma_address[i] = dma_length[i] = 0;
    }
  };

  const mapped = (bus: number): Mapping => ({ bus, error: bus === DMA_ERROR_CODE });

  return {
    name: 'amd-vi',
    map_page: (device, phys, size, dir) => mapped(__map_single(device, phys, size, dir)),
    unmap_page: (device, bus, size) => {
      __unmap_single(device, bus, size);
    },
    map_sg(device, sg, dir) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      for (let i = 0; i < nents; i++) {
        const bus = __map_single(device, phys[i]!, length[i]!, dir);
        dma_address[i] = bus;
        if (bus === DMA_ERROR_CODE) {
          unmapFirst(device, sg, i);
          return 0;
        }
        dma_length[i] = length[i]!;
      }
      return nents;
    },
    unmap_sg: (device, sg) => {
      unmapFirst(device, sg, sg.nents);
    },
    alloc_coherent: (device, phys, size) => {
      const pages = iommu_num_pages(0, size);
      return mapped(__map_single(device, phys, pages * PAGE_SIZE, DMA_BIDIRECTIONAL, alignMask(pages)));
    },
    free_coherent: (device, bus, size) => {
      __unmap_single(device, bus, iommu_num_pages(0, size) * PAGE_SIZE);
    },
    domain_for_device,
  };
}

/** Coherent memory begins on a multiple of its size, rounded up to a power of two. */
function alignMask(pages: number): number {
  return pages <= 1 ? 0 : 2 ** (32 - Math.clz32(pages - 1)) - 1;
}
