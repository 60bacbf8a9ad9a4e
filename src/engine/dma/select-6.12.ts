import { gart_iommu_init, MAX_DMA32_PFN, memoryEnd, type DmaChoice, type DmaFacts } from './select';

/**
 * 6.12 on x86: no table of ops where no IOMMU translates, but dma-direct, which bounces by itself (arch/x86/kernel/pci-dma.c,
 * kernel/dma/mapping.c, drivers/iommu/iommu.c).
 */
export function pci_iommu_alloc(facts: DmaFacts): DmaChoice {
  const { hardware, max_pfn, parameters } = facts;
  if (hardware === 'xen') {
    return {
      ops: 'xen-swiotlb',
      because: ['pci_xen_swiotlb_init: this is a Xen domain that owns devices: xen-swiotlb'],
    };
  }
  const because: string[] = [];
  const above = max_pfn > MAX_DMA32_PFN;
  const pool = (above && !parameters.no_iommu) || parameters.swiotlb_force;
  because.push(
    `pci_swiotlb_detect: ${memoryEnd(max_pfn)}${parameters.swiotlb_force ? ', and the command line says swiotlb=force' : ''}: ${pool ? 'a pool is set up' : 'no pool'}`,
  );
  if (hardware === 'amd-gart' && gart_iommu_init(facts, because)) return { ops: 'gart', because };
  const iommu = hardware === 'intel-vtd' || hardware === 'amd-vi';
  const off =
    parameters.no_iommu ||
    (hardware === 'intel-vtd' && parameters.intel_iommu !== 'on') ||
    (hardware === 'amd-vi' && parameters.amd_iommu_off);
  if (!iommu || off) {
    because.push(
      `get_dma_ops: ${iommu ? 'the IOMMU is off' : 'no IOMMU translates for the device'}: no ops, dma-direct`,
    );
    return { ops: 'dma-direct', because };
  }
  if (parameters.pass_through) {
    because.push('iommu_def_domain_type: passed through, an identity domain: dma-direct');
    return { ops: 'dma-direct', because };
  }
  because.push('iommu_setup_dma_ops: the device has a DMA domain: dma-iommu');
  return { ops: 'dma-iommu', because };
}
