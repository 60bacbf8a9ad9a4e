import type { CatalogueEntry } from '../entry';
import { COVER_LETTER, FROM_V1_AND_BRANCH, inferred, ran, recalled, stated, V1_BLK_TYPES } from '../sources';

/** One vector of a bio: its members and the helpers that hide them. */
export const bvecEntries: readonly CatalogueEntry[] = [
  {
    name: 'bio_vec',
    kind: 'type',
    meaning: 'One piece of a bio’s memory: which page, how many bytes, and where in the page they start.',
    signatures: [
      {
        version: '4.1',
        text: 'struct bio_vec { struct page *bv_page; unsigned int bv_len, bv_offset; };',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/blk_types.h',
      },
      {
        version: 'v1',
        text: 'struct bio_vec { __pfn_t bv_pfn; unsigned int bv_len, bv_offset; };',
        certainty: 'confirmed',
        source: V1_BLK_TYPES,
      },
      {
        version: 'v3',
        text: 'struct bio_vec { __pfn_t bv_pfn; unsigned int bv_len, bv_offset; };',
        certainty: 'reconstructed',
        source: 'cover letter names bv_pfn; v1 and the pfn branch agree',
      },
    ],
    pageBacked: '4.1: bv_page points at the page. Series: bv_pfn holds it, bvec_page() gives it back.',
    pageLess: '4.1 and 6.12: cannot describe it. Series: bv_pfn without a page behind it.',
    errors: [],
    history: {
      introduced: '2.5',
      today: 'Same three members as in 4.1; since 5.1 one vec may span many pages that lie in a row.',
    },
    sources: [
      stated('linux 4.1.3 include/linux/blk_types.h'),
      stated(V1_BLK_TYPES),
      stated('linux 6.12 include/linux/bvec.h'),
      ran('captures: const.csv', '16 bytes on x86-64, before and after'),
      recalled('2.5 and 5.1'),
    ],
    picture: 'byte-ribbons',
    match: { tag: 'struct' },
  },
  {
    name: 'bvec_page',
    kind: 'function',
    meaning: 'Gives the struct page of a bio_vec, or NULL when its memory has none.',
    signatures: [
      {
        version: 'v1',
        text: 'struct page *bvec_page(const struct bio_vec *bvec);',
        certainty: 'confirmed',
        source: V1_BLK_TYPES,
      },
      {
        version: 'v3',
        text: 'struct page *bvec_page(const struct bio_vec *bvec);',
        certainty: 'reconstructed',
        source: FROM_V1_AND_BRANCH,
      },
    ],
    pageBacked: 'The page that holds the first byte of the vec.',
    pageLess: 'v3: NULL. v1: never NULL, but pfn_to_page() arithmetic into a memmap that is not there.',
    context: 'Plain arithmetic: any context, takes no reference.',
    errors: [{ value: 'NULL', when: 'bv_pfn carries PFN_DEV (v3 and the pfn branch)' }],
    history: {
      introduced: 'v1, March 2015; proposed again in April 2019, not merged either',
      today: 'Read bv_page directly; bvec_phys() gives the physical address.',
    },
    hazard:
      'Bounce buffers, integrity and dcache flushing use the result unchecked, so page-less memory faults there.',
    sources: [
      COVER_LETTER,
      stated(V1_BLK_TYPES),
      stated('pfn branch e7ef1ab2'),
      ran('captures: v1pfn.csv'),
      stated('2019 proposal', '[PATCH v1 05/15] by Jerome Glisse, 11 Apr 2019'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
  {
    name: 'bvec_set_page',
    kind: 'function',
    meaning: 'Points a bio_vec at a page; in the 2015 series it sets the page and nothing else.',
    signatures: [
      {
        version: 'v1',
        text: 'void bvec_set_page(struct bio_vec *bvec, struct page *page);',
        certainty: 'confirmed',
        source: V1_BLK_TYPES,
      },
      {
        version: 'v3',
        text: 'void bvec_set_page(struct bio_vec *bvec, struct page *page);',
        certainty: 'reconstructed',
        source: FROM_V1_AND_BRANCH,
      },
    ],
    pageBacked: 'Stores page_to_pfn_t(page) in bv_pfn; bv_len and bv_offset stay as they were.',
    pageLess: 'Cannot express it: it takes a page. Assign bv_pfn, or add with bio_add_pfn().',
    context: 'Any context; whoever calls it must hold the page.',
    errors: [],
    history: {
      introduced: 'v1, March 2015; never merged in this form',
      today: 'Mainline has another bvec_set_page() with four arguments; see there.',
    },
    hazard:
      'Two contracts share this name. With two arguments length and offset are yours to set; with four (mainline) it sets all three.',
    sources: [
      COVER_LETTER,
      stated(V1_BLK_TYPES),
      stated('pfn branch e7ef1ab2'),
      ran('captures: v1pfn.csv', 'NULL is stored as 0x5800000000 in v1'),
    ],
    picture: 'byte-ribbons',
    match: { args: 2 },
    variants: [
      {
        id: 'today',
        when: { minArgs: 3 },
        meaning:
          'Fills a whole bio_vec: page, length and offset. Not the two-argument helper of the 2015 series.',
        signatures: [
          {
            version: '6.12',
            text: 'void bvec_set_page(struct bio_vec *bv, struct page *page, unsigned int len, unsigned int offset);',
            certainty: 'confirmed',
            source: 'linux 6.12 include/linux/bvec.h',
          },
        ],
        pageBacked:
          'Sets bv_page, bv_len and bv_offset; len may reach past the first page if the pages lie in a row.',
        pageLess: 'No way to say it: mainline’s bio_vec still needs a page.',
        context: 'Any context; three plain stores.',
        errors: [],
        history: {
          introduced: '6.3 as far as remembered; 6.12 has it',
          today: 'In use; bvec_set_folio() and bvec_set_virt() are its sisters.',
        },
        hazard:
          'Removing arguments to match the 2015 form changes what it does: length and offset would keep old values.',
        sources: [stated('linux 6.12 include/linux/bvec.h'), recalled('6.3')],
      },
    ],
  },
  {
    name: 'bv_page',
    kind: 'member',
    meaning: 'The page a bio_vec points at: the habit that keeps page-less memory out of the block layer.',
    signatures: [
      {
        version: '4.1',
        text: 'struct page *bv_page;',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/blk_types.h',
      },
      {
        version: 'v3',
        text: 'union { __pfn_t bv_pfn; struct page *bv_page; };',
        certainty: 'reconstructed',
        source: 'cover letter item 3 and the pfn branch; only while the config option is off',
      },
      {
        version: '6.12',
        text: 'struct page *bv_page;',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/bvec.h',
      },
    ],
    pageBacked: 'The page with the first byte. 4.1: the only page. Since 5.1: the first of a row.',
    pageLess:
      '4.1 and 6.12: cannot be said. v3 with the option on: the member is gone, so this line does not compile.',
    errors: [],
    history: {
      introduced: '2.5',
      renamed: 'bv_pfn in the series: read with bvec_page(), write with bvec_set_page()',
      today: 'Still a struct page pointer.',
    },
    hazard:
      'pfn branch: the union is layout only. A page-backed word is a shifted pfn there, so bv_page reads garbage.',
    sources: [
      COVER_LETTER,
      stated('linux 4.1.3 include/linux/blk_types.h'),
      stated('pfn branch e7ef1ab2'),
      stated('linux 6.12 include/linux/bvec.h'),
      recalled('2.5 and 5.1'),
    ],
    picture: 'byte-ribbons',
    match: { memberOf: ['bio_vec'] },
  },
  {
    name: 'bv_pfn',
    kind: 'member',
    meaning: 'The page frame word that replaces bv_page in a bio_vec, so that a vec needs no struct page.',
    signatures: [
      { version: 'v1', text: '__pfn_t bv_pfn;', certainty: 'confirmed', source: V1_BLK_TYPES },
      {
        version: 'v3',
        text: '__pfn_t bv_pfn;',
        certainty: 'reconstructed',
        source: 'cover letter names the member; its type is that of v1 and the pfn branch',
      },
    ],
    pageBacked: 'v1: the pfn. v3: the page pointer itself. pfn branch: pfn << PAGE_SHIFT.',
    pageLess: 'v1: the pfn. v3 and pfn branch: the shifted pfn with PFN_DEV.',
    errors: [],
    history: { introduced: 'v1, March 2015; never merged', today: 'bv_page' },
    hazard: 'All-zero is not "empty" in v1: BIO_VEC_INIT() leaves pfn 0, whose bvec_page() is a real page.',
    sources: [COVER_LETTER, stated(V1_BLK_TYPES), stated('pfn branch e7ef1ab2'), ran('captures: v1pfn.csv')],
    picture: 'byte-ribbons',
    match: { memberOf: ['bio_vec'] },
  },
  {
    name: 'BIO_VEC_INIT',
    kind: 'macro',
    meaning: 'Initialiser for an empty bio_vec: frame word, length and offset all zero.',
    signatures: [
      {
        version: 'v1',
        text: 'struct bio_vec name = BIO_VEC_INIT(name);',
        certainty: 'confirmed',
        source: V1_BLK_TYPES,
      },
      {
        version: 'v3',
        text: 'struct bio_vec name = BIO_VEC_INIT(name);',
        certainty: 'reconstructed',
        source: FROM_V1_AND_BRANCH,
      },
    ],
    pageBacked: 'v3: no page, bvec_page() gives NULL. v1: the page of pfn 0.',
    pageLess: 'Not page-less: the flag bits are zero as well.',
    errors: [],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'An empty pair of braces.',
    },
    sources: [
      stated(V1_BLK_TYPES),
      stated('pfn branch e7ef1ab2'),
      ran('captures: v1pfn.csv', 'row V1INIT'),
      inferred('v3 NULL', 'a zero word is a NULL pointer in the union'),
    ],
    picture: 'byte-ribbons',
  },
  {
    name: 'bvec_to_phys',
    kind: 'macro',
    meaning: 'Physical address of a vec’s first byte; the merge rules compare nothing else.',
    signatures: [
      {
        version: '4.1',
        text: '#define bvec_to_phys(bv)',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/bio.h',
      },
    ],
    pageBacked: 'Page address plus bv_offset.',
    pageLess:
      '4.1: impossible, it goes through bv_page. Series: __pfn_t_to_phys() plus bv_offset, so merging works.',
    errors: [],
    history: {
      introduced: 'before 4.1',
      renamed: 'bvec_phys() in mainline; 6.12 has it',
      today: 'bvec_phys() in include/linux/bvec.h.',
    },
    sources: [
      stated('linux 4.1.3 include/linux/bio.h'),
      stated('pfn branch e7ef1ab2'),
      stated('linux 6.12 include/linux/bvec.h'),
      ran('captures: v1pfn.csv'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
];
