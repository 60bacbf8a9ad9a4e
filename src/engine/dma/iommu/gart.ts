import { PAGE_SIZE } from '../../../model/address';
import type { SgTable } from '../../block/sg-table';
import { Oops } from '../../oops';
import {
  DMA_TO_DEVICE,
  dma_capable,
  type DmaDevice,
  type DmaDirection,
  type DmaOps,
  type Mapping,
} from '../dma-ops';
import { EMERGENCY_PAGES, GART_MAX_PHYS_ADDR, type GartAperture } from './gart-aperture';
import { NO_AREA } from './bitmap';
import { iommu_num_pages } from './pages';

/** Where nobody set one: bytes. */
const MAX_SEGMENT_SIZE = 65536;

export interface GartOptions {
  readonly aperture: GartAperture;
  /** `iommu=force`: also what a device reaches goes through the aperture. */
  readonly force_iommu: boolean;
  /** `iommu=merge`: entries of a list are joined where the aperture can make them one. */
  readonly iommu_merge: boolean;
  /** `iommu=panic`: what does not fit is the end. */
  readonly panic_on_overflow: boolean;
  readonly printk: (message: string) => void;
}

/**
 * The AGP aperture of AMD's northbridges as an IOMMU: what a device cannot reach, it reaches through the aperture (4.1:
 * arch/x86/kernel/amd_gart_64.c; by reading, no machine printed it). Addresses and sizes in bytes.
 */
export function gart(options: GartOptions): DmaOps {
  const { aperture, force_iommu, iommu_merge, panic_on_overflow, printk } = options;
  const bad_dma_addr = aperture.bus_base;

  const need_iommu = (device: DmaDevice, phys: number, size: number): boolean =>
    force_iommu || !dma_capable(device, phys, size);

  /** The caller sends garbage: to pages that are kept for it, if they are enough. */
  const iommu_full = (device: DmaDevice, size: number, dir: DmaDirection): void => {
    printk(`${device.name}: PCI-DMA: Out of IOMMU space for ${size} bytes`);
    if (size <= EMERGENCY_PAGES * PAGE_SIZE) return;
    panic(
      dir === DMA_TO_DEVICE ? 'PCI-DMA: Random memory would be DMAed' : 'PCI-DMA: Memory would be corrupted',
      'iommu_full',
    );
  };

  const mapPages = (first: number, phys: number, pages: number): void => {
    for (let i = 0; i < pages; i++) aperture.map(first + i, phys + i * PAGE_SIZE);
  };

  const dma_map_area = (device: DmaDevice, phys: number, size: number, dir: DmaDirection): number => {
    if (phys + size > GART_MAX_PHYS_ADDR) return bad_dma_addr;
    const pages = iommu_num_pages(phys, size);
    const iommu_page = aperture.alloc_iommu(device, pages);
    if (iommu_page === NO_AREA) {
      if (dma_capable(device, phys, size)) return phys;
      if (panic_on_overflow) panic(`dma_map_area overflow ${size} bytes`, 'dma_map_area');
      iommu_full(device, size, dir);
      return bad_dma_addr;
    }
    mapPages(iommu_page, phys, pages);
    return aperture.bus_base + iommu_page * PAGE_SIZE + (phys % PAGE_SIZE);
  };

  const gart_unmap_page = (bus: number, size: number): void => {
    if (!aperture.holds(bus)) return;
    const iommu_page = Math.floor((bus - aperture.bus_base) / PAGE_SIZE);
    aperture.free_iommu(iommu_page, iommu_num_pages(bus, size));
  };

  /** Ends where a list that was joined does. */
  const gart_unmap_sg = ({ length, dma_address, dma_length }: SgTable, nents: number): void => {
    for (let i = 0; i < nents && dma_length[i] !== 0 && length[i] !== 0; i++)
      gart_unmap_page(dma_address[i]!, dma_length[i]!);
  };

  /** Entry by entry, and only those a device cannot reach: what is done where joined or forced ones did not fit. */
  const dma_map_sg_nonforce = (device: DmaDevice, sg: SgTable, dir: DmaDirection): number => {
    const { phys, length, dma_address, dma_length, nents } = sg;
    for (let i = 0; i < nents; i++) {
      let bus = phys[i]!;
      if (!dma_capable(device, bus, length[i]!)) {
        bus = dma_map_area(device, bus, length[i]!, dir);
        if (bus === bad_dma_addr) {
          gart_unmap_sg(sg, i);
          dma_length[0] = 0;
          aperture.flush_gart();
          return 0;
        }
      }
      dma_address[i] = bus;
      dma_length[i] = length[i]!;
    }
    aperture.flush_gart();
    return nents;
  };

  /** Maps the entries from `start` to before `end` as one, which is entry `out`. False where there is no room. */
  const dma_map_cont = (device: DmaDevice, sg: SgTable, start: number, end: number, out: number): boolean => {
    const { phys, length, dma_address, dma_length } = sg;
    if (!need_iommu(device, phys[start]!, length[start]!)) {
      dma_address[out] = phys[start]!;
      dma_length[out] = length[start]!;
      return true;
    }
    let iommu_page = aperture.alloc_iommu(device, pagesOf(sg, start, end));
    if (iommu_page === NO_AREA) return false;
    dma_address[out] = aperture.bus_base + iommu_page * PAGE_SIZE + offsetOf(sg, start);
    let bytes = 0;
    for (let i = start; i < end; i++) {
      const pages = iommu_num_pages(phys[i]!, length[i]!);
      // No check against 1 TiB here: the entry of such a page leads elsewhere.
      mapPages(iommu_page, phys[i]!, pages);
      iommu_page += pages;
      bytes += length[i]!;
    }
    dma_length[out] = bytes;
    return true;
  };

  return {
    name: 'gart',
    map_page(device, phys, size, dir): Mapping {
      if (!need_iommu(device, phys, size)) return { bus: phys, error: false };
      const bus = dma_map_area(device, phys, size, dir);
      aperture.flush_gart();
      return { bus, error: bus === bad_dma_addr };
    },
    unmap_page: (_device, bus, size) => {
      gart_unmap_page(bus, size);
    },
    map_sg(device, sg, dir) {
      const { phys, length, dma_address, dma_length, nents } = sg;
      if (nents === 0) return 0;
      const max_seg_size = device.max_segment_size ?? MAX_SEGMENT_SIZE;
      const joins = (i: number, seg_size: number): boolean =>
        iommu_merge &&
        need_iommu(device, phys[i - 1]!, length[i - 1]!) &&
        need_iommu(device, phys[i]!, length[i]!) &&
        offsetOf(sg, i) === 0 &&
        seg_size + length[i]! <= max_seg_size &&
        (phys[i - 1]! + length[i - 1]!) % PAGE_SIZE === 0;

      let out = 0;
      for (let start = 0; start < nents; out++) {
        let end = start;
        let seg_size = 0;
        do {
          if (length[end] === 0) throw new Oops('kernel BUG: an entry of no bytes', 0n, 'gart_map_sg');
          seg_size += length[end++]!;
        } while (end < nents && joins(end, seg_size));
        if (!dma_map_cont(device, sg, start, end, out)) {
          aperture.flush_gart();
          gart_unmap_sg(sg, out);
          if ((force_iommu || iommu_merge) && dma_map_sg_nonforce(device, sg, dir) > 0) return nents;
          const pages = pagesOf(sg, start, end);
          if (panic_on_overflow) panic(`dma_map_sg: overflow on ${pages} pages`, 'gart_map_sg');
          iommu_full(device, pages * PAGE_SIZE, dir);
          dma_address.fill(bad_dma_addr, 0, nents);
          return 0;
        }
        start = end;
      }
      aperture.flush_gart();
      if (out < nents) dma_length[out] = 0;
      return out;
    },
    unmap_sg: (_device, sg) => {
      gart_unmap_sg(sg, sg.nents);
    },
  };
}

function panic(message: string, where: string): never {
  throw new Oops(`Kernel panic - not syncing: ${message}`, 0n, where);
}

/** From the start of an entry's own page. */
function offsetOf({ phys, skip }: SgTable, i: number): number {
  return (phys[i]! % PAGE_SIZE) + skip[i]! * PAGE_SIZE;
}

function pagesOf({ phys, length }: SgTable, start: number, end: number): number {
  let pages = 0;
  for (let i = start; i < end; i++) pages += iommu_num_pages(phys[i]!, length[i]!);
  return pages;
}
