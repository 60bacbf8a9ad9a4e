import { PAGE_SIZE, type PhysRange } from '../../../model/address';
import { Oops } from '../../oops';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
  type DmaOps,
  type Mapping,
} from '../dma-ops';
import { DMA_ERROR_CODE } from '../nommu';
import { DMA_PTE_READ, DMA_PTE_WRITE, DmarDomain, DOMAIN_FLAG_STATIC_IDENTITY } from './dmar-domain';
import { DMA_32BIT_PFN, IovaDomain, type Iova } from './iova';
import type { TableMemory } from './page-table';
import { iommu_num_pages, pfnOf } from './pages';
import { UnmapQueue } from './unmap-queue';
import { domainWidth, IDENTITY_WIDTH, type VtdHardware } from './vt-d-hardware';

/** Where interrupts are written to: no DMA address. */
const IOAPIC_RANGE = { pfn_lo: 0xfee00, pfn_hi: 0xfeeff };

export interface IntelIommuOptions {
  readonly hardware: VtdHardware;
  /** `intel_iommu=strict`: the IOTLB is flushed at each unmap. */
  readonly strict: boolean;
  /** `intel_iommu=forcedac`: wide devices are not given addresses below 4 GiB first. */
  readonly forcedac: boolean;
  /** `intel_iommu=sp_off`: 4 KiB pages only. */
  readonly sp_off: boolean;
  /** `iommu=pt`: a device that reaches all memory sees physical addresses. */
  readonly passthrough: boolean;
  /** What a mask must be to reach all memory, in bytes (`dma_get_required_mask`). */
  readonly required_mask: number;
  /** PCI memory BARs: a device's writes to them would not reach the table. In the order the devices are found. */
  readonly reserved: readonly PhysRange[];
  readonly memory: TableMemory;
  readonly mod_timer: (milliseconds: number, run: () => void) => void;
  readonly printk: (message: string) => void;
}

export interface IntelIommu extends DmaOps {
  /** What a device sees; `undefined` before its first mapping. */
  readonly find_domain: (device: DmaDevice) => DmarDomain | undefined;
  /** The same, made where there is none yet. */
  readonly get_valid_domain_for_dev: (device: DmaDevice) => DmarDomain;
  /** `intel_alloc_coherent` once it has its pages: `phys` is where they are. `dma_mask` stands for the coherent mask. */
  readonly alloc_coherent: (device: DmaDevice, phys: number, size: number) => Mapping;
  readonly free_coherent: (device: DmaDevice, bus: number) => void;
}

/**
 * Intel VT-d: a device's addresses are its own, one page table a device (4.1: drivers/iommu/intel-iommu.c; captures:
 * iommu-4.1.3/intel-*). Addresses and sizes in bytes.
 */
export function intel_iommu(options: IntelIommuOptions): IntelIommu {
  const { hardware, strict, forcedac, passthrough, required_mask, memory, printk } = options;
  const width = domainWidth(hardware, options.sp_off);
  const queue = new UnmapQueue(options.mod_timer);
  const reserved_iova_list = dmar_init_reserved_ranges(options.reserved);
  const domains = new Map<string, DmarDomain>();
  let warned = false;

  const domain_init = (domain: DmarDomain): DmarDomain => {
    for (const { pfn_lo, pfn_hi } of reserved_iova_list.ranges) domain.iovad.reserve_iova(pfn_lo, pfn_hi);
    return domain;
  };
  // A device that has no domain of its own is in this one, from boot on.
  const si_domain = passthrough
    ? domain_init(new DmarDomain(IDENTITY_WIDTH, DOMAIN_FLAG_STATIC_IDENTITY, memory))
    : undefined;

  const get_valid_domain_for_dev = (device: DmaDevice): DmarDomain => {
    const known = domains.get(device.name);
    if (known) return known;
    const domain = domain_init(new DmarDomain(width, 0, memory));
    domains.set(device.name, domain);
    return domain;
  };

  /** Whether bus addresses are physical ones. A device that cannot reach all memory leaves the identity for good. */
  const iommu_no_mapping = (device: DmaDevice): boolean => {
    if (!si_domain || domains.has(device.name)) return false;
    if (device.dma_mask >= required_mask) return true;
    printk(`32bit ${device.name} uses non-identity mapping`);
    get_valid_domain_for_dev(device);
    return false;
  };

  const intel_alloc_iova = (device: DmaDevice, domain: DmarDomain, nrpages: number): Iova | undefined => {
    const limit_pfn = Math.min(domain.max_pfn, pfnOf(device.dma_mask));
    const low = !forcedac && limit_pfn > DMA_32BIT_PFN;
    const iova =
      (low ? domain.iovad.alloc_iova(nrpages, DMA_32BIT_PFN) : undefined) ??
      domain.iovad.alloc_iova(nrpages, limit_pfn);
    if (!iova) printk(`Allocating ${nrpages}-page iova for ${device.name} failed`);
    return iova;
  };

  const protection = (dir: DmaDirection): number => {
    const read = dir === DMA_FROM_DEVICE && hardware.zlr ? 0 : DMA_PTE_READ;
    return read | (dir === DMA_TO_DEVICE ? 0 : DMA_PTE_WRITE);
  };

  const __intel_map_single = (device: DmaDevice, phys: number, size: number, dir: DmaDirection): number => {
    if (iommu_no_mapping(device)) return phys;
    const domain = get_valid_domain_for_dev(device);
    const pages = iommu_num_pages(phys, size);
    const iova = intel_alloc_iova(device, domain, pages);
    if (!iova) {
      printk(
        `Device ${device.name} request: ${pages.toString(16)}@${phys.toString(16)} dir ${dir} --- failed`,
      );
      return DMA_ERROR_CODE;
    }
    domain.domain_pfn_mapping(iova.pfn_lo, pfnOf(phys), pages, protection(dir));
    return iova.pfn_lo * PAGE_SIZE + (phys % PAGE_SIZE);
  };

  /** Unmaps the whole range that holds an address, however much of it a driver meant (captures: BAD rows). */
  const intel_unmap = (device: DmaDevice, bus: number): void => {
    if (iommu_no_mapping(device)) return;
    const domain = domains.get(device.name);
    if (!domain) throw new Oops('kernel BUG: an unmap without a domain', 0n, 'intel_unmap');
    const iova = domain.iovad.find_iova(pfnOf(bus));
    if (!iova) {
      if (!warned) printk(`Driver unmaps unmatched page at PFN ${bus.toString(16)}`);
      warned = true;
      return;
    }
    const freelist = domain.domain_unmap(iova.pfn_lo, iova.pfn_hi);
    if (strict) {
      domain.iovad.__free_iova(iova);
      domain.dma_free_pagelist(freelist);
    } else {
      queue.add_unmap(domain, iova, freelist);
    }
  };

  const mapped = (bus: number): Mapping => ({ bus, error: bus === DMA_ERROR_CODE });

  return {
    name: 'intel',
    map_page: (device, phys, size, dir) => mapped(__intel_map_single(device, phys, size, dir)),
    unmap_page: (device, bus) => {
      intel_unmap(device, bus);
    },
    map_sg(device, sg, dir) {
      const { phys, length, skip, dma_address, dma_length, nents } = sg;
      if (iommu_no_mapping(device)) {
        dma_address.set(phys.subarray(0, nents));
        dma_length.set(length.subarray(0, nents));
        return nents;
      }
      const domain = get_valid_domain_for_dev(device);
      let size = 0;
      for (let i = 0; i < nents; i++) size += iommu_num_pages(phys[i]!, length[i]!);
      const iova = intel_alloc_iova(device, domain, size);
      if (!iova) {
        dma_length[0] = 0;
        return 0;
      }
      const prot = protection(dir);
      const end = iova.pfn_lo + size;
      let pfn = iova.pfn_lo;
      for (let i = 0; pfn < end; i++) {
        const pages = iommu_num_pages(phys[i]!, length[i]!);
        if (pages === 0) throw new Oops('kernel BUG: an entry of no bytes', 0n, '__domain_mapping');
        // A fault of 4.1: the address counts the whole offset, the table begins at the entry's page (captures: SGOFF).
        const into = skip[i]! * PAGE_SIZE;
        dma_address[i] = pfn * PAGE_SIZE + into + (phys[i]! % PAGE_SIZE);
        dma_length[i] = length[i]!;
        domain.domain_pfn_mapping(pfn, pfnOf(phys[i]! - into), pages, prot);
        pfn += pages;
      }
      return nents;
    },
    unmap_sg: (device, sg) => {
      intel_unmap(device, sg.dma_address[0]!);
    },
    alloc_coherent: (device, phys, size) =>
      mapped(__intel_map_single(device, phys, Math.ceil(size / PAGE_SIZE) * PAGE_SIZE, DMA_BIDIRECTIONAL)),
    free_coherent: (device, bus) => {
      intel_unmap(device, bus);
    },
    find_domain: (device) => domains.get(device.name) ?? si_domain,
    get_valid_domain_for_dev,
  };
}

/** What no domain gives out. */
function dmar_init_reserved_ranges(bars: readonly PhysRange[]): IovaDomain {
  const list = new IovaDomain(0, DMA_32BIT_PFN);
  list.reserve_iova(IOAPIC_RANGE.pfn_lo, IOAPIC_RANGE.pfn_hi);
  for (const { start, end } of bars) list.reserve_iova(pfnOf(start), pfnOf(end - 1));
  return list;
}
