import { PAGE_SIZE } from '../../../model/address';
import type { DmaDevice, DmaOps } from '../dma-ops';
import type { IovaDomain612 } from './iova-6.12';
import { DMA_MAPPING_ERROR } from '../swiotlb/swiotlb-6.12';
import type { SgTable } from '../../block/sg-table';

/** What the tracepoints `map` and `unmap` print. Bytes. */
export interface IommuEvent {
  readonly event: 'map' | 'unmap';
  readonly iova: number;
  readonly size: number;
  /** Of a `map`. */
  readonly paddr?: number;
}

export interface DmaIommuOptions {
  readonly iovad: IovaDomain612;
  /** The last address that the domain translates (`geometry.aperture_end`). */
  readonly aperture_end: number;
  readonly printk: (message: string) => void;
  readonly trace?: (event: IommuEvent) => void;
}

const LAST_32BIT = 2 ** 32 - 1;

/** A table's mapping: its one range. */
interface Laid {
  /** Bytes of the range, and, for each entry, of its part of it. */
  readonly bytes: number;
  readonly parts: readonly number[];
}

/**
 * DMA through an IOMMU in 6.12 (drivers/iommu/dma-iommu.c), in strict mode: what is unmapped can be given again at once.
 * A list gets one range, and its entries are joined as far as the device takes them. Devices are trusted: nothing bounces.
 * Checked by the traces of run612-iommu. Addresses and sizes in bytes.
 */
export function dmaIommu({ iovad, aperture_end, printk, trace }: DmaIommuOptions): DmaOps {
  /** Devices that have used up the space below 4 GiB, which is given first. */
  const beyond = new Set<DmaDevice>();
  /** Pages of the domain: where each lies in memory. */
  const pages = new Map<number, number>();

  const iommu_dma_alloc_iova = (device: DmaDevice, bytes: number): number => {
    const size = bytes / PAGE_SIZE;
    const limit = Math.min(device.dma_mask, aperture_end);
    if (limit > LAST_32BIT && !beyond.has(device)) {
      const pfn = iovad.alloc_iova_fast(size, pageOf(LAST_32BIT), false);
      if (pfn !== 0) return pfn * PAGE_SIZE;
      beyond.add(device);
      printk(`${device.name}: Using ${Math.ceil(Math.log2(limit))}-bit DMA addresses`);
    }
    return iovad.alloc_iova_fast(size, pageOf(limit), true) * PAGE_SIZE;
  };

  const iommu_map = (iova: number, paddr: number, size: number): void => {
    for (let done = 0; done < size; done += PAGE_SIZE) pages.set(pageOf(iova + done), pageOf(paddr + done));
    trace?.({ event: 'map', iova, paddr, size });
  };

  const __iommu_dma_unmap = (bus: number, bytes: number): void => {
    const iova = bus - (bus % PAGE_SIZE);
    const size = iova_align(bytes + (bus % PAGE_SIZE));
    for (let done = 0; done < size; done += PAGE_SIZE) pages.delete(pageOf(iova + done));
    trace?.({ event: 'unmap', iova, size });
    iovad.free_iova_fast(pageOf(iova), size / PAGE_SIZE);
  };

  return {
    name: 'dma-iommu',
    map_page(device, phys, size) {
      const offset = phys % PAGE_SIZE;
      const bytes = iova_align(size + offset);
      const iova = iommu_dma_alloc_iova(device, bytes);
      if (iova === 0) return { bus: DMA_MAPPING_ERROR, error: true };
      iommu_map(iova, phys - offset, bytes);
      return { bus: iova + offset, error: false };
    },
    unmap_page: (_device, bus, size) => __iommu_dma_unmap(bus, size),
    map_sg(device, sg) {
      const laid = layOut(device, sg);
      const iova = iommu_dma_alloc_iova(device, laid.bytes);
      if (iova === 0) return 0;
      eachRun(sg, laid, (into, paddr, size) => iommu_map(iova + into, paddr, size));
      return __finalise_sg(device, sg, laid, iova);
    },
    unmap_sg(_device, sg) {
      const { dma_address, dma_length, nents } = sg;
      let last = 0;
      while (last + 1 < nents && dma_length[last + 1] !== 0) last++;
      const start = dma_address[0]!;
      __iommu_dma_unmap(start, dma_address[last]! + dma_length[last]! - start);
    },
    reach(_device, bus) {
      const page = pages.get(pageOf(bus));
      return page === undefined ? undefined : page * PAGE_SIZE + (bus % PAGE_SIZE);
    },
  };
}

/** Each entry from one page boundary to another; before a boundary of the device, as much room as lets it not be crossed. */
function layOut({ seg_boundary_mask }: DmaDevice, { phys, length, nents }: SgTable): Laid {
  const boundary = seg_boundary_mask + 1;
  const parts: number[] = [];
  let bytes = 0;
  for (let i = 0; i < nents; i++) {
    const part = iova_align(length[i]! + (phys[i]! % PAGE_SIZE));
    const pad = (boundary - (bytes % boundary)) % boundary;
    if (pad !== 0 && pad < part - 1) {
      parts[i - 1]! += pad;
      bytes += pad;
    }
    parts.push(part);
    bytes += part;
  }
  return { bytes, parts };
}

/** `iommu_map_sg`: neighbours in memory are mapped as one. */
function eachRun(
  { phys, nents }: SgTable,
  { parts }: Laid,
  map: (into: number, paddr: number, size: number) => void,
): void {
  let start = 0;
  let paddr = 0;
  let size = 0;
  for (let i = 0; i < nents; i++) {
    const at = phys[i]! - (phys[i]! % PAGE_SIZE);
    if (size > 0 && at === paddr + size) {
      size += parts[i]!;
      continue;
    }
    if (size > 0) map(start, paddr, size);
    start += size;
    paddr = at;
    size = parts[i]!;
  }
  if (size > 0) map(start, paddr, size);
}

/**
 * Gives the entries their addresses, joining one to the one before where that ends and this begins at a page, unless the
 * device's boundary is there or its longest segment would be exceeded. Gives the entries that the device sees.
 */
function __finalise_sg(device: DmaDevice, sg: SgTable, { parts }: Laid, iova: number): number {
  const { phys, length, dma_address, dma_length, nents } = sg;
  const boundary = device.seg_boundary_mask + 1;
  const max_len = device.max_segment_size ?? 65536;
  let at = iova;
  let count = 0;
  /** Bytes of the open segment; 0 where it can take no more. */
  let open = 0;
  for (let i = 0; i < nents; i++) {
    const offset = phys[i]! % PAGE_SIZE;
    const size = length[i]!;
    dma_address[i] = DMA_MAPPING_ERROR;
    dma_length[i] = 0;
    if (open > 0 && offset === 0 && at % boundary !== 0 && max_len - open >= size) open += size;
    else {
      open = size;
      dma_address[count++] = at + offset;
    }
    dma_length[count - 1] = open;
    at += parts[i]!;
    if (offset + size < parts[i]!) open = 0;
  }
  return count;
}

function iova_align(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
}

function pageOf(address: number): number {
  return Math.floor(address / PAGE_SIZE);
}
