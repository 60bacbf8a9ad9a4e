import type { SeriesFile } from '../series-file';

/** The block layer itself. */
export const core: readonly SeriesFile[] = [
  {
    file: 'Documentation/block/biodoc.txt',
    lines: 4,
    graph: '+',
    patches: [{ patch: 3, certainty: 'inferred' }],
    role: 'build',
    access: 'none',
    touches: 'Describes struct bio_vec to driver writers: the field is quoted, no bio is touched.',
    changes: 'The description of the vector names bv_pfn where it named bv_page.',
    pageless: {
      outcome: 'declares',
      sentence:
        'A text cannot fail; it is where a driver author would have learnt that a vector may have no page.',
    },
    today: {
      fate: 'removed',
      sentence:
        'Not among the block layer’s texts any more; what a vector is stands in the comments of bvec.h.',
    },
  },
  {
    file: 'block/bio-integrity.c',
    lines: 8,
    graph: '+-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'core',
    access: 'kmap',
    touches:
      'bio_integrity_process() maps each data page with kmap_atomic() to compute a guard tag over every interval.',
    changes:
      'The data vector and the vector of the tags are read with bvec_page() and written with bvec_set_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'The tags live in pages of its own, but the data is asked for its page: the guard of a page-less interval faults.',
    },
    today: {
      fate: 'same',
      sentence: 'The walk over the data moved to block/t10-pi.c, which maps with bvec_kmap_local().',
    },
  },
  {
    file: 'block/bio.c',
    lines: 82,
    graph: '+++++++++++++++-------',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'read' },
      { patch: 9, certainty: 'inferred' },
      { patch: 11, certainty: 'read' },
    ],
    role: 'core',
    access: 'copies',
    touches:
      'Builds bios from pages, clones them, and copies or zeroes their data in bio_copy_data() and zero_fill_bio().',
    changes:
      '__bio_add_pfn() takes a __pfn_t in place of a page, bio_add_pfn() is new, clones keep BIO_PFN and copies use kmap_atomic_pfn_t().',
    pageless: {
      outcome: 'works',
      sentence:
        'Adding, cloning and splitting need no page; the helpers for user pages (bio_set_pages_dirty() and its kin) still do.',
    },
    today: {
      fate: 'same',
      sentence:
        'bio_add_page() and bio_add_folio() fill multi-page vectors; every one of them starts at a struct page.',
    },
  },
  {
    file: 'block/blk-core.c',
    lines: 13,
    graph: '+++',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 11, certainty: 'read' },
    ],
    role: 'core',
    access: 'passes-on',
    touches:
      'generic_make_request_checks() lets a bio through; blk_add_request_payload() puts a page of the driver’s into a discard.',
    changes: 'A bio with BIO_PFN is ended with -EOPNOTSUPP unless the queue has QUEUE_FLAG_PFN.',
    pageless: {
      outcome: 'error',
      sentence:
        'This is where a page-less bio stops on every queue of the series, for no driver sets the flag.',
    },
    today: {
      fate: 'same',
      sentence: 'submit_bio_noacct() has the checks; the payload moved to the request as special_vec.',
    },
  },
  {
    file: 'block/blk-integrity.c',
    lines: 7,
    graph: '+-',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'read' },
    ],
    role: 'core',
    access: 'passes-on',
    touches: 'blk_rq_map_integrity_sg() makes a scatterlist of the tags that travel beside the data.',
    changes: 'Its local vectors start with BIO_VEC_INIT and sg_set_page() is handed bvec_page().',
    pageless: {
      outcome: 'fault',
      sentence:
        'Before tags can be listed they must be made, and that faults at the first page-less interval; the tags themselves always have pages.',
    },
    today: { fate: 'same', sentence: 'The function still passes bv_page to sg_set_page().' },
  },
  {
    file: 'block/blk-lib.c',
    lines: 2,
    graph: '-',
    patches: [{ patch: 2, certainty: 'read' }],
    role: 'core',
    access: 'stores-page',
    touches: 'blkdev_issue_write_same() puts one page into a bio that repeats it over a range.',
    changes: 'The one assignment becomes bvec_set_page().',
    pageless: {
      outcome: 'owns',
      sentence:
        'The page is the caller’s zero page or buffer: WRITE SAME takes a struct page by its signature.',
    },
    today: {
      fate: 'same',
      sentence: 'WRITE SAME is gone; zeroes are written with bio_add_page() of the zero page.',
    },
  },
  {
    file: 'block/blk-merge.c',
    lines: 15,
    graph: '++--',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'inferred' },
    ],
    role: 'core',
    access: 'dma',
    touches: 'Counts segments by physical address, and blk_rq_map_sg() fills the scatterlist entry by entry.',
    changes: 'Addresses come from the __pfn_t; the entries are still filled with sg_set_page(bvec_page()).',
    pageless: {
      outcome: 'works',
      sentence:
        'Counting is right, and so is the address of an entry; that it is marked as having a page is what lets AHCI and NVMe do the I/O after all.',
    },
    today: {
      fate: 'same',
      sentence: 'Addresses come from bvec_phys(), and an entry is cut out of a multi-page vector.',
    },
  },
  {
    file: 'block/bounce.c',
    lines: 26,
    graph: '+++----',
    patches: [
      { patch: 2, certainty: 'read' },
      { patch: 3, certainty: 'read' },
    ],
    role: 'core',
    access: 'copies',
    touches:
      'Replaces pages above the queue’s bounce limit by low ones, copying before a write and after a read.',
    changes: 'Original and replacement are compared by bvec_page(), and mapped through it.',
    pageless: {
      outcome: 'fault',
      sentence:
        'page_to_pfn() of a NULL page is above any limit: the queue tries to bounce page-less memory and faults on the copy.',
    },
    today: {
      fate: 'same',
      sentence: 'It bounces highmem pages only, and copies with memcpy_to_bvec() and memcpy_from_bvec().',
    },
  },
];
