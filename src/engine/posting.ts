import { posting, type KernelChoice, type PostingName } from '../model/flavour';

/** A `struct page *` that is NULL. Every other one is named by the pfn it stands for. */
export const NULL_PAGE = -1;

/** What code that still reads `bv_page` gets: the page, or an error from the compiler because the field is gone. */
export type BvPage = 'page' | 'no build';

/** The few functions in which 4.1 and the postings of the series differ on the submission path. */
export interface Posting {
  readonly label: string;
  /** True where its constants or behaviour are reconstructed: the views show the badge. */
  readonly reconstructed: boolean;
  /** Whether BIO_PFN and bio_add_pfn exist. */
  readonly hasPfnBios: boolean;
  /** Whether the helpers of bio.h map a page frame (`kmap_atomic_pfn_t`) rather than a page (`kmap_atomic`). */
  readonly kmapsPfns: boolean;
  /** What code that still reads `bv_page` gets, with the series' option on and off. */
  readonly bv_page: { readonly on: BvPage; readonly off: BvPage };
  /** The page a driver gets for a vector: a pfn, or NULL_PAGE. `dev` is 1 for a page-less pfn. */
  bvec_page(pfn: number, dev: number): number;
}

const plain: Posting = {
  label: '4.1',
  reconstructed: false,
  hasPfnBios: false,
  kmapsPfns: false,
  bv_page: { on: 'page', off: 'page' },
  bvec_page: (pfn) => pfn,
};

/** Today's: bio_vecs have pages again, every one of them a struct page. */
const today: Posting = { ...plain, label: '6.12' };

/** v1: bvec_page() is pfn_to_page() whether a page exists or not (captures: v1pfn.csv, oops/brd.txt). */
const v1: Posting = {
  label: '4.1-pfn v1',
  reconstructed: false,
  hasPfnBios: true,
  kmapsPfns: false,
  bv_page: { on: 'no build', off: 'no build' },
  bvec_page: (pfn) => pfn,
};

/**
 * v3: the option off makes `bv_pfn` a union with `bv_page`, whose word is the pointer itself for memory with pages.
 * __pfn_t_to_page() gives NULL when PFN_DEV is set (series.md, patches 1 and 3).
 */
const v3: Posting = {
  label: '4.1-pfn v3',
  reconstructed: true,
  hasPfnBios: true,
  kmapsPfns: true,
  bv_page: { on: 'no build', off: 'page' },
  bvec_page: (pfn, dev) => (dev ? NULL_PAGE : pfn),
};

/** v5: helpers and kmap only. Its bio_vecs are 4.1's, so nothing puts a page-less pfn in one but our own hands. */
const v5: Posting = {
  label: '4.1-pfn v5',
  reconstructed: false,
  hasPfnBios: false,
  kmapsPfns: true,
  bv_page: { on: 'page', off: 'page' },
  bvec_page: (pfn, dev) => (dev ? NULL_PAGE : pfn),
};

const POSTINGS: Readonly<Record<PostingName, Posting>> = { v1, v3, v5 };

export function postingOf(choice: KernelChoice): Posting {
  if (choice.flavour === '6.12') return today;
  return choice.flavour === '4.1' ? plain : POSTINGS[posting(choice)];
}
