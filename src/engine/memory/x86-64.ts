/** The kernel's own map of x86-64 in 4.1, without KASLR. Source: reference facts §3.12, checked by captures/const.csv. */
export const PAGE_OFFSET = 0xffff880000000000n;
export const VMEMMAP_START = 0xffffea0000000000n;

/** Bytes of a `struct page`; a power of two, so vmemmap pages never straddle one. */
export const STRUCT_PAGE_SIZE = 64;

/** SPARSEMEM hands out the memmap in sections of this many bytes (128 MiB, SECTION_SIZE_BITS 27). */
export const SECTION_SIZE = 2 ** 27;

const WORD = (1n << 64n) - 1n;

/** Truncates to 64 bits, as C does. */
export function word64(value: bigint): bigint {
  return value & WORD;
}

/** `pfn_to_page`: pure arithmetic on the vmemmap, whether or not anything is mapped there. */
export function pfn_to_page(pfn: bigint): bigint {
  return word64(VMEMMAP_START + pfn * BigInt(STRUCT_PAGE_SIZE));
}

/** `page_to_pfn`: signed pointer difference, so NULL gives 0x5800000000 (captures: v1pfn.csv, V1INIT). */
export function page_to_pfn(page: bigint): bigint {
  return word64(BigInt.asIntN(64, page - VMEMMAP_START) / BigInt(STRUCT_PAGE_SIZE));
}

/** `__va`: the direct map's address of a physical byte, whether or not it is mapped there. */
export function __va(physical: bigint): bigint {
  return word64(PAGE_OFFSET + physical);
}

/** `page_address` on 64-bit: every page is lowmem, so the address is arithmetic too. */
export function page_address(page: bigint): bigint {
  return __va(word64(page_to_pfn(page) << 12n));
}

/** An address whose bits 63..47 are all alike. Touching any other is a general protection fault. */
export function isCanonical(address: bigint): boolean {
  const top = address >> 47n;
  return top === 0n || top === 0x1ffffn;
}
