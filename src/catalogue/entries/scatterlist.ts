import type { CatalogueEntry } from '../entry';
import { COVER_LETTER, FROM_V1, inferred, ran, stated, V1_SCATTERLIST, V5_SCATTERLIST } from '../sources';

/** The list of memory pieces a driver hands to the DMA layer. */
export const scatterlistEntries: readonly CatalogueEntry[] = [
  {
    name: 'sg_phys',
    kind: 'function',
    meaning: 'Physical address of a scatterlist entry’s first byte, its offset included.',
    signatures: [
      {
        version: '4.1',
        text: 'dma_addr_t sg_phys(struct scatterlist *sg);',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/scatterlist.h',
      },
      {
        version: '6.12',
        text: 'dma_addr_t sg_phys(struct scatterlist *sg);',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/scatterlist.h',
      },
    ],
    pageBacked: 'Address of the page plus the offset.',
    pageLess: '4.1 and 6.12: goes through sg_page(), so it cannot. Series: right, straight from the pfn.',
    context: 'Any context. It is the CPU’s view: the device’s address is sg_dma_address(), after mapping.',
    errors: [],
    history: {
      introduced: 'before 4.1',
      today: 'Unchanged. The series had drivers use it instead of page_to_phys(sg_page(sg)) + offset.',
    },
    hazard: 'It includes the offset. Code that used the page’s address alone must mask it when converting.',
    sources: [
      COVER_LETTER,
      stated('linux 4.1.3 include/linux/scatterlist.h'),
      stated(V1_SCATTERLIST),
      stated('linux 6.12 include/linux/scatterlist.h'),
      ran('captures: v1pfn.csv', 'right for every pfn below 2^52'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
  {
    name: 'sg_page',
    kind: 'function',
    meaning: 'The page of a scatterlist entry.',
    signatures: [
      {
        version: '4.1',
        text: 'struct page *sg_page(struct scatterlist *sg);',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/scatterlist.h',
      },
      {
        version: '6.12',
        text: 'struct page *sg_page(struct scatterlist *sg);',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/scatterlist.h',
      },
    ],
    pageBacked: 'The page.',
    pageLess: 'v1, v3: BUG. v5: a warning once ("scatterlist references unmapped memory") and NULL.',
    errors: [
      {
        value: 'BUG',
        when: 'v1: the entry was made by sg_set_pfn(); with CONFIG_DEBUG_SG: it is a chain link',
      },
      { value: 'NULL', when: 'v5: the entry is page-less' },
    ],
    history: { introduced: 'before 4.1', today: 'Unchanged.' },
    hazard:
      'v1: blk_rq_map_sg() marks page-less entries as if they had a page, so sg_page() hands out a pointer to nothing.',
    sources: [
      stated('linux 4.1.3 include/linux/scatterlist.h'),
      stated(V1_SCATTERLIST),
      stated(V5_SCATTERLIST),
      ran('captures: oops/bug_sg_page.txt'),
      ran('captures: v1-sda-flag.txt', 'page-less I/O that passes'),
      inferred('v3', 'Matthew Wilcox’s patch is taken to be that of v1'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
  {
    name: 'sg_set_page',
    kind: 'function',
    meaning: 'Points a scatterlist entry at part of a page.',
    signatures: [
      {
        version: '4.1',
        text: 'void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len, unsigned int offset);',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/scatterlist.h',
      },
      {
        version: '6.12',
        text: 'void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int len, unsigned int offset);',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/scatterlist.h',
      },
    ],
    pageBacked: 'Stores page, length and offset; keeps the end-of-list mark.',
    pageLess: 'It takes a page; the series adds sg_set_pfn().',
    errors: [
      {
        value: 'BUG',
        when: 'v1: offset above 65535 (the field shrank to 16 bits); 4.1: page not 4-byte aligned',
      },
    ],
    history: { introduced: 'before 4.1', today: 'Unchanged; sg_set_folio() beside it.' },
    sources: [
      stated('linux 4.1.3 include/linux/scatterlist.h'),
      stated(V1_SCATTERLIST),
      stated('linux 6.12 include/linux/scatterlist.h'),
      ran('captures: v1pfn.csv, oops/bug_sg_off.txt'),
    ],
    picture: 'byte-ribbons',
    match: { args: 4 },
  },
  {
    name: 'sg_set_pfn',
    kind: 'function',
    meaning: 'Points a scatterlist entry at a page frame that may have no struct page.',
    signatures: [
      {
        version: 'v1',
        text: 'void sg_set_pfn(struct scatterlist *sg, __pfn_t pfn, unsigned int len, unsigned int offset);',
        certainty: 'confirmed',
        source: V1_SCATTERLIST,
      },
      {
        version: 'v3',
        text: 'void sg_set_pfn(struct scatterlist *sg, __pfn_t pfn, unsigned int len, unsigned int offset);',
        certainty: 'reconstructed',
        source: FROM_V1,
      },
      {
        version: 'v5',
        text: 'void sg_set_pfn(struct scatterlist *sg, __pfn_t pfn, unsigned int len, unsigned int offset);',
        certainty: 'confirmed',
        source: V5_SCATTERLIST,
      },
    ],
    pageBacked: 'sg_phys() is right; in v1 sg_page() is a BUG even so.',
    pageLess: 'sg_phys() is right; sg_page() is a BUG (v1) or NULL (v5).',
    errors: [{ value: 'BUG', when: 'v1: offset above 65535' }],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'None: a scatterlist entry still holds a page.',
    },
    hazard: 'v1 clears the end-of-list mark, so sg_mark_end() must come after it. v5 keeps the mark.',
    sources: [
      COVER_LETTER,
      stated(V1_SCATTERLIST),
      stated(V5_SCATTERLIST),
      ran('captures: v1pfn.csv, v5-sg5.csv'),
    ],
    picture: 'byte-ribbons',
    match: { args: 4 },
  },
];
