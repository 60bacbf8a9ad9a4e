import type { SeriesFile } from '../series-file';

/** DMA operations, IOMMUs and what checks them. */
export const dma: readonly SeriesFile[] = [
  {
    file: 'arch/arm/mm/dma-mapping.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 5, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches:
      '__map_sg_chunk() turns each scatterlist entry into a physical address for the IOMMU, and cleans caches by page.',
    changes: 'That address comes from sg_phys(), masked to the page, instead of from sg_page().',
    pageless: {
      outcome: 'works',
      sentence:
        'The address is right, but the cache maintenance next to it still asks for sg_page(): only coherent devices are safe.',
    },
    today: { fate: 'same', sentence: '__map_sg_chunk() takes page_to_phys(sg_page()) again in 6.12.' },
  },
  {
    file: 'arch/microblaze/kernel/dma.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 5, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'dma_direct_map_sg() flushes or invalidates the cache by the physical address of each entry.',
    changes: 'The flush range is taken from sg_phys().',
    pageless: {
      outcome: 'works',
      sentence:
        'Both the bus address and the flush go by physical address, so an entry without a page is mapped like any other.',
    },
    today: {
      fate: 'same',
      sentence:
        'Only arch_sync_dma_for_device() is left of it; the mapping itself moved to kernel/dma/direct.c.',
    },
  },
  {
    file: 'arch/x86/kernel/amd_gart_64.c',
    lines: 22,
    graph: '+++++-',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches:
      'gart_map_page() and gart_map_sg() put physical addresses into the 4 KiB entries of the aperture.',
    changes: 'gart_map_pfn() does the work and gart_map_page() wraps it; the list is walked with sg_phys().',
    pageless: {
      outcome: 'works',
      sentence:
        'An address below the mask is used as it is, any other gets an aperture entry: no page is needed, but 40 bits are the limit.',
    },
    today: {
      fate: 'same',
      sentence:
        'gart_map_page() takes a struct page again; what bypasses the aperture goes to dma_direct_map_page().',
    },
  },
  {
    file: 'arch/x86/kernel/pci-nommu.c',
    lines: 22,
    graph: '+++++-',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches:
      'nommu_map_sg() hands the physical address of every entry to the device, after a check against its mask.',
    changes:
      'nommu_map_pfn() replaces nommu_map_page(); the check for a page at the head of the list loop stays.',
    pageless: {
      outcome: 'works',
      sentence:
        'BUG_ON(!sg_page(s)) waits for an entry made by sg_set_pfn(). What blk_rq_map_sg() makes is marked as a page, and passes.',
    },
    today: {
      fate: 'renamed',
      path: 'kernel/dma/direct.c',
      sentence: 'What the ops without an IOMMU did is dma-direct, and every entry there has a page.',
    },
  },
  {
    file: 'arch/x86/kernel/pci-swiotlb.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'Only a table of operations: x86’s choice of swiotlb for devices with narrow masks.',
    changes: 'The table names swiotlb_map_pfn in .map_pfn.',
    pageless: {
      outcome: 'works',
      sentence: 'What the table points to decides: a buffer within the mask is mapped directly, page or not.',
    },
    today: {
      fate: 'renamed',
      path: 'arch/x86/kernel/pci-dma.c',
      sentence: 'Setup of swiotlb moved there; there is no table of operations any more.',
    },
  },
  {
    file: 'arch/x86/pci/sta2x11-fixup.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'Gives the devices behind the ConneXt chip swiotlb with a shifted view of RAM.',
    changes: 'Its table takes swiotlb_map_pfn as well.',
    pageless: {
      outcome: 'fault',
      sentence:
        'Memory outside the chip’s 512 MiB window bounces, and the copy of page-less memory faults; inside it the page does not matter.',
    },
    today: { fate: 'same', sentence: 'Only the shift is left, as ranges for dma-direct.' },
  },
  {
    file: 'arch/x86/xen/pci-swiotlb-xen.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'A table of operations for guests that must hand machine frames to devices.',
    changes: 'xen_swiotlb_map_pfn stands where xen_swiotlb_map_page stood.',
    pageless: {
      outcome: 'works',
      sentence:
        'Same as what it points to: direct if the machine frames are contiguous, a bounce buffer otherwise.',
    },
    today: {
      fate: 'renamed',
      path: 'arch/x86/kernel/pci-dma.c',
      sentence: 'Xen’s setup became a function of it.',
    },
  },
  {
    file: 'drivers/dma/ste_dma40.c',
    lines: 5,
    graph: '-',
    patches: [{ patch: 6, certainty: 'read' }],
    role: 'dma',
    access: 'none',
    touches: 'Builds a ring of scatterlist entries by hand for cyclic audio transfers; no bio comes near.',
    changes: 'The end of the ring is closed with sg_chain() instead of by writing page_link.',
    pageless: {
      outcome: 'declares',
      sentence:
        'Entries here hold bus addresses only; what matters is that the form of an entry may change under it.',
    },
    today: { fate: 'same', sentence: 'The cyclic list is still made, without a hand-written link.' },
  },
  {
    file: 'drivers/iommu/amd_iommu.c',
    lines: 21,
    graph: '++++--',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'map_page() and map_sg() put physical addresses into the protection domain’s page table.',
    changes: 'map_pfn() takes a __pfn_t, with map_page() as its wrapper.',
    pageless: {
      outcome: 'works',
      sentence:
        'Translations are made of physical addresses, so page-less memory gets an IOVA like RAM does.',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/iommu/amd/iommu.c',
      sentence: 'The DMA operations moved to dma-iommu, which takes pages.',
    },
  },
  {
    file: 'drivers/iommu/intel-iommu.c',
    lines: 26,
    graph: '+++++--',
    patches: [
      { patch: 5, certainty: 'read' },
      { patch: 7, certainty: 'read' },
    ],
    role: 'dma',
    access: 'dma',
    touches:
      'intel_map_sg() maps all entries into one run of IOVAs; pass-through devices get addresses as they are.',
    changes: '__domain_mapping() uses sg_phys(), and intel_map_pfn() stands in the table.',
    pageless: {
      outcome: 'works',
      sentence:
        'With translation on it works; a device in pass-through meets BUG_ON(!sg_page(sg)) in intel_nontranslate_map_sg().',
    },
    today: {
      fate: 'renamed',
      path: 'drivers/iommu/intel/iommu.c',
      sentence: 'Only page tables are left; mapping is dma-iommu’s.',
    },
  },
  {
    file: 'drivers/iommu/iommu.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 5, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'default_iommu_map_sg() maps a list for drivers that use an IOMMU domain of their own.',
    changes: 'The address of an entry is sg_phys().',
    pageless: {
      outcome: 'works',
      sentence: 'An entry must be aligned to the IOMMU’s page; having a struct page is not asked.',
    },
    today: { fate: 'same', sentence: 'iommu_map_sg() takes sg_phys(), to this day.' },
  },
  {
    file: 'drivers/xen/biomerge.c',
    lines: 4,
    graph: '+',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'xen_biovec_phys_mergeable() asks for machine frames of two neighbours before they are merged.',
    changes: 'page_to_pfn() gets bvec_page() of each.',
    pageless: {
      outcome: 'silent',
      sentence:
        'page_to_pfn(NULL) is a huge frame number: pfn_to_mfn() finds nothing, so page-less neighbours are never merged under Xen.',
    },
    today: { fate: 'same', sentence: 'It still asks page_to_pfn(bv_page).' },
  },
  {
    file: 'drivers/xen/swiotlb-xen.c',
    lines: 29,
    graph: '+++++---',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches:
      'Maps guest memory for devices by machine frames, with bounce buffers where those are not contiguous.',
    changes: 'xen_swiotlb_map_pfn() does what xen_swiotlb_map_page() did.',
    pageless: {
      outcome: 'fault',
      sentence:
        'Direct mapping needs only frame numbers; what bounces is copied from an address nothing is mapped at.',
    },
    today: { fate: 'same', sentence: '.map_page is back; buffers come from the common swiotlb.' },
  },
  {
    file: 'lib/dma-debug.c',
    lines: 10,
    graph: '++-',
    patches: [{ patch: 4, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'Records every mapping of every device to find drivers’ mistakes.',
    changes: 'debug_dma_map_pfn() records a pfn; stack and rodata checks are made only where a page exists.',
    pageless: {
      outcome: 'works',
      sentence:
        'An entry made by sg_set_pfn() would hit the BUG in sg_page(); those of the block layer pass for pages, and are recorded.',
    },
    today: {
      fate: 'renamed',
      path: 'kernel/dma/debug.c',
      sentence: 'Entries hold a physical address there.',
    },
  },
  {
    file: 'lib/swiotlb.c',
    lines: 20,
    graph: '++++-',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'Copies what a device cannot reach through a pool below 4 GiB.',
    changes: 'swiotlb_map_pfn() takes the __pfn_t; swiotlb_map_page() wraps it.',
    pageless: {
      outcome: 'fault',
      sentence:
        'A buffer within the mask is mapped as it is. A bounce looks at PageHighMem(pfn_to_page()) and copies by the direct map, where page-less memory is not: a fault.',
    },
    today: {
      fate: 'renamed',
      path: 'kernel/dma/swiotlb.c',
      sentence: 'Slots are per CPU area, and highmem is copied page by page.',
    },
  },
];
