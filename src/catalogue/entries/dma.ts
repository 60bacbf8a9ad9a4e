import type { CatalogueEntry } from '../entry';
import { COVER_LETTER, FROM_V1_AND_BRANCH, inferred, ran, recalled, stated } from '../sources';

const V1_DMA = 'v1 branch c24d7491, include/asm-generic/dma-mapping-common.h';

/** From physical memory to an address the device can use. */
export const dmaEntries: readonly CatalogueEntry[] = [
  {
    name: 'dma_map_pfn',
    kind: 'function',
    meaning: 'Maps memory for DMA by page frame instead of by page.',
    signatures: [
      {
        version: 'v1',
        text: 'dma_addr_t dma_map_pfn(struct device *dev, __pfn_t pfn, size_t offset, size_t size, enum dma_data_direction dir);',
        certainty: 'confirmed',
        source: V1_DMA,
      },
      {
        version: 'v3',
        text: 'dma_addr_t dma_map_pfn(struct device *dev, __pfn_t pfn, size_t offset, size_t size, enum dma_data_direction dir);',
        certainty: 'reconstructed',
        source: FROM_V1_AND_BRANCH,
      },
    ],
    pageBacked: 'Same bus address as dma_map_page().',
    pageLess:
      'Direct mapping and IOMMU: as good as a page. swiotlb that must bounce: page fault in its copy.',
    context: 'Any context. Undo with dma_unmap_page(): there is no dma_unmap_pfn().',
    errors: [
      { value: 'dma_mapping_error()', when: 'the device cannot reach it; x86 of 4.1 returns address 0' },
      { value: 'BUG', when: 'the direction is invalid' },
    ],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'dma_map_phys',
    },
    hazard: 'v1 has it only under CONFIG_HAVE_DMA_PFN, and then every dma_map_ops must give a map_pfn.',
    sources: [
      COVER_LETTER,
      stated(V1_DMA),
      stated('pfn branch a1640d42'),
      ran('captures: v1 dma-nommu.csv', 'bus = physical + offset, error 0'),
      ran('captures: oops/swiotlb-bounce-pageless.txt'),
      inferred('IOMMU rows', 'no kernel with map_pfn was run behind an IOMMU'),
    ],
    picture: 'byte-ribbons',
    match: { args: 5 },
  },
  {
    name: 'map_pfn',
    kind: 'op',
    meaning: 'The DMA operation behind dma_map_pfn(): one per IOMMU or bounce scheme, next to map_page.',
    signatures: [
      {
        version: 'v1',
        text: 'dma_addr_t (*map_pfn)(struct device *, __pfn_t, unsigned long offset, size_t size, enum dma_data_direction, struct dma_attrs *);',
        certainty: 'confirmed',
        source: 'v1 branch c24d7491, include/linux/dma-mapping.h',
      },
      {
        version: 'v3',
        text: 'dma_addr_t (*map_pfn)(struct device *, __pfn_t, unsigned long offset, size_t size, enum dma_data_direction, struct dma_attrs *);',
        certainty: 'reconstructed',
        source: 'cover letter names ->map_pfn(); v1 and the pfn branch agree on its shape',
      },
    ],
    pageBacked: 'Does what map_page does; map_page becomes a wrapper around it.',
    pageLess:
      'Works from the physical address. Where it is missing: v1 calls NULL, pfn branch falls back to map_page with page NULL.',
    context:
      'Filled in for nommu, swiotlb, Xen swiotlb, GART, AMD and Intel IOMMU and sta2x11; not for Calgary.',
    errors: [
      { value: 'DMA_ERROR_CODE', when: 'out of reach or out of space; swiotlb gives its overflow buffer' },
    ],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'The map_phys operation of 6.19, as far as remembered.',
    },
    hazard:
      'Lists have their own road: map_sg of nommu still stops with BUG on an entry made by sg_set_pfn().',
    sources: [
      COVER_LETTER,
      stated('v1 branch c24d7491 and 2d5e33f8'),
      stated('pfn branch a1640d42'),
      ran('captures: oops/bug_nommu_sg.txt'),
      recalled('6.19'),
    ],
    picture: 'byte-ribbons',
    match: { memberOf: ['dma_map_ops'] },
  },
  {
    name: 'dma_map_page',
    kind: 'function',
    meaning: 'Maps part of a page for DMA and gives the address the device must use.',
    signatures: [
      {
        version: '4.1',
        text: 'dma_addr_t dma_map_page(struct device *dev, struct page *page, size_t offset, size_t size, enum dma_data_direction dir);',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/asm-generic/dma-mapping-common.h',
      },
      {
        version: '6.12',
        text: '#define dma_map_page(d, p, o, s, r)',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/dma-mapping.h',
      },
    ],
    pageBacked: 'A bus address: physical (direct), a bounce slot (swiotlb) or an IOVA.',
    pageLess: 'No page, no call. The series puts dma_map_pfn() underneath it.',
    context: 'Any context. Pair with dma_unmap_page() of the same size and direction.',
    errors: [
      { value: 'dma_mapping_error()', when: 'must be asked for; 4.1 x86 error is address 0, later ~0' },
      { value: 'BUG', when: '4.1: the direction is invalid' },
    ],
    history: { introduced: 'before 4.1', today: 'Still there, on top of dma_map_phys() since 6.18.' },
    hazard: '4.1 swiotlb without space returns an overflow buffer, not an address of your page.',
    sources: [
      stated('linux 4.1.3 include/asm-generic/dma-mapping-common.h'),
      stated('linux 6.12 include/linux/dma-mapping.h'),
      ran('captures: dma-*.csv'),
      recalled('6.18 layering'),
    ],
    picture: 'byte-ribbons',
    match: { args: 5 },
  },
  {
    name: 'dma_map_phys',
    kind: 'function',
    meaning: 'Maps a physical range for DMA; what dma_map_pfn() wanted to be, ten years later.',
    signatures: [
      {
        version: '6.18',
        text: 'dma_addr_t dma_map_phys(struct device *dev, phys_addr_t phys, size_t size, enum dma_data_direction dir, unsigned long attrs);',
        certainty: 'confirmed',
        source: 'kernel/dma/mapping.c in the 2025 patch mails',
      },
    ],
    pageBacked: 'A bus address, as dma_map_page() gives.',
    pageLess: 'Works from the address alone; DMA_ATTR_MMIO marks memory that is no RAM.',
    errors: [
      { value: 'DMA_MAPPING_ERROR', when: 'the device cannot reach it, or MMIO would have to bounce' },
    ],
    history: { introduced: '6.18, October 2025', today: 'In use.' },
    sources: [
      stated('6.18 pull request text, October 2025'),
      stated('2025 patch mails', 'signature, and the MMIO refusal in dma-iommu'),
      stated('linux 6.12 block/blk.h', 'mentioned in a comment only; the call is not in 6.12'),
    ],
    picture: 'byte-ribbons',
    match: { args: 5 },
  },
];
