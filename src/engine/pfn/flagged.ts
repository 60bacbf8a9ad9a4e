import { X86_64, pfn_to_page, ulong, type AddressSpace } from '../memory/address-space';
import { PFN_PHYS, carrierBits, checked, type PfnFlags, type PfnLayout } from './layout';

/** A flag: its name, its bit from the bottom (or from the top, negative: -1 is the topmost), its PfnFlags member. */
type FlagBit = readonly [name: string, bit: number, member: keyof PfnFlags];

interface FlaggedShape extends Pick<PfnLayout, 'id' | 'when' | 'carrier' | 'source'> {
  /** Where the pfn starts in the word; 0 puts the flags into the top 12 bits instead. */
  readonly shift: bigint;
  readonly flags: readonly FlagBit[];
  /** Width of the flag field at the bottom (PFN_MASK) or, with shift 0, at the top (PFN_FLAGS_MASK). */
  readonly flagBits: bigint;
  /** PFN_MAP brings a page back in the versions that know it. */
  readonly mapMeansPage: boolean;
  readonly objection?: (space: AddressSpace) => string | undefined;
}

/** A layout of the family, with its constructor as the kernel has it: raw flag bits, masked. */
export interface FlaggedLayout extends PfnLayout {
  /** `pfn_to_pfn_t` of v5, `__pfn_to_pfn_t` of 4.5: the word, whatever it loses. */
  pfn_to_pfn_t(pfn: bigint, flags: bigint, space?: AddressSpace): bigint;
  /** PFN_MASK, PFN_FLAGS_MASK. */
  mask(space?: AddressSpace): bigint;
  /** The bits of named flags. */
  bits(flags: PfnFlags, space?: AddressSpace): bigint;
}

/** The family from v5 on: a plain word, a pfn, and flag bits beside it. Checked by v5-pfnt.csv. */
export function flagged(shape: FlaggedShape): FlaggedLayout {
  const width = (space: AddressSpace) => carrierBits(layout, space);
  const bit = (at: number, space: AddressSpace) => 1n << BigInt(at < 0 ? width(space) + at : at);
  const layout: FlaggedLayout = {
    ...shape,
    reconstructed: false,
    mask(space = X86_64) {
      const ones = (1n << shape.flagBits) - 1n;
      return shape.shift > 0n ? ones : ones << (BigInt(width(space)) - shape.flagBits);
    },
    bits: (flags, space = X86_64) =>
      shape.flags.reduce((all, [, at, member]) => (flags[member] ? all | bit(at, space) : all), 0n),
    pfn_to_pfn_t: (pfn, flags, space = X86_64) =>
      BigInt.asUintN(width(space), ulong(pfn, space) << shape.shift) | (flags & layout.mask(space)),
    encode(pfn, flags, space = X86_64) {
      const word = layout.pfn_to_pfn_t(pfn, layout.bits(flags, space), space);
      return checked(layout, word, { pfn }, space, () => {
        const objection = shape.objection?.(space);
        return { source: shape.source, ...(objection === undefined ? {} : { objection }) };
      });
    },
    decode(word, space = X86_64) {
      const val = BigInt.asUintN(width(space), word);
      const pfn = ulong(shape.shift > 0n ? val >> shape.shift : val & ~layout.mask(space), space);
      const known = shape.flags.filter(([, at]) => (val & bit(at, space)) !== 0n);
      const flags = known.map(([name]) => name);
      const hasPage = !flags.includes('PFN_DEV') || (shape.mapMeansPage && flags.includes('PFN_MAP'));
      return {
        pfn,
        flags,
        meaningless: known.reduce((rest, [, at]) => rest & ~bit(at, space), val & layout.mask(space)),
        hasPage,
        page: hasPage ? pfn_to_page(pfn, space) : 0n,
        phys: PFN_PHYS(pfn, space),
      };
    },
  };
  return layout;
}
