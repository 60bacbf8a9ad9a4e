import { pfn_to_page, word64 } from '../memory/x86-64';
import type { PfnLayout } from './layout';

/** March 2015: the word is the pfn, and nothing in it says whether a page exists. Checked by v1pfn.csv. */
export const v1: PfnLayout = {
  id: 'v1',
  when: 'March 2015',
  reconstructed: false,
  encode: (pfn) => word64(pfn),
  decode: (word) => ({
    pfn: word,
    flags: [],
    hasPage: true,
    page: pfn_to_page(word),
    phys: word64(word << 12n),
    remark: 'v1 cannot tell: bvec_page() computes a struct page * even where none exists',
  }),
};
