import type { CatalogueEntry } from '../entry';
import { NOT_IN_61, at41, at612, inferred, ran, recalled, stated, tree41, tree61, tree612 } from '../sources';

/** Implementations of the operations, mostly those of x86 that the series touched. */
export const dmaX86Entries: readonly CatalogueEntry[] = [
  {
    name: 'nommu_map_page',
    kind: 'function',
    meaning: '4.1 x86 without an IOMMU: the bus address is the physical address.',
    signatures: [
      at41(
        'arch/x86/kernel/pci-nommu.c',
        'dma_addr_t nommu_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size, enum dma_data_direction dir, struct dma_attrs *attrs)',
      ),
    ],
    pageBacked: 'page_to_phys() plus offset, if the device reaches it.',
    pageLess: 'v1: nommu_map_pfn() does the work, this becomes its wrapper.',
    errors: [{ value: 'DMA_ERROR_CODE', when: 'beyond the mask; a message for masks of 32 bits and more' }],
    history: { introduced: 'before 4.1', removed: '5.0', today: 'dma_direct_map_page' },
    sources: [
      tree41('arch/x86/kernel/pci-nommu.c'),
      ran('captures: dma-nommu.csv'),
      stated('v1 branch 2d5e33f8'),
      recalled('5.0', NOT_IN_61),
    ],
    picture: 'dma',
  },
  {
    name: 'nommu_map_sg',
    kind: 'function',
    meaning: '4.1 x86 without an IOMMU: every entry keeps its physical address.',
    signatures: [
      at41(
        'arch/x86/kernel/pci-nommu.c',
        'int nommu_map_sg(struct device *hwdev, struct scatterlist *sg, int nents, enum dma_data_direction dir, struct dma_attrs *attrs)',
      ),
    ],
    pageBacked: 'Number of entries given.',
    pageLess: 'BUG: it asks sg_page() of every entry, in the series too.',
    errors: [
      { value: '0', when: 'one entry is beyond the mask' },
      { value: 'BUG', when: 'an entry without a page' },
    ],
    history: {
      introduced: 'before 4.1',
      removed: '5.0',
      today: 'The direct mapping of kernel/dma/direct.c.',
    },
    sources: [
      tree41('arch/x86/kernel/pci-nommu.c'),
      ran('captures: oops/bug_nommu_sg.txt'),
      recalled('5.0', NOT_IN_61),
    ],
    picture: 'dma',
  },
  {
    name: 'dma_direct_map_page',
    kind: 'function',
    meaning: 'Today without an IOMMU: physical address, or a bounce when the device cannot reach it.',
    signatures: [
      at612(
        'kernel/dma/direct.h',
        'dma_addr_t dma_direct_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size, enum dma_data_direction dir, unsigned long attrs)',
      ),
    ],
    pageBacked: 'Bounces by swiotlb_map() where needed.',
    pageLess: 'P2PDMA pages are refused where they would bounce: nothing could copy them.',
    errors: [
      { value: 'DMA_MAPPING_ERROR', when: 'beyond the mask and no bounce pool, or a P2PDMA page to bounce' },
    ],
    history: { introduced: '5.0 for x86', today: 'By physical address since 6.18.' },
    sources: [tree612('kernel/dma/direct.h'), stated('2025 patch mails'), recalled('5.0')],
    picture: 'dma',
  },
  {
    name: 'iommu_dma_map_page',
    kind: 'function',
    meaning: 'Today behind an IOMMU: takes an IOVA for the range and enters the physical frames.',
    signatures: [
      at612(
        'include/linux/iommu-dma.h',
        'dma_addr_t iommu_dma_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size, enum dma_data_direction dir, unsigned long attrs);',
      ),
    ],
    pageBacked: 'Untrusted devices bounce what does not fill whole pages.',
    pageLess: 'Page tables of an IOMMU hold frames: the page served only to compute one.',
    errors: [{ value: 'DMA_MAPPING_ERROR', when: 'no IOVA, no page table, or no bounce space' }],
    history: { introduced: 'after 4.1', today: 'Becomes iommu_dma_map_phys() in 6.18.' },
    sources: [
      tree612('drivers/iommu/dma-iommu.c'),
      tree61('drivers/iommu/dma-iommu.c'),
      stated('2025 patch mails'),
    ],
    picture: 'dma',
  },
  {
    name: 'gart_map_page',
    kind: 'function',
    meaning: 'AMD’s GART as an IOMMU: maps through the aperture when the device cannot reach the frame.',
    signatures: [
      at41(
        'arch/x86/kernel/amd_gart_64.c',
        'dma_addr_t gart_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size, enum dma_data_direction dir, struct dma_attrs *attrs)',
      ),
      at612(
        'arch/x86/kernel/amd_gart_64.c',
        'dma_addr_t gart_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size, enum dma_data_direction dir, unsigned long attrs)',
      ),
    ],
    pageBacked: 'The physical address, or a page of the aperture.',
    pageLess: 'v1: gart_map_pfn() under it. A GART entry holds 40 bits: above 1 TiB nothing can be entered.',
    errors: [{ value: 'bad_dma_addr', when: 'no room in the aperture' }],
    history: { introduced: 'before 4.1', today: 'Still in 6.12.' },
    sources: [
      tree41('arch/x86/kernel/amd_gart_64.c'),
      tree612('arch/x86/kernel/amd_gart_64.c'),
      stated('v1 branch 2d5e33f8'),
      inferred('1 TiB', 'from the form of an entry; never run'),
    ],
    picture: 'dma',
  },
  {
    name: 'intel_map_page',
    kind: 'function',
    meaning: '4.1: Intel’s IOMMU maps part of a page.',
    signatures: [
      at41(
        'drivers/iommu/intel-iommu.c',
        'dma_addr_t intel_map_page(struct device *dev, struct page *page, unsigned long offset, size_t size, enum dma_data_direction dir, struct dma_attrs *attrs)',
      ),
    ],
    pageBacked: 'An IOVA from the top of the mask downwards; size rounded up to a power of two pages.',
    pageLess: 'v1: intel_map_pfn() under it; the frame is all a page table wants.',
    errors: [{ value: '0', when: 'no IOVA left' }],
    history: { introduced: 'before 4.1', today: 'iommu_dma_map_page' },
    sources: [
      tree41('drivers/iommu/intel-iommu.c'),
      ran('captures: iommu-4.1.3/intel-*'),
      stated('v1 branch 2d5e33f8'),
    ],
    picture: 'dma',
  },
];
