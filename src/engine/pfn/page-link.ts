import { page_to_pfn, ulong, type AddressSpace } from '../memory/address-space';

/** `page_link` of a scatterlist entry, before the series and today: a pointer, and two marks in its low bits. */
export interface PageLink {
  /** Bit 0, SG_CHAIN: the pointer is the next table. */
  readonly chain: boolean;
  /** Bit 1, SG_END: the last entry. */
  readonly last: boolean;
  /** `sg_page`, or with `chain` `sg_chain_ptr`. */
  readonly pointer: bigint;
  /** The pfn of the page; meaningless with `chain`. */
  readonly pfn: bigint;
}

/** What `sg_is_chain`, `sg_is_last`, `sg_page` and `sg_chain_ptr` say of a word. */
export function decodePageLink(word: bigint, space: AddressSpace): PageLink {
  const pointer = ulong(word, space) & ~3n;
  return {
    chain: (word & 1n) !== 0n,
    last: (word & 2n) !== 0n,
    pointer,
    pfn: page_to_pfn(pointer, space),
  };
}

/** `sg_assign_page`: keeps the marks that the entry's word already has. */
export function sg_assign_page(page_link: bigint, page: bigint, space: AddressSpace): bigint {
  return (page_link & 3n) | ulong(page, space);
}
