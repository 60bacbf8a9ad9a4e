import { phys } from '../../model/address';
import type { SgTable } from '../block/sg-table';

/** Which way data goes, as `enum dma_data_direction` counts. */
export const DMA_BIDIRECTIONAL = 0;
export const DMA_TO_DEVICE = 1;
export const DMA_FROM_DEVICE = 2;
export type DmaDirection = typeof DMA_BIDIRECTIONAL | typeof DMA_TO_DEVICE | typeof DMA_FROM_DEVICE;

/** What DMA ops ask of a device. Masks are bytes, one less than a power of two; 2^64-1 is `Infinity`. */
export interface DmaDevice {
  readonly name: string;
  /** Highest address it can send; 0 where nobody set a mask. */
  readonly dma_mask: number;
  /** No segment crosses a multiple of this and one. */
  readonly seg_boundary_mask: number;
  /** Longest entry of a list that it takes, where entries are joined; 64 KiB where nobody set one. */
  readonly max_segment_size?: number;
  /** Bits of an address that a bounced mapping must keep (6.12); none if absent. */
  readonly min_align_mask?: number;
}

/** A device whose driver set a mask: all 64 bits unless the spec says otherwise. */
export function dmaDevice(name: string, mask: string | undefined): DmaDevice {
  return { name, dma_mask: mask === undefined ? Infinity : phys(mask), seg_boundary_mask: 0xffffffff };
}

/** What a mapping gave: the bus address, and whether `dma_mapping_error` says it is none. */
export interface Mapping {
  readonly bus: number;
  readonly error: boolean;
}

/**
 * One implementation of `struct dma_map_ops` (4.1: include/linux/dma-mapping.h). Addresses and sizes in bytes. What is
 * optional here may be NULL there.
 */
export interface DmaOps {
  readonly name: string;
  /** What `->map_page` and, since the series, `->map_pfn` do: `phys` is the page's address and the offset into it. */
  map_page(device: DmaDevice, phys: number, size: number, dir: DmaDirection): Mapping;
  unmap_page(device: DmaDevice, bus: number, size: number, dir: DmaDirection): void;
  /** Gives the entries that are mapped, or 0. */
  map_sg(device: DmaDevice, sg: SgTable, dir: DmaDirection): number;
  unmap_sg(device: DmaDevice, sg: SgTable, dir: DmaDirection): void;
  sync_for_cpu?(device: DmaDevice, bus: number, size: number, dir: DmaDirection): void;
  sync_for_device?(device: DmaDevice, bus: number, size: number, dir: DmaDirection): void;
  /** Whether a device may set such a mask. */
  dma_supported?(device: DmaDevice, mask: number): boolean;
  /**
   * The physical byte that a device's access to a bus address ends at, as its hardware finds it; undefined: nothing is
   * mapped there. Absent where the two are the same. Neighbours hold within a page.
   */
  reach?(device: DmaDevice, bus: number): number | undefined;
}

/** How a device's bus numbers memory: what `phys_to_dma` and its kin of an arch say. Bytes. */
export interface BusView {
  phys_to_dma(phys: number): number;
  dma_to_phys(bus: number): number;
  dma_capable(device: DmaDevice, bus: number, size: number): boolean;
}

/** Whether the device can send every address of a run (4.1: arch/x86/include/asm/dma-mapping.h). */
export function dma_capable(device: DmaDevice, address: number, size: number): boolean {
  return device.dma_mask !== 0 && address + size - 1 <= device.dma_mask;
}

/** A PC's: as memory is numbered. */
export const SAME_BUS: BusView = {
  phys_to_dma: (phys) => phys,
  dma_to_phys: (bus) => bus,
  dma_capable,
};
