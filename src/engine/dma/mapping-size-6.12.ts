import { PAGE_SIZE } from '../../model/address';
import type { DmaDevice } from './dma-ops';
import type { DmaLayer } from './layer';
import { swiotlb_max_mapping_size } from './swiotlb/swiotlb-6.12';

/** IOVA_RANGE_CACHE_MAX_SIZE: the largest run of pages, as a power of two, that is cached when it is freed, and one. */
const IOVA_RANGE_CACHE_MAX_SIZE = 6;

/** The longest single mapping a device can have. Bytes; Infinity: no bound (6.12: kernel/dma/mapping.c, direct.c). */
export function dma_max_mapping_size(dma: DmaLayer, device: DmaDevice): number {
  if (dma.name !== 'dma-direct' || !dma.made.pool) return Infinity;
  const bounces = dma.parameters.swiotlb_force || device.dma_mask < dma.requiredMask;
  return bounces ? swiotlb_max_mapping_size(device) : Infinity;
}

/** The longest mapping that is made without slow work: with an IOMMU, what its cache of address ranges holds. Bytes. */
export function dma_opt_mapping_size(dma: DmaLayer, device: DmaDevice): number {
  const opt = dma.name === 'dma-iommu' ? PAGE_SIZE * 2 ** (IOVA_RANGE_CACHE_MAX_SIZE - 1) : Infinity;
  return Math.min(dma_max_mapping_size(dma, device), opt);
}
