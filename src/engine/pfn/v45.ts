import { flagged } from './flagged';

const HIGH_FLAGS = [
  ['PFN_SG_CHAIN', -1, 'chain'],
  ['PFN_SG_LAST', -2, 'last'],
  ['PFN_DEV', -3, 'dev'],
  ['PFN_MAP', -4, 'map'],
] as const;

const shape = { shift: 0n, flagBits: 12n, mapMeansPage: true } as const;

/** 4.5-rc1: `pfn_t` in an unsigned long, the pfn unshifted, the flags in its top 12 bits. */
export const v45rc1 = flagged({
  ...shape,
  id: '4.5-rc1',
  when: 'merged, January 2016',
  carrier: 'unsigned long',
  source: 'commit 34c0fd540e79 (4.5-rc1)',
  flags: HIGH_FLAGS,
  objection: (space) =>
    space.wordBits === 32
      ? 'Fixed within 4.5: with highmem all 32 bits of a pfn are in use, so pfn_t became a u64'
      : undefined,
});

/** 4.5 to 2025: `pfn_t` in a u64. PFN_SPECIAL came in 4.15. */
export const v45 = flagged({
  ...shape,
  id: '4.5',
  when: '4.5 to 2025',
  carrier: 'u64',
  source: 'linux 4.5 include/linux/pfn_t.h, run in captures: v5-pfnt.csv',
  flags: [...HIGH_FLAGS, ['PFN_SPECIAL', -5, 'special']],
});
