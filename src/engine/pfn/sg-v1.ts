import { __va, page_to_pfn, pfn_to_page, ulong, type AddressSpace } from '../memory/address-space';
import { Oops } from '../oops';
import { PFN_PHYS } from './layout';

/**
 * `struct scatterlist` of v1 with CONFIG_HAVE_DMA_PFN: the pfn apart from the marks, and both short fields of 16
 * bits. Checked by v1pfn.csv and the v1 oopses. Offset and length in bytes.
 */
export interface SgV1 {
  readonly pfn: bigint;
  readonly sg_flags: number;
  readonly offset: number;
  readonly length: number;
}

const SG_FLAGS_CHAIN = 1;
const SG_FLAGS_LAST = 2;
const SG_FLAGS_PAGE = 4;
/** The offset is an unsigned short. */
const MAX_OFFSET = 65535;

/** What `sg_init_table(sg, 1)` leaves: zeroes, and LAST. */
export const sg_init_table = (): SgV1 => sg_mark_end({ pfn: 0n, sg_flags: 0, offset: 0, length: 0 });

/** Clears all flags, LAST too. Throws Oops (BUG_ON) past 65535 bytes of offset. */
export function sg_set_pfn(_sg: SgV1, pfn: bigint, length: number, offset: number): SgV1 {
  checkOffset(offset, 'sg_set_pfn');
  return { pfn, sg_flags: 0, offset, length };
}

/** Adds PAGE and keeps LAST. Throws Oops (BUG_ON) past 65535 bytes of offset. */
export function sg_set_page(
  sg: SgV1,
  page: bigint,
  length: number,
  offset: number,
  space: AddressSpace,
): SgV1 {
  checkOffset(offset, 'sg_set_page');
  return { pfn: page_to_pfn(page, space), sg_flags: sg.sg_flags | SG_FLAGS_PAGE, offset, length };
}

export function sg_mark_end(sg: SgV1): SgV1 {
  return { ...sg, sg_flags: (sg.sg_flags | SG_FLAGS_LAST) & ~SG_FLAGS_CHAIN };
}

/** Makes an entry the link to the next table at address `next`, which takes the place of the pfn. */
export const sg_chain = (next: bigint): SgV1 => ({
  pfn: next,
  sg_flags: SG_FLAGS_CHAIN,
  offset: 0,
  length: 0,
});

export const sg_is_chain = (sg: SgV1): boolean => (sg.sg_flags & SG_FLAGS_CHAIN) !== 0;
export const sg_is_last = (sg: SgV1): boolean => (sg.sg_flags & SG_FLAGS_LAST) !== 0;
export const sg_chain_ptr = (sg: SgV1): bigint => sg.pfn;

/** The page of an entry. Throws Oops (BUG_ON) for one that sg_set_pfn made, whether or not the memory has a page. */
export function sg_page(sg: SgV1, space: AddressSpace): bigint {
  if ((sg.sg_flags & SG_FLAGS_PAGE) === 0)
    throw new Oops('!(sg_flags & SG_FLAGS_PAGE), in sg_page', 0n, 'sg_page');
  return pfn_to_page(sg.pfn, space);
}

/** Physical bytes: right for any entry. */
export function sg_phys(sg: SgV1, space: AddressSpace): bigint {
  return BigInt.asUintN(space.physAddrBits, PFN_PHYS(sg.pfn, space) + BigInt(sg.offset));
}

/** `__va` of it: an address is made up even where nothing is mapped. */
export function sg_virt(sg: SgV1, space: AddressSpace): bigint {
  return ulong(__va(PFN_PHYS(sg.pfn, space), space) + BigInt(sg.offset), space);
}

function checkOffset(offset: number, where: string): void {
  if (offset > MAX_OFFSET)
    throw new Oops(`offset ${offset} > 65535 does not fit unsigned short, in ${where}`, 0n, where);
}
