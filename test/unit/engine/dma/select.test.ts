import { describe, expect, it } from 'vitest';
import { dmaParameters } from '../../../../src/engine/dma/cmdline';
import { pci_iommu_alloc } from '../../../../src/engine/dma/select';
import { pci_iommu_alloc as pci_iommu_alloc612 } from '../../../../src/engine/dma/select-6.12';
import type { DmaHardware } from '../../../../src/model/dma-spec';

const GIB = 2 ** 18;
const choose = (hardware: DmaHardware, gib: number, cmdline: string) =>
  pci_iommu_alloc({ hardware, max_pfn: gib * GIB, parameters: dmaParameters(cmdline) });

describe('pci_iommu_alloc of 4.1', () => {
  it.each<[DmaHardware, number, string, string]>([
    ['none', 2, '', 'nommu'],
    ['none', 4, '', 'nommu'],
    ['none', 5, '', 'swiotlb'],
    ['none', 5, 'iommu=off', 'nommu'],
    ['none', 2, 'iommu=soft', 'swiotlb'],
    ['none', 2, 'swiotlb=512,force', 'swiotlb'],
    ['none', 2, 'swiotlb=512', 'nommu'],
    ['none', 5, 'iommu=off swiotlb=force', 'swiotlb'],
    // The captured machines: 5 GiB, and what their command lines say.
    ['intel-vtd', 5, 'console=ttyS0 intel_iommu=on panic=-1', 'intel'],
    ['intel-vtd', 5, 'intel_iommu=on,strict', 'intel'],
    ['intel-vtd', 5, 'intel_iommu=on iommu=pt', 'intel'],
    ['intel-vtd', 5, '', 'swiotlb'],
    ['intel-vtd', 5, 'intel_iommu=off', 'swiotlb'],
    ['intel-vtd', 2, 'intel_iommu=on swiotlb=force', 'swiotlb'],
    ['amd-vi', 5, '', 'amd-vi'],
    ['amd-vi', 5, 'amd_iommu=fullflush', 'amd-vi'],
    ['amd-vi', 5, 'amd_iommu=off', 'swiotlb'],
    ['amd-vi', 5, 'iommu=pt', 'swiotlb'],
    ['amd-vi', 2, 'iommu=pt', 'nommu'],
    ['amd-gart', 5, '', 'gart'],
    ['amd-gart', 4, '', 'nommu'],
    ['amd-gart', 4, 'iommu=force', 'gart'],
    ['amd-gart', 4, 'iommu=noforce', 'nommu'],
    ['amd-gart', 5, 'iommu=off', 'nommu'],
    ['xen', 2, '', 'xen-swiotlb'],
    ['xen', 5, 'swiotlb=force', 'xen-swiotlb'],
    ['sta2x11', 2, '', 'sta2x11'],
  ])('%s with %i GiB and "%s" gets %s', (hardware, gib, cmdline, ops) => {
    const choice = choose(hardware, gib, cmdline);
    expect(choice.ops).toBe(ops);
    expect(choice.because.length).toBeGreaterThan(0);
    for (const reason of choice.because) expect(reason).toMatch(/^[a-z_0-9]+: .|^dma_ops was /);
  });

  it('says which numbers it compared', () => {
    expect(choose('none', 5, '').because).toContain(
      'pci_swiotlb_detect_4gb: memory ends at pfn 0x140000, above MAX_DMA32_PFN 0x100000: swiotlb = 1',
    );
  });
});

describe('pci_iommu_alloc of 6.12', () => {
  it.each<[DmaHardware, number, string, string]>([
    ['none', 2, '', 'dma-direct'],
    ['none', 2, 'swiotlb=force', 'dma-direct'],
    ['intel-vtd', 2, 'intel_iommu=on iommu.strict=1', 'dma-iommu'],
    ['intel-vtd', 5, '', 'dma-direct'],
    ['intel-vtd', 5, 'intel_iommu=on iommu.passthrough=1', 'dma-direct'],
    ['amd-vi', 5, '', 'dma-iommu'],
    ['amd-gart', 5, '', 'gart'],
    ['xen', 5, '', 'xen-swiotlb'],
  ])('%s with %i GiB and "%s" gets %s', (hardware, gib, cmdline, ops) => {
    const facts = { hardware, max_pfn: gib * GIB, parameters: dmaParameters(cmdline) };
    expect(pci_iommu_alloc612(facts).ops).toBe(ops);
  });
});

describe('dmaParameters', () => {
  it('reads words as the kernel does: by how they begin, the last one counts', () => {
    expect(dmaParameters('iommu=force,noforce')).toMatchObject({ force_iommu: false, iommu_merge: false });
    expect(dmaParameters('iommu=forcesac').force_iommu).toBe(true);
    expect(dmaParameters('iommu=biomerge,nomerge')).toMatchObject({ force_iommu: true, iommu_merge: false });
    expect(dmaParameters('xiommu=off iommu.strict=1 my_swiotlb=force')).toMatchObject({
      no_iommu: false,
      strict: true,
      swiotlb_force: false,
    });
  });

  it('rounds the pool up to whole groups of 128 slots', () => {
    expect(dmaParameters('swiotlb=1').nslabs).toBe(128);
    expect(dmaParameters('swiotlb=512,force').nslabs).toBe(512);
    expect(dmaParameters('swiotlb=force').nslabs).toBeUndefined();
  });
});
