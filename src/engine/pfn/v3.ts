import { X86_64, page_to_pfn, pfn_to_page, ulong, type AddressSpace } from '../memory/address-space';
import { PFN_PHYS, checked, type PfnLayout } from './layout';

/** Reconstructed: the low bits of an aligned `struct page *` (series.md, patch 1): three on 64-bit, two on 32-bit. */
export const PFN_SHIFT = (space: AddressSpace): bigint => (space.wordBits === 64 ? 3n : 2n);
const PFN_MASK = (space: AddressSpace): bigint => (1n << PFN_SHIFT(space)) - 1n;
const PFN_DEV = 1n;

/** May 2015: a union of `struct page *` and a flagged pfn; no flag set means the word is the pointer itself. */
export const v3: PfnLayout = {
  id: 'v3',
  when: '12 May 2015',
  reconstructed: true,
  carrier: 'unsigned long',
  source: 'v3 cover letter, item 1; v5 cover letter; shift and bit are remembered, not read',
  encode(pfn, flags, space = X86_64) {
    const word = flags.dev ? ulong(pfn << PFN_SHIFT(space), space) | PFN_DEV : pfn_to_page(pfn, space);
    return checked(v3, word, { pfn, hasPage: !flags.dev }, space, () => ({ source: v3.source }));
  },
  decode(word, space = X86_64) {
    const flags = word & PFN_MASK(space);
    if (flags !== 0n) {
      const pfn = ulong(word, space) >> PFN_SHIFT(space);
      const meaningless = flags & ~PFN_DEV;
      return {
        pfn,
        flags: (flags & PFN_DEV) !== 0n ? ['PFN_DEV'] : [],
        meaningless,
        hasPage: false,
        page: 0n,
        phys: PFN_PHYS(pfn, space),
        ...(meaningless === 0n
          ? {}
          : { remark: 'v3 defines only PFN_DEV: the other low bits mean nothing yet' }),
      };
    }
    const page = ulong(word, space);
    const pfn = page_to_pfn(page, space);
    const inMemmap = pfn < 1n << BigInt(space.physBits - 12) && pfn_to_page(pfn, space) === page;
    return {
      pfn,
      flags: [],
      meaningless: 0n,
      hasPage: true,
      page,
      phys: PFN_PHYS(pfn, space),
      ...(inMemmap
        ? {}
        : {
            remark:
              'no flag is set, so v3 takes the word for a struct page *, but it does not point into the memmap',
          }),
    };
  },
};
