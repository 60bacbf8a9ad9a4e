import { flagged } from './flagged';

export const SG_FLAGS = [
  ['PFN_SG_CHAIN', 0, 'chain'],
  ['PFN_SG_LAST', 1, 'last'],
] as const;
export const LOW_FLAGS = [...SG_FLAGS, ['PFN_DEV', 2, 'dev']] as const;

const V5_PFN = 'v5 2/5 and 4/5 mails, 12 Aug 2015, run in captures: v5-pfnt.csv';

/** What review said of a shift by PAGE_SHIFT in 32 bits. */
export const above4GiB = (space: { readonly wordBits: number }): string | undefined =>
  space.wordBits === 32
    ? 'Matthew Wilcox, reviewing v5 2/5: with PFN_SHIFT == PAGE_SHIFT nothing above 4 GiB fits 32 bits; he proposed a range check and shift 6 (256 GiB), and shift 4 was taken'
    : undefined;

/** 12 August 2015: no union any more; `val = pfn << PAGE_SHIFT | flags`. */
export const v5 = flagged({
  id: 'v5',
  when: '12 August 2015',
  carrier: 'unsigned long',
  source: V5_PFN,
  shift: 12n,
  flagBits: 12n,
  flags: LOW_FLAGS,
  mapMeansPage: false,
  objection: above4GiB,
});

/** v5 where no driver selects CONFIG_KMAP_PFN: PFN_DEV is 0, so that every word has a page. */
export const v5off = flagged({
  id: 'v5-off',
  when: 'v5, KMAP_PFN off',
  carrier: 'unsigned long',
  source: 'v5 2/5 mail, 12 Aug 2015: PFN_DEV is 0 without CONFIG_KMAP_PFN',
  shift: 12n,
  flagBits: 12n,
  flags: SG_FLAGS,
  mapMeansPage: false,
  objection: above4GiB,
});
