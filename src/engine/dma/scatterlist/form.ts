import { X86_64, page_address, page_to_pfn, ulong, type AddressSpace } from '../../memory/address-space';
import { decodePageLink, sg_assign_page } from '../../pfn/page-link';
import * as v1 from '../../pfn/sg-v1';
import * as v5 from '../../pfn/sg-v5';
import { v5 as v5Layout } from '../../pfn/v5';
import { PFN_PHYS } from '../../pfn/layout';

/** How a kernel keeps one entry of a scatterlist, and what include/linux/scatterlist.h does with it. Bytes. */
export interface SgForm<Entry> {
  /** Zeroes, as `sg_init_table` leaves all but the last. */
  readonly blank: Entry;
  sg_set_page(sg: Entry, page: bigint, length: number, offset: number): Entry;
  /** An entry without a page; plain 4.1 has no such thing. */
  sg_set_pfn?(sg: Entry, pfn: bigint, length: number, offset: number): Entry;
  sg_mark_end(sg: Entry): Entry;
  sg_chain(next: bigint): Entry;
  sg_is_chain(sg: Entry): boolean;
  sg_is_last(sg: Entry): boolean;
  sg_chain_ptr(sg: Entry): bigint;
  /** 0 is NULL. Throws Oops where the kernel has a BUG_ON. */
  sg_page(sg: Entry): bigint;
  sg_phys(sg: Entry): bigint;
  sg_virt(sg: Entry): bigint;
  place(sg: Entry): { readonly offset: number; readonly length: number };
}

/** `struct scatterlist` of 4.1: `page_link`, a pointer with marks in its low bits. */
export interface Sg41 {
  readonly page_link: bigint;
  readonly offset: number;
  readonly length: number;
}

/** Plain 4.1. A page of memory that has none can be computed, and nothing here notices. */
export function formOf41(space: AddressSpace = X86_64): SgForm<Sg41> {
  const pageOf = ({ page_link }: Sg41) => decodePageLink(page_link, space).pointer;
  const physOf = (sg: Sg41) => PFN_PHYS(page_to_pfn(pageOf(sg), space), space);
  return {
    blank: { page_link: 0n, offset: 0, length: 0 },
    sg_set_page: (sg, page, length, offset) => ({
      page_link: sg_assign_page(sg.page_link, page, space),
      offset,
      length,
    }),
    sg_mark_end: (sg) => ({ ...sg, page_link: (sg.page_link | 2n) & ~1n }),
    sg_chain: (next) => ({ page_link: (next | 1n) & ~2n, offset: 0, length: 0 }),
    sg_is_chain: ({ page_link }) => decodePageLink(page_link, space).chain,
    sg_is_last: ({ page_link }) => decodePageLink(page_link, space).last,
    sg_chain_ptr: pageOf,
    sg_page: pageOf,
    sg_phys: (sg) => physOf(sg) + BigInt(sg.offset),
    sg_virt: (sg) => ulong(page_address(pageOf(sg), space) + BigInt(sg.offset), space),
    place: (sg) => sg,
  };
}

/** v1 (and, as far as sizes tell, v3): `sg_flags` beside the offset. `sg_set_pfn` forgets that an entry was the last. */
export function formOfV1(space: AddressSpace = X86_64): SgForm<v1.SgV1> {
  return {
    sg_set_pfn: v1.sg_set_pfn,
    sg_mark_end: v1.sg_mark_end,
    sg_chain: v1.sg_chain,
    sg_is_chain: v1.sg_is_chain,
    sg_is_last: v1.sg_is_last,
    sg_chain_ptr: v1.sg_chain_ptr,
    blank: { pfn: 0n, sg_flags: 0, offset: 0, length: 0 },
    sg_set_page: (sg, page, length, offset) => v1.sg_set_page(sg, page, length, offset, space),
    sg_page: (sg) => v1.sg_page(sg, space),
    sg_phys: (sg) => v1.sg_phys(sg, space),
    sg_virt: (sg) => v1.sg_virt(sg, space),
    place: (sg) => sg,
  };
}

/** v5: the marks are flags of the pfn. `warn` gets what `sg_page` prints the first time that it has to give NULL. */
export function formOfV5(warn: (message: string) => void, space: AddressSpace = X86_64): SgForm<v5.SgV5> {
  let warned = false;
  const noticed = (sg: v5.SgV5): v5.SgV5 => {
    if (!warned && !v5.sg_has_page(sg, space)) {
      warned = true;
      warn(v5.UNMAPPED);
    }
    return sg;
  };
  const dev = v5Layout.bits({ dev: true }, space);
  return {
    sg_mark_end: v5.sg_mark_end,
    sg_chain: v5.sg_chain,
    sg_is_chain: v5.sg_is_chain,
    sg_is_last: v5.sg_is_last,
    sg_chain_ptr: v5.sg_chain_ptr,
    blank: { val: 0n, offset: 0, length: 0 },
    sg_set_page: (sg, page, length, offset) => v5.sg_set_page(sg, page, length, offset, space),
    sg_set_pfn: (sg, pfn, length, offset) =>
      v5.sg_set_pfn(sg, v5Layout.pfn_to_pfn_t(pfn, dev, space), length, offset),
    sg_page: (sg) => v5.sg_page(noticed(sg), space),
    sg_phys: (sg) => v5.sg_phys(sg, space),
    sg_virt: (sg) => v5.sg_virt(noticed(sg), space),
    place: (sg) => sg,
  };
}
