import { posting, type KernelChoice } from '../model/flavour';

/** A `struct page *` that is NULL. Every other one is named by the pfn it stands for. */
export const NULL_PAGE = -1;

/** The few functions in which 4.1 and the postings of the series differ on the submission path. */
export interface Posting {
  readonly label: string;
  /** True where its constants or behaviour are reconstructed: the views show the badge. */
  readonly reconstructed: boolean;
  /** Whether BIO_PFN and bio_add_pfn exist. */
  readonly hasPfnBios: boolean;
  /** The page a driver gets for a vector: a pfn, or NULL_PAGE. `dev` is 1 for a page-less pfn. */
  bvec_page(pfn: number, dev: number): number;
}

const plain: Posting = {
  label: '4.1',
  reconstructed: false,
  hasPfnBios: false,
  bvec_page: (pfn) => pfn,
};

/** v1: bvec_page() is pfn_to_page() whether a page exists or not (captures: v1pfn.csv, oops/brd.txt). */
const v1: Posting = {
  label: '4.1-pfn v1',
  reconstructed: false,
  hasPfnBios: true,
  bvec_page: (pfn) => pfn,
};

/** v3: __pfn_t_to_page() gives NULL when PFN_DEV is set (series.md, patches 1 and 3). */
const v3: Posting = {
  label: '4.1-pfn v3',
  reconstructed: true,
  hasPfnBios: true,
  bvec_page: (pfn, dev) => (dev ? NULL_PAGE : pfn),
};

export function postingOf(choice: KernelChoice): Posting {
  if (choice.flavour === '4.1') return plain;
  return posting(choice) === 'v1' ? v1 : v3;
}
