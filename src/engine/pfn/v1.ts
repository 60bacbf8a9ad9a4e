import { pfn_to_page, ulong } from '../memory/address-space';
import type { PfnLayout } from './layout';

/** March 2015: the word is the pfn, and nothing in it says whether a page exists. Checked by v1pfn.csv. */
export const v1: PfnLayout = {
  id: 'v1',
  when: 'March 2015',
  reconstructed: false,
  encode: (pfn) => ulong(pfn),
  decode: (word) => ({
    pfn: word,
    flags: [],
    hasPage: true,
    page: pfn_to_page(word),
    phys: ulong(word << 12n),
    remark: 'v1 cannot tell: bvec_page() computes a struct page * even where none exists',
  }),
};
