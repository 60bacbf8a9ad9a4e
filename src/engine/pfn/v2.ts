import { X86_64, page_to_pfn, pfn_to_page, ulong } from '../memory/address-space';
import { PFN_PHYS, checked, type PfnLayout } from './layout';

/**
 * 6 May 2015: a union of `struct page *` and a plain pfn, told apart by comparing the word with PAGE_OFFSET: below
 * it a pfn, else a pointer (series.md, patch 1; the patch text itself was not found).
 */
export const v2: PfnLayout = {
  id: 'v2',
  when: '6 May 2015',
  reconstructed: true,
  carrier: 'unsigned long',
  source: 'v3 cover letter, item 1; v5 cover letter; Linus Torvalds, 7 May 2015',
  encode(pfn, flags, space = X86_64) {
    const word = flags.dev ? ulong(pfn, space) : pfn_to_page(pfn, space);
    return checked(v2, word, { pfn, hasPage: !flags.dev }, space, () =>
      space.PAGE_OFFSET === 0n
        ? {
            objection:
              'Linus Torvalds, 7 May 2015: PAGE_OFFSET is 0 on some architectures, so no word is below it; mark the pointer by its low bits instead',
            source: 'lkml 1505.0/06148; v3 cover letter, item 1',
          }
        : { source: v2.source },
    );
  },
  decode(word, space = X86_64) {
    const data = ulong(word, space);
    const hasPage = data >= space.PAGE_OFFSET;
    const pfn = hasPage ? page_to_pfn(data, space) : data;
    return {
      pfn,
      flags: [],
      meaningless: 0n,
      hasPage,
      page: hasPage ? data : 0n,
      phys: PFN_PHYS(pfn, space),
      ...(hasPage ? { remark: 'not below PAGE_OFFSET, so v2 takes the word for a struct page *' } : {}),
    };
  },
};
