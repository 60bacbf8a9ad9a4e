import { page_address, page_to_pfn, ulong, type AddressSpace } from '../memory/address-space';
import { v5 } from './v5';

/**
 * `struct scatterlist` of v5 5/5: page_link has become a `__pfn_t`, and the chain and end marks are its flags.
 * Checked by v5-sg5.csv. Offset and length in bytes, 32 bits each.
 */
export interface SgV5 {
  readonly val: bigint;
  readonly offset: number;
  readonly length: number;
}

const PFN_SG_CHAIN = 1n;
const PFN_SG_LAST = 2n;

/** What `sg_page` prints once, and then gives NULL. */
export const UNMAPPED = 'scatterlist references unmapped memory';

/** Keeps the entry's LAST; of the argument's flags it takes away LAST only, so PFN_SG_CHAIN comes through. */
export function sg_set_pfn(sg: SgV5, val: bigint, length: number, offset: number): SgV5 {
  return { val: (sg.val & PFN_SG_LAST) | (val & ~PFN_SG_LAST), offset, length };
}

/** `page_to_pfn_t` of the page, which has no flags; LAST stays. */
export function sg_set_page(
  sg: SgV5,
  page: bigint,
  length: number,
  offset: number,
  space: AddressSpace,
): SgV5 {
  return sg_set_pfn(sg, v5.pfn_to_pfn_t(page_to_pfn(page, space), 0n, space), length, offset);
}

export function sg_mark_end(sg: SgV5): SgV5 {
  return { ...sg, val: (sg.val | PFN_SG_LAST) & ~PFN_SG_CHAIN };
}

export function sg_unmark_end(sg: SgV5): SgV5 {
  return { ...sg, val: sg.val & ~PFN_SG_LAST };
}

/** Makes an entry the link to the next table at address `next`. */
export function sg_chain(next: bigint): SgV5 {
  return { val: (next | PFN_SG_CHAIN) & ~PFN_SG_LAST, offset: 0, length: 0 };
}

export const sg_is_chain = (sg: SgV5): boolean => (sg.val & PFN_SG_CHAIN) !== 0n;
export const sg_is_last = (sg: SgV5): boolean => (sg.val & PFN_SG_LAST) !== 0n;
export const sg_chain_ptr = (sg: SgV5): bigint => sg.val & ~(PFN_SG_CHAIN | PFN_SG_LAST);

/** Looks at PFN_DEV alone: a chain entry, whose word is a pointer, has a page too. */
export const sg_has_page = (sg: SgV5, space: AddressSpace): boolean => v5.decode(sg.val, space).hasPage;

/** The page, or 0 for NULL, after WARN_ONCE of `UNMAPPED`. */
export const sg_page = (sg: SgV5, space: AddressSpace): bigint => v5.decode(sg.val, space).page;

/** Physical bytes: right for any entry but a chain. */
export function sg_phys(sg: SgV5, space: AddressSpace): bigint {
  return BigInt.asUintN(space.physAddrBits, v5.decode(sg.val, space).phys + BigInt(sg.offset));
}

/** `page_address(sg_page(sg)) + offset`, as 4.1 has it: of NULL, where the entry has no page. */
export function sg_virt(sg: SgV5, space: AddressSpace): bigint {
  return ulong(page_address(sg_page(sg, space), space) + BigInt(sg.offset), space);
}

/** Bytes of `struct scatterlist`: with a `dma_length`, without CONFIG_DEBUG_SG. */
export function scatterlistSize(space: AddressSpace): number {
  const long = space.wordBits / 8;
  const dma_addr_t = space.physAddrBits / 8;
  const members = long + 4 + 4 + dma_addr_t + 4;
  return Math.ceil(members / long) * long;
}
