import { pfn_to_page, ulong } from '../memory/address-space';
import type { DecodedPfn, PfnFlags, PfnLayout } from './layout';

/** A flag's bit and the PfnFlags member it stands for; `undefined` for one that only decoding knows. */
type FlagBit = readonly [name: string, bit: bigint, member: keyof PfnFlags | undefined];

interface FlaggedShape {
  readonly id: string;
  readonly when: string;
  /** Where the pfn starts in the word; 0 puts the flags into the top bits instead. */
  readonly shift: bigint;
  readonly flags: readonly FlagBit[];
  /** PFN_MAP brings a page back in the versions that know it. */
  readonly mapMeansPage: boolean;
}

/** The family from v5 on: a plain word, a pfn, and flag bits beside it. Checked by v5-pfnt.csv. */
function flagged(shape: FlaggedShape): PfnLayout {
  const mask = shape.flags.reduce((all, [, bit]) => all | bit, 0n);
  const pfnOf = (word: bigint) => (shape.shift > 0n ? word >> shape.shift : word & ((1n << 52n) - 1n));
  return {
    id: shape.id,
    when: shape.when,
    reconstructed: false,
    encode(pfn, flags) {
      const bits = shape.flags.reduce(
        (all, [, bit, member]) => (member && flags[member] ? all | bit : all),
        0n,
      );
      return ulong(pfn << shape.shift) | (bits & mask);
    },
    decode(word): DecodedPfn {
      const pfn = pfnOf(word);
      const set = shape.flags.filter(([, bit]) => (word & bit) !== 0n).map(([name]) => name);
      const hasPage = !set.includes('PFN_DEV') || (shape.mapMeansPage && set.includes('PFN_MAP'));
      return { pfn, flags: set, hasPage, page: hasPage ? pfn_to_page(pfn) : 0n, phys: ulong(pfn << 12n) };
    },
  };
}

const LOW: readonly FlagBit[] = [
  ['PFN_SG_CHAIN', 1n, 'chain'],
  ['PFN_SG_LAST', 2n, 'last'],
  ['PFN_DEV', 4n, 'dev'],
];
const LOW_MAP: FlagBit = ['PFN_MAP', 8n, 'map'];

/** 12 August 2015: no union any more; `val = pfn << PAGE_SHIFT | flags`. */
export const v5 = flagged({ id: 'v5', when: 'August 2015', shift: 12n, flags: LOW, mapMeansPage: false });

/** The sequel RFC of August 2015: v5 and PFN_MAP. */
export const v5rfc = flagged({
  id: 'v5rfc',
  when: 'August 2015, RFC',
  shift: 12n,
  flags: [...LOW, LOW_MAP],
  mapMeansPage: true,
});

/** 23 September 2015: the shift drops to 4, so that 32-bit can name memory above 4 GiB. */
export const v5b = flagged({
  id: 'v5b',
  when: 'September 2015',
  shift: 4n,
  flags: [...LOW, LOW_MAP],
  mapMeansPage: true,
});

/** Merged in 4.5 as `pfn_t`: the pfn unshifted, the flags in the top bits. */
export const v45 = flagged({
  id: '4.5',
  when: 'merged, January 2016',
  shift: 0n,
  flags: [
    ['PFN_SG_CHAIN', 1n << 63n, 'chain'],
    ['PFN_SG_LAST', 1n << 62n, 'last'],
    ['PFN_DEV', 1n << 61n, 'dev'],
    ['PFN_MAP', 1n << 60n, 'map'],
  ],
  mapMeansPage: true,
});
