import { X86_64, ulong, type AddressSpace } from '../memory/address-space';

/** What a page frame is known to be, independent of how a version packs it into a word. */
export interface PfnFlags {
  /** PFN_DEV: the pfn originates from device memory. */
  readonly dev?: boolean;
  /** PFN_MAP: the device arranged for a struct page nevertheless. */
  readonly map?: boolean;
  /** PFN_SG_CHAIN, PFN_SG_LAST: scatterlist marks that v4 and later carry in the same word. */
  readonly chain?: boolean;
  readonly last?: boolean;
  /** PFN_SPECIAL, since 4.15: execute in place is allowed, get_user_pages is not. */
  readonly special?: boolean;
}

/** A word, or why none can say this. A flag that a layout does not have is no loss: it never claimed to keep it. */
export type Encoded =
  | { readonly word: bigint }
  | {
      /** What is lost, for people. */
      readonly cannot: string;
      /** The word that the C computes nevertheless, without any warning. */
      readonly computes: bigint;
      /** Who raised it in review, where somebody did. */
      readonly objection?: string;
      readonly source: string;
    };

/** An encoding in one line: the word, or what is lost and the word that the C computes all the same. */
export function encodedText(made: Encoded): string {
  if ('word' in made) return `0x${made.word.toString(16)}`;
  return `cannot be encoded: ${made.cannot} (the C computes 0x${made.computes.toString(16)})`;
}

/** What a word says under one layout. Addresses are words of the space; a `struct page *` of 0 is NULL. */
export interface DecodedPfn {
  readonly pfn: bigint;
  readonly flags: readonly string[];
  /** Bits that are set and stand for nothing in this layout. */
  readonly meaningless: bigint;
  /** What `__pfn_t_has_page` (or its equivalent) answers. */
  readonly hasPage: boolean;
  /** What `__pfn_t_to_page` gives: a `struct page *`, or 0 for NULL. */
  readonly page: bigint;
  /** What `__pfn_t_to_phys` gives, in bytes. */
  readonly phys: bigint;
  /** Something about this word that its numbers do not say. */
  readonly remark?: string;
}

/** One way of packing a `__pfn_t` (or `pfn_t`) into a word. Without a space, x86-64 as in 4.1. */
export interface PfnLayout {
  readonly id: string;
  /** When it was posted or merged, for people. */
  readonly when: string;
  /** True where constants are reconstructed, so that the user must see the badge. */
  readonly reconstructed: boolean;
  /** The C type of the word. */
  readonly carrier: 'unsigned long' | 'u64';
  readonly source: string;
  /** `pfn` is taken as the `unsigned long` that the constructors take. */
  encode(pfn: bigint, flags: PfnFlags, space?: AddressSpace): Encoded;
  decode(word: bigint, space?: AddressSpace): DecodedPfn;
}

/** Bits of a layout's word in a space. */
export function carrierBits(layout: PfnLayout, space: AddressSpace): number {
  return layout.carrier === 'u64' ? 64 : space.wordBits;
}

/** `__pfn_to_phys`, `PFN_PHYS`: bytes, cut to what the space's `phys_addr_t` (and `dma_addr_t`) holds. */
export function PFN_PHYS(pfn: bigint, space: AddressSpace = X86_64): bigint {
  return BigInt.asUintN(space.physAddrBits, pfn << 12n);
}

type Complaint = { readonly objection?: string; readonly source: string };

/**
 * The word if it reads back as it was meant, or else the refusal. `complaint` is asked only then.
 */
export function checked(
  layout: Pick<PfnLayout, 'decode'>,
  word: bigint,
  meant: { readonly pfn: bigint; readonly hasPage?: boolean },
  space: AddressSpace,
  complaint: () => Complaint,
): Encoded {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const refuse = (cannot: string): Encoded => ({ cannot, computes: word, ...complaint() });
  if (ulong(meant.pfn, space) !== meant.pfn)
    return refuse(`pfn ${hex(meant.pfn)} does not fit an unsigned long of ${space.wordBits} bits`);
  const { pfn, hasPage } = layout.decode(word, space);
  if (meant.hasPage !== undefined && meant.hasPage !== hasPage)
    return refuse(
      hasPage
        ? `the word ${hex(word)} reads back as a struct page *, not as a pfn without one`
        : `the word ${hex(word)} reads back as a pfn without struct page, not as a pointer to one`,
    );
  return pfn === meant.pfn ? { word } : refuse(`pfn ${hex(meant.pfn)} reads back as ${hex(pfn)}`);
}
