import { X86_64, page_to_pfn, pfn_to_page, ulong } from '../memory/address-space';
import type { DecodedPfn, PfnLayout } from './layout';

/** Reconstructed: three low bits of an aligned `struct page *` on 64-bit (series.md, patch 1). */
export const PFN_SHIFT = 3n;
export const PFN_MASK = (1n << PFN_SHIFT) - 1n;
export const PFN_DEV = 1n;

/** May 2015: a union of `struct page *` and a flagged pfn; no flag set means the word is the pointer itself. */
export const v3: PfnLayout = {
  id: 'v3',
  when: 'May 2015',
  reconstructed: true,
  encode: (pfn, flags) => (flags.dev ? ulong(pfn << PFN_SHIFT) | PFN_DEV : pfn_to_page(pfn)),
  decode(word): DecodedPfn {
    if ((word & PFN_MASK) !== 0n) {
      const pfn = word >> PFN_SHIFT;
      return {
        pfn,
        flags: (word & PFN_DEV) !== 0n ? ['PFN_DEV'] : [],
        hasPage: false,
        page: 0n,
        phys: ulong(pfn << 12n),
        ...((word & PFN_MASK) === PFN_DEV
          ? {}
          : { remark: 'v3 defines only PFN_DEV: the other low bits mean nothing yet' }),
      };
    }
    const pfn = page_to_pfn(word);
    const inVmemmap = word >= X86_64.memmap && (word - X86_64.memmap) % 64n === 0n && pfn < 1n << 34n;
    return {
      pfn,
      flags: [],
      hasPage: true,
      page: word,
      phys: ulong(pfn << 12n),
      ...(inVmemmap
        ? {}
        : {
            remark:
              'no flag is set, so v3 takes the word for a struct page *, but it does not point into the vmemmap',
          }),
    };
  },
};
