/** A patch of v3. Its number is inferred: the cover letter lists the titles by author (reference: order of the 11). */
export interface SeriesPatch {
  readonly number: number;
  readonly title: string;
  readonly author: 'Dan Williams' | 'Matthew Wilcox';
  /** What it does, in a sentence. */
  readonly does: string;
}

const dan = 'Dan Williams';

export const PATCHES: readonly SeriesPatch[] = [
  {
    number: 1,
    title: 'arch: introduce __pfn_t for persistent/device memory',
    author: dan,
    does: 'Brings the type: a word that is a struct page pointer, or a pfn with a flag in the bits that alignment leaves free.',
  },
  {
    number: 2,
    title: 'block: add helpers for accessing a bio_vec page',
    author: dan,
    does: 'Puts bvec_page() and bvec_set_page() between some ninety files and a field; nothing behaves differently yet.',
  },
  {
    number: 3,
    title: 'block: convert .bv_page to .bv_pfn bio_vec',
    author: dan,
    does: 'Changes the field under the helpers: a vector holds a __pfn_t.',
  },
  {
    number: 4,
    title: 'dma-mapping: allow archs to optionally specify a ->map_pfn() operation',
    author: dan,
    does: 'Lets a DMA operation take a page frame instead of a page, where an architecture says it can.',
  },
  {
    number: 5,
    title: 'scatterlist: use sg_phys()',
    author: dan,
    does: 'Stops five files from computing an entry’s address by way of its page.',
  },
  {
    number: 6,
    title: 'scatterlist: support "page-less" (__pfn_t only) entries',
    author: 'Matthew Wilcox',
    does: 'Makes room in struct scatterlist for an entry that has no page, and flags of its own.',
  },
  {
    number: 7,
    title: 'x86: support dma_map_pfn()',
    author: dan,
    does: 'Gives every DMA operation of x86 a map_pfn: direct, swiotlb, Xen, STA2X11, GART, AMD and Intel IOMMUs.',
  },
  {
    number: 8,
    title: 'x86: support kmap_atomic_pfn_t() for persistent memory',
    author: dan,
    does: 'Finds the kernel’s own mapping of device memory for a pfn, and keeps it alive until it is given back.',
  },
  {
    number: 9,
    title: 'block: convert kmap helpers to kmap_atomic_pfn_t()',
    author: dan,
    does: 'Lets the helpers of bio.h and bio_copy_data() reach memory without pages.',
  },
  {
    number: 10,
    title: 'dax: convert to __pfn_t',
    author: dan,
    does: 'Makes ->direct_access give a pfn alone, so that DAX must map it, and notices when the device goes.',
  },
  {
    number: 11,
    title: 'block: base support for pfn i/o',
    author: dan,
    does: 'Adds BIO_PFN, QUEUE_FLAG_PFN and bio_add_pfn(): page-less bios, refused by every queue that does not ask for them.',
  },
];

/** What v3 changed over v2: the five points of its cover letter, in our words, and the files each one is about. */
export const SINCE_V2: readonly { readonly says: string; readonly files: readonly string[] }[] = [
  {
    says: 'Flags in the low bits of the word tell a pfn from a page, where v2 compared it with PAGE_OFFSET - slow, and wrong where PAGE_OFFSET is 0.',
    files: ['include/asm-generic/pfn.h', 'init/Kconfig', 'include/linux/blk_types.h'],
  },
  {
    says: 'DAX survives the removal of a pmem device: it maps through kmap_atomic_pfn_t(), which could guard against stray stores, too.',
    files: [
      'fs/dax.c',
      'drivers/block/pmem.c',
      'drivers/block/brd.c',
      'drivers/s390/block/dcssblk.c',
      'arch/powerpc/sysdev/axonram.c',
      'fs/block_dev.c',
      'include/linux/blkdev.h',
    ],
  },
  {
    says: 'Code that still says bv_page builds while the option is off, so that the next merge window breaks nothing.',
    files: ['include/linux/blk_types.h'],
  },
  {
    says: 'The range list is generic code: arch/x86/kernel/kmap.c became mm/pfn.c, unchanged.',
    files: ['mm/pfn.c', 'mm/Makefile'],
  },
  {
    says: 'The kmap helpers of bio.h use kmap_atomic_pfn_t().',
    files: ['include/linux/bio.h', 'block/bio.c'],
  },
];
