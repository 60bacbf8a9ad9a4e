import type { DmaDevice, DmaDirection, DmaOps, Mapping } from '../dma-ops';
import type { DmaDebug } from './dma-debug';

/** DMA ops with what include/asm-generic/dma-mapping-common.h has beside the table of functions. */
export interface DebuggedDmaOps extends DmaOps {
  /** `dma_map_single`: of memory that the CPU addresses; the same op as for a page. */
  map_single(device: DmaDevice, phys: number, size: number, dir: DmaDirection): Mapping;
  unmap_single(device: DmaDevice, bus: number, size: number, dir: DmaDirection): void;
  /** `dma_map_pfn` of the series: of memory that need not have a page. */
  map_pfn(device: DmaDevice, phys: number, size: number, dir: DmaDirection, hasPage: boolean): Mapping;
  /** What a driver has to ask after each of these. */
  dma_mapping_error(device: DmaDevice, bus: number): boolean;
}

/**
 * DMA ops under dma-debug: the same interface, and each call is recorded and checked in the order in which 4.1 does it,
 * a list before it is unmapped and all else after the op.
 */
export function debugged(ops: DmaOps, debug: DmaDebug): DebuggedDmaOps {
  const unmap = (device: DmaDevice, bus: number, size: number, dir: DmaDirection, single: boolean): void => {
    ops.unmap_page(device, bus, size, dir);
    debug.debug_dma_unmap_page(device, bus, size, dir, single);
  };
  const map =
    (single: boolean) =>
    (device: DmaDevice, phys: number, size: number, dir: DmaDirection, hasPage = true): Mapping => {
      const mapping = ops.map_page(device, phys, size, dir);
      debug.debug_dma_map_page(device, phys, size, dir, mapping.bus, single, hasPage);
      return mapping;
    };
  const map_page = map(false);
  return {
    ...ops,
    map_page: (device, phys, size, dir) => map_page(device, phys, size, dir),
    unmap_page: (device, bus, size, dir) => unmap(device, bus, size, dir, false),
    map_single: map(true),
    unmap_single: (device, bus, size, dir) => unmap(device, bus, size, dir, true),
    map_pfn: map_page,
    map_sg(device, sg, dir) {
      const mapped = ops.map_sg(device, sg, dir);
      debug.debug_dma_map_sg(device, sg, mapped, dir);
      return mapped;
    },
    unmap_sg(device, sg, dir) {
      debug.debug_dma_unmap_sg(device, sg, dir);
      ops.unmap_sg(device, sg, dir);
    },
    sync_for_cpu(device, bus, size, dir) {
      ops.sync_for_cpu?.(device, bus, size, dir);
      debug.debug_dma_sync_single(device, bus, size, dir, true);
    },
    sync_for_device(device, bus, size, dir) {
      ops.sync_for_device?.(device, bus, size, dir);
      debug.debug_dma_sync_single(device, bus, size, dir, false);
    },
    dma_mapping_error: (device, bus) => debug.dma_mapping_error(device, bus),
  };
}
