import type { CatalogueEntry } from '../entry';
import { COVER_LETTER, FROM_V1, FROM_BRANCH, inferred, ran, recalled, stated, V1_PFN_IO } from '../sources';

/** Filling a bio and reading where it stands. */
export const bioEntries: readonly CatalogueEntry[] = [
  {
    name: 'bio_add_pfn',
    kind: 'function',
    meaning: 'Adds memory to a bio by page frame instead of by page; the entrance for page-less I/O.',
    signatures: [
      {
        version: 'v1',
        text: 'int bio_add_pfn(struct bio *bio, __pfn_t pfn, unsigned int len, unsigned int offset);',
        certainty: 'confirmed',
        source: V1_PFN_IO,
      },
      {
        version: 'v3',
        text: 'int bio_add_pfn(struct bio *bio, __pfn_t pfn, unsigned int len, unsigned int offset);',
        certainty: 'reconstructed',
        source: FROM_V1,
      },
    ],
    pageBacked: 'Returns len, like bio_add_page(); the bio is marked BIO_PFN all the same.',
    pageLess: 'Returns len and marks the bio BIO_PFN, if the queue has QUEUE_FLAG_PFN; else adds nothing.',
    context:
      'bi_bdev must be set first: the queue’s limits decide. Not exported in v1, so modules cannot call it.',
    errors: [
      { value: '0', when: 'the queue lacks QUEUE_FLAG_PFN: bio unchanged, BIO_PFN not set' },
      { value: '0', when: 'any refusal of bio_add_page(): clone, full vec table, a queue limit' },
    ],
    history: {
      introduced: 'v1, March 2015, last patch of the series; never merged',
      today: 'None: a bio still needs pages, see bio_add_page().',
    },
    hazard: 'It returns a byte count, never an errno; and BIO_PFN stays set when the add itself is refused.',
    sources: [
      COVER_LETTER,
      stated(V1_PFN_IO),
      ran('captures: v1-ram0-noflag.txt and the other *-noflag traces'),
      inferred('v3', 'same four files in the v3 diffstat'),
    ],
    picture: 'byte-ribbons',
    match: { args: 4 },
  },
  {
    name: 'bio_add_page',
    kind: 'function',
    meaning: 'Adds a page, or part of one, to a bio; may extend the last vec instead of using a new one.',
    signatures: [
      {
        version: '4.1',
        text: 'int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset);',
        certainty: 'confirmed',
        source: 'linux 4.1.3 block/bio.c',
      },
      {
        version: '6.12',
        text: 'int __must_check bio_add_page(struct bio *bio, struct page *page, unsigned len, unsigned off);',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/bio.h',
      },
    ],
    pageBacked: 'Returns len when it fits, 0 when it does not; never a part.',
    pageLess: 'No page, no call. The series adds bio_add_pfn() beside it.',
    context:
      '4.1: bi_bdev must be set first, because the queue’s limits decide. It takes no reference on the page.',
    errors: [
      {
        value: '0',
        when: '4.1: clone, too many sectors, SG gap, full vec table, segment limit, or merge_bvec_fn says no',
      },
    ],
    history: {
      introduced: '2.5',
      today: 'Same name; since 4.3 it no longer looks at queue limits, the split happens at submission.',
    },
    hazard: '4.1: ignoring a 0 loses data silently; the bio goes out shorter than meant.',
    sources: [
      stated('linux 4.1.3 block/bio.c'),
      stated('linux 6.12 include/linux/bio.h'),
      ran('captures: add.csv', '6912 calls against these rules, none differs'),
      recalled('2.5 and 4.3'),
    ],
    picture: 'byte-ribbons',
    match: { args: 4 },
  },
  {
    name: 'BIO_PFN',
    kind: 'flag',
    meaning: 'Bio flag: some of this bio’s memory may have no struct page.',
    signatures: [
      { version: 'v1', text: '#define BIO_PFN 11', certainty: 'confirmed', source: V1_PFN_IO },
      { version: 'v3', text: '#define BIO_PFN 11', certainty: 'reconstructed', source: FROM_V1 },
    ],
    pageBacked: 'Clear, unless the memory was added with bio_add_pfn().',
    pageLess: 'Set by bio_add_pfn(). Every level the bio passes must have QUEUE_FLAG_PFN.',
    context:
      'Kept by clones and splits; bio_clone() of DISCARD or WRITE SAME drops it; bio_reset() clears it.',
    errors: [{ value: '-EOPNOTSUPP', when: 'the bio reaches a queue without QUEUE_FLAG_PFN' }],
    history: {
      introduced: 'v1, March 2015; never merged',
      today: 'None: every bio has pages. Device memory is told by its page (is_pci_p2pdma_page()).',
    },
    hazard: 'bio_chain() does not pass it to the parent, so the parent’s flags do not tell the whole story.',
    sources: [
      stated(V1_PFN_IO),
      ran('captures: const.csv', 'value 11'),
      ran('captures: v1flags.csv', 'who inherits it'),
      recalled('P2PDMA analogue'),
    ],
    picture: 'byte-ribbons',
  },
  {
    name: 'bio_page',
    kind: 'macro',
    meaning: 'The page at a bio’s current position.',
    signatures: [
      {
        version: '4.1',
        text: '#define bio_page(bio)',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/bio.h',
      },
      {
        version: '6.12',
        text: '#define bio_page(bio)',
        certainty: 'confirmed',
        source: 'linux 6.12 include/linux/bio.h',
      },
    ],
    pageBacked: 'The page of the vec that bi_iter stands on.',
    pageLess: '4.1 and 6.12: cannot happen. pfn branch: NULL, from __pfn_t_to_page().',
    errors: [{ value: 'NULL', when: 'pfn branch: the current vec is page-less' }],
    history: { introduced: 'before 4.1', today: 'Still there.' },
    hazard: 'bio_data() builds on it and does not test for NULL.',
    sources: [
      stated('linux 4.1.3 include/linux/bio.h'),
      stated('linux 6.12 include/linux/bio.h'),
      stated('pfn branch 36a9853d'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
  {
    name: 'bio_pfn',
    kind: 'macro',
    meaning: 'The page frame word at a bio’s current position; the page-less sister of bio_page.',
    signatures: [
      {
        version: 'pfn-branch',
        text: '#define bio_pfn(bio)',
        certainty: 'confirmed',
        source: 'pfn branch 36a9853d, include/linux/bio.h',
      },
      { version: 'v3', text: '#define bio_pfn(bio)', certainty: 'reconstructed', source: FROM_BRANCH },
    ],
    pageBacked: 'The bv_pfn of the vec that bi_iter stands on.',
    pageLess: 'The same, with PFN_DEV in it.',
    errors: [],
    history: { introduced: 'the series, 2015; never merged', today: 'bio_page' },
    sources: [
      stated('pfn branch 36a9853d, include/linux/bio.h'),
      inferred('v3', 'its bio.h touches the same lines'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
  {
    name: 'bio_to_phys',
    kind: 'macro',
    meaning: 'Physical address of the byte a bio stands on.',
    signatures: [
      {
        version: '4.1',
        text: '#define bio_to_phys(bio)',
        certainty: 'confirmed',
        source: 'linux 4.1.3 include/linux/bio.h',
      },
    ],
    pageBacked: 'Address of bio_page() plus the offset in it.',
    pageLess: '4.1: impossible. Series: __pfn_t_to_phys() of bio_pfn() plus the offset.',
    errors: [],
    history: { introduced: 'before 4.1', today: 'bvec_phys() of the current vec.' },
    sources: [
      stated('linux 4.1.3 include/linux/bio.h'),
      stated('pfn branch 36a9853d'),
      stated('linux 6.12 include/linux/bvec.h', 'bvec_phys'),
    ],
    picture: 'byte-ribbons',
    match: { args: 1 },
  },
];
