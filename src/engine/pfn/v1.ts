import { X86_64, pfn_to_page, ulong } from '../memory/address-space';
import { PFN_PHYS, checked, type PfnLayout } from './layout';

/** March 2015: the word is the pfn, and nothing in it says whether a page exists. Checked by v1pfn.csv. */
export const v1: PfnLayout = {
  id: 'v1',
  when: 'March 2015',
  reconstructed: false,
  carrier: 'unsigned long',
  source: 'v1 branch 38125a22, run in captures: v1pfn.csv',
  encode: (pfn, _flags, space = X86_64) =>
    checked(v1, ulong(pfn, space), { pfn }, space, () => ({ source: v1.source })),
  decode: (word, space = X86_64) => ({
    pfn: ulong(word, space),
    flags: [],
    meaningless: 0n,
    hasPage: true,
    page: pfn_to_page(word, space),
    phys: PFN_PHYS(ulong(word, space), space),
    remark: 'v1 cannot tell: bvec_page() computes a struct page * even where none exists',
  }),
};
