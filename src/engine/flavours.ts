import type { KernelChoice } from '../model/flavour';
import { layer41 } from './block/layer-4.1';
import { layer612 } from './block/layer-6.12';
import type { BlockLayer } from './block/layer';
import { pci_iommu_alloc, type DmaChoice, type DmaFacts } from './dma/select';
import { pci_iommu_alloc as pci_iommu_alloc612 } from './dma/select-6.12';

/** The block layer of a kernel. Those of the series differ from 4.1's only in their posting. */
export function blockLayerOf(kernel: KernelChoice): BlockLayer {
  return kernel.flavour === '6.12' ? layer612 : layer41;
}

/** How a kernel chooses the DMA ops of its devices. */
export function dmaChoiceOf(kernel: KernelChoice): (facts: DmaFacts) => DmaChoice {
  return kernel.flavour === '6.12' ? pci_iommu_alloc612 : pci_iommu_alloc;
}
