import type { SeriesFile } from '../series-file';

/** Headers, options and makefiles. */
export const headers: readonly SeriesFile[] = [
  {
    file: 'arch/Kconfig',
    lines: 6,
    graph: '++',
    patches: [
      { patch: 4, certainty: 'read' },
      { patch: 8, certainty: 'inferred' },
    ],
    role: 'build',
    access: 'none',
    touches: 'Holds no code; an architecture says here what its DMA and kmap code can do.',
    changes:
      'Adds the two symbols an architecture selects: HAVE_DMA_PFN for map_pfn, and a sibling for kmap_atomic_pfn_t().',
    pageless: {
      outcome: 'declares',
      sentence:
        'Where an architecture does not select them, no page-less vector can be mapped for a device or by the CPU.',
    },
    today: { fate: 'same', sentence: 'The file goes on without either symbol.' },
  },
  {
    file: 'arch/x86/Kconfig',
    lines: 7,
    graph: '++',
    patches: [
      { patch: 7, certainty: 'inferred' },
      { patch: 8, certainty: 'inferred' },
    ],
    role: 'build',
    access: 'none',
    touches: 'Selects features for x86; it has no code that sees a bio.',
    changes: 'Selects HAVE_DMA_PFN and the kmap symbol where the new option is set.',
    pageless: {
      outcome: 'declares',
      sentence: 'It is why x86 is the one architecture on which page-less I/O could be switched on.',
    },
    today: { fate: 'same', sentence: 'Neither symbol is selected by x86 in 6.12.' },
  },
  {
    file: 'include/asm-generic/dma-mapping-common.h',
    lines: 30,
    graph: '++++++++',
    patches: [{ patch: 4, certainty: 'read' }],
    role: 'dma',
    access: 'dma',
    touches: 'dma_map_page() and dma_map_single_attrs() call the operation of the device’s bus.',
    changes: 'Under HAVE_DMA_PFN dma_map_pfn() exists and dma_map_page() is a call of it.',
    pageless: {
      outcome: 'works',
      sentence:
        'dma_map_pfn() is what a driver would call for a page-less vector; an op table without map_pfn has no fallback.',
    },
    today: {
      fate: 'renamed',
      path: 'kernel/dma/mapping.c',
      sentence: 'The header was folded into dma-mapping.h, later into mapping.c.',
    },
  },
  {
    file: 'include/asm-generic/memory_model.h',
    lines: 1,
    graph: '',
    patches: [{ patch: 1, certainty: 'inferred' }],
    role: 'header',
    access: 'none',
    touches: 'Says how a pfn is found from a page, for each memory model.',
    changes: 'A single line of it changes; which one, the cover letter does not show.',
    pageless: {
      outcome: 'declares',
      sentence: 'Its pfn_to_page() invents a page for any pfn, which is what v1’s bvec_page() handed out.',
    },
    today: { fate: 'same', sentence: 'It has __pfn_to_phys() since, which is a shift.' },
  },
  {
    file: 'include/asm-generic/pfn.h',
    lines: 95,
    graph: '+++++++++++++++++++++++++',
    patches: [{ patch: 1, certainty: 'inferred' }],
    role: 'header',
    access: 'none',
    touches: 'Defines __pfn_t, a word that is either a struct page pointer or a pfn with flags.',
    changes: 'New: the type, PFN_DEV, and the helpers that look at the low bits first.',
    pageless: {
      outcome: 'declares',
      sentence:
        '__pfn_t_to_page() gives NULL where PFN_DEV is set; that NULL is what most rows of this list fault on.',
    },
    today: {
      fate: 'never',
      sentence: 'pfn_t came in 4.5 with other bits in include/linux/pfn_t.h, and is not this file.',
    },
  },
  {
    file: 'include/asm-generic/scatterlist.h',
    lines: 10,
    graph: '+++',
    patches: [{ patch: 6, certainty: 'read' }],
    role: 'header',
    access: 'none',
    touches: 'Defines struct scatterlist for most architectures.',
    changes: 'With HAVE_DMA_PFN an entry holds a __pfn_t, 16 bits of offset and 16 bits of flags.',
    pageless: {
      outcome: 'declares',
      sentence:
        'It is the form in which an entry can exist without a page; an offset beyond 65535 has no room.',
    },
    today: {
      fate: 'renamed',
      path: 'include/linux/scatterlist.h',
      sentence: 'The struct is common to all architectures and lives there.',
    },
  },
  {
    file: 'include/crypto/scatterwalk.h',
    lines: 10,
    graph: '+++',
    patches: [{ patch: 6, certainty: 'read' }],
    role: 'header',
    access: 'dma',
    touches: 'Ciphers walk scatterlists with it: by sg_page() and kmap.',
    changes: 'Chains are followed by sg_chain() and sg_next() rather than by bits of page_link.',
    pageless: {
      outcome: 'bug',
      sentence:
        'scatterwalk_page() still calls sg_page(): a page-less entry is a BUG_ON in v1 and a NULL page after.',
    },
    today: { fate: 'same', sentence: 'scatterwalk_map() is kmap_local_page(sg_page()).' },
  },
  {
    file: 'include/linux/bio.h',
    lines: 28,
    graph: '++++---',
    patches: [
      { patch: 3, certainty: 'read' },
      { patch: 9, certainty: 'stated' },
    ],
    role: 'header',
    access: 'kmap',
    touches: 'Iterators over vectors, and the inline helpers that map or address their data.',
    changes:
      'bvec_iter_pfn and bio_pfn join, addresses come from the pfn, and bvec_kmap_irq() uses kmap_atomic_pfn_t().',
    pageless: {
      outcome: 'works',
      sentence:
        'Physical arithmetic is right for both kinds; bio_data() still computes page_address() of nothing.',
    },
    today: {
      fate: 'same',
      sentence:
        'bio_data() is page_address() of bio_page() to this day; bvec_kmap_irq() gave way to bvec_kmap_local().',
    },
  },
  {
    file: 'include/linux/blk_types.h',
    lines: 31,
    graph: '++++++++',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'read' },
      { patch: 11, certainty: 'read' },
    ],
    role: 'header',
    access: 'none',
    touches: 'Defines struct bio_vec and the flags of a bio.',
    changes:
      'bv_pfn takes the place of bv_page - in a union with it while the option is off - and BIO_PFN is bit 11.',
    pageless: {
      outcome: 'declares',
      sentence: 'With the option on the old name does not compile, so every file of this list had to change.',
    },
    today: { fate: 'same', sentence: 'struct bio_vec moved to bvec.h and has bv_page; BIO_PFN never came.' },
  },
  {
    file: 'include/linux/blkdev.h',
    lines: 9,
    graph: '+-',
    patches: [
      { patch: 10, certainty: 'inferred' },
      { patch: 11, certainty: 'read' },
    ],
    role: 'header',
    access: 'none',
    touches: 'Declares the queue’s flags and the operations of a block device.',
    changes: 'QUEUE_FLAG_PFN with blk_queue_pfn(), and a ->direct_access that gives a __pfn_t.',
    pageless: {
      outcome: 'declares',
      sentence:
        'The flag is bit 23 and in no default set: a queue is page-only until its driver says otherwise.',
    },
    today: {
      fate: 'same',
      sentence: 'BLK_FEAT_PCI_P2PDMA is the nearest heir of the flag; ->direct_access left.',
    },
  },
  {
    file: 'include/linux/dma-debug.h',
    lines: 23,
    graph: '+++++-',
    patches: [{ patch: 4, certainty: 'read' }],
    role: 'header',
    access: 'none',
    touches: 'Declares the checker of DMA calls, or empty stubs for it.',
    changes: 'debug_dma_map_pfn() is declared, debug_dma_map_page() is an inline wrapper around it.',
    pageless: {
      outcome: 'declares',
      sentence: 'A page-less mapping can be recorded by its pfn; lists still are by page.',
    },
    today: {
      fate: 'renamed',
      path: 'kernel/dma/debug.h',
      sentence: 'The checker’s header is private to kernel/dma.',
    },
  },
  {
    file: 'include/linux/dma-mapping.h',
    lines: 8,
    graph: '++',
    patches: [{ patch: 4, certainty: 'read' }],
    role: 'header',
    access: 'none',
    touches: 'struct dma_map_ops, the table every architecture fills.',
    changes: 'The map_pfn operation stands beside map_page.',
    pageless: { outcome: 'declares', sentence: 'An architecture that has it must fill it in every table.' },
    today: { fate: 'same', sentence: 'The table moved to dma-map-ops.h, with map_page only.' },
  },
  {
    file: 'include/linux/highmem.h',
    lines: 23,
    graph: '++++++',
    patches: [{ patch: 8, certainty: 'inferred' }],
    role: 'header',
    access: 'kmap',
    touches: 'Declares kmap and its variants.',
    changes: 'kmap_atomic_pfn_t() and its kunmap, with fallbacks to kmap_atomic() where the option is off.',
    pageless: {
      outcome: 'works',
      sentence:
        'Where a driver registered the range the address is good until kunmap; elsewhere the answer is NULL.',
    },
    today: { fate: 'same', sentence: 'kmap_local_pfn() maps a pfn, without any promise that it stays.' },
  },
  {
    file: 'include/linux/mm.h',
    lines: 1,
    graph: '',
    patches: [{ patch: 1, certainty: 'inferred' }],
    role: 'header',
    access: 'none',
    touches: 'The main header of memory management; one line is the series’ own.',
    changes: 'Includes asm-generic/pfn.h.',
    pageless: {
      outcome: 'declares',
      sentence: 'Nothing in it sees a vector, yet nearly every file of the kernel now knows __pfn_t.',
    },
    today: { fate: 'same', sentence: 'No pfn type is included by it for the block layer.' },
  },
  {
    file: 'include/linux/scatterlist.h',
    lines: 91,
    graph: '++++++++++++++++++++++--',
    patches: [{ patch: 6, certainty: 'read' }],
    role: 'header',
    access: 'dma',
    touches: 'The accessors of scatterlist entries: sg_page(), sg_phys(), sg_virt(), chains and end marks.',
    changes: 'sg_set_pfn() is new, flags move out of the pointer, sg_phys() works from the pfn.',
    pageless: {
      outcome: 'works',
      sentence:
        'sg_phys() is legal for any entry, and sg_page() has a BUG_ON for one that sg_set_pfn() made; block I/O fills its entries by page.',
    },
    today: {
      fate: 'same',
      sentence: 'page_link keeps the two bits; sg_dma_is_bus_address() marks peer-to-peer entries.',
    },
  },
  {
    file: 'include/linux/swiotlb.h',
    lines: 4,
    graph: '+',
    patches: [{ patch: 7, certainty: 'read' }],
    role: 'header',
    access: 'none',
    touches: 'Declares the bounce buffer’s operations.',
    changes: 'swiotlb_map_pfn() is declared for those who fill tables.',
    pageless: {
      outcome: 'declares',
      sentence: 'A declaration; what lib/swiotlb.c does with a page-less buffer is told there.',
    },
    today: {
      fate: 'same',
      sentence: 'swiotlb_map() takes a physical address, which needs no page by its type.',
    },
  },
  {
    file: 'init/Kconfig',
    lines: 13,
    graph: '+++',
    patches: [{ patch: 1, certainty: 'inferred' }],
    role: 'build',
    access: 'none',
    touches: 'Options of the whole kernel.',
    changes: 'The option of the series, DEV_PFN, with its help text; off by default.',
    pageless: {
      outcome: 'declares',
      sentence: 'Off, __pfn_t is another name for a page and nothing of this list can happen.',
    },
    today: { fate: 'same', sentence: 'The option was never merged.' },
  },
  {
    file: 'mm/Makefile',
    lines: 1,
    graph: '',
    patches: [{ patch: 8, certainty: 'stated' }],
    role: 'build',
    access: 'none',
    touches: 'Lists what memory management is built of.',
    changes: 'Adds pfn.o to what memory management is built of.',
    pageless: { outcome: 'declares', sentence: 'Without the option the object is empty.' },
    today: { fate: 'same', sentence: 'No pfn.o is on its lists.' },
  },
];
