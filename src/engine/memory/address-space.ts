import type { MachineSpec } from '../../model/machine-spec';

/**
 * Where a kernel puts things in its own addresses. Addresses are words of `wordBits`; every sum wraps there, as
 * in C. Sources: reference facts §3.12; 4.1 on x86-64 checked by captures/const.csv; 32-bit from the headers of
 * linux-4.1 (page_32_types.h, sparsemem.h).
 */
export interface AddressSpace {
  readonly id: string;
  /** Bits of `unsigned long` and of a pointer. */
  readonly wordBits: 32 | 64;
  /** Bits of `phys_addr_t`: what a helper that gives a physical address can hold. */
  readonly physAddrBits: 32 | 64;
  /** Physical address bits the kernel can manage (MAX_PHYSMEM_BITS). */
  readonly physBits: number;
  readonly PAGE_OFFSET: bigint;
  /** Address of the `struct page` of pfn 0: the vmemmap, or 32-bit's `mem_map`. */
  readonly memmap: bigint;
  /** Bytes of a `struct page`. */
  readonly structPageSize: number;
  /** SPARSEMEM gives memory its memmap in sections of this many bytes; 0 where FLATMEM has one for everything. */
  readonly sectionSize: number;
  /** Physical bytes the direct map can reach from 0; what is above is HIGHMEM. */
  readonly lowmem: number;
}

/** SPARSEMEM's section on x86-64: 128 MiB, SECTION_SIZE_BITS 27. */
const SECTION_SIZE = 2 ** 27;

/** 4.1 on x86-64, without KASLR. */
export const X86_64: AddressSpace = {
  id: 'x86-64',
  wordBits: 64,
  physAddrBits: 64,
  physBits: 46,
  PAGE_OFFSET: 0xffff880000000000n,
  memmap: 0xffffea0000000000n,
  structPageSize: 64,
  sectionSize: SECTION_SIZE,
  lowmem: 2 ** 46,
};

/** Since 4.20 with 4 levels of page tables: the direct map moved up by 8 TiB. */
const FOUR_LEVEL: AddressSpace = { ...X86_64, id: 'x86-64, 4-level', PAGE_OFFSET: 0xffff888000000000n };

const FIVE_LEVEL: AddressSpace = {
  ...X86_64,
  id: 'x86-64, 5-level',
  physBits: 52,
  PAGE_OFFSET: 0xff11000000000000n,
  memmap: 0xffd4000000000000n,
  lowmem: 2 ** 52,
};

/**
 * 32-bit without PAE, FLATMEM. `mem_map` is wherever the boot allocator found room in lowmem: the address here is
 * an example, its arithmetic is not. 896 MiB of lowmem (VMALLOC_RESERVE 128 MiB).
 */
export const X86_32: AddressSpace = {
  id: 'x86-32',
  wordBits: 32,
  physAddrBits: 32,
  physBits: 32,
  PAGE_OFFSET: 0xc0000000n,
  memmap: 0xf5000000n,
  structPageSize: 32,
  sectionSize: 0,
  lowmem: 896 * 2 ** 20,
};

/**
 * 32-bit with PAE: 36 physical bits, but still 32 in an `unsigned long`. The `mem_map` of 64 GiB takes 512 MiB of
 * lowmem, so the example lies deeper.
 */
export const X86_PAE: AddressSpace = {
  ...X86_32,
  id: 'x86-pae',
  physAddrBits: 64,
  physBits: 36,
  memmap: 0xd6000000n,
};

/**
 * 64-bit with PAGE_OFFSET 0, as s390 has it. `memmap` is where one such kernel put it; its arithmetic is not an
 * example.
 */
export const PAGE_OFFSET_0: AddressSpace = {
  ...X86_64,
  id: 'PAGE_OFFSET 0',
  PAGE_OFFSET: 0n,
  memmap: 0x3d100000000n,
};

/** The address space of a described machine, with the places KASLR gave it where it says so. */
export function addressSpaceOf(kernel: MachineSpec['kernel']): AddressSpace {
  if (kernel.arch === 'x86-32') return X86_32;
  if (kernel.arch === 'x86-pae') return X86_PAE;
  const { map, pageOffset, vmemmap } = kernel.virtual ?? { map: '4.1' };
  const base = map === '5-level' ? FIVE_LEVEL : map === '4-level' ? FOUR_LEVEL : X86_64;
  return {
    ...base,
    ...(pageOffset === undefined ? {} : { PAGE_OFFSET: BigInt(pageOffset) }),
    ...(vmemmap === undefined ? {} : { memmap: BigInt(vmemmap) }),
  };
}

/** Truncates to `unsigned long`, as C does. */
export function ulong(value: bigint, space = X86_64): bigint {
  return BigInt.asUintN(space.wordBits, value);
}

/** `pfn_to_page`: pure arithmetic on the memmap, whether or not anything is there. */
export function pfn_to_page(pfn: bigint, space = X86_64): bigint {
  return ulong(space.memmap + pfn * BigInt(space.structPageSize), space);
}

/**
 * `page_to_pfn`: signed pointer difference, so NULL gives 0x5800000000 on 4.1 (captures: v1pfn.csv, V1INIT). A
 * compiler divides pointers by an arithmetic shift: a pointer into a page's middle rounds down.
 */
export function page_to_pfn(page: bigint, space = X86_64): bigint {
  const shift = BigInt(Math.log2(space.structPageSize));
  return ulong(BigInt.asIntN(space.wordBits, page - space.memmap) >> shift, space);
}

/** `__va`: the direct map's address of a physical byte, whether or not it is mapped there. */
export function __va(physical: bigint, space = X86_64): bigint {
  return ulong(space.PAGE_OFFSET + physical, space);
}

/** `lowmem_page_address`: the direct map's address of a page; meaningless for HIGHMEM. */
export function page_address(page: bigint, space = X86_64): bigint {
  return __va(page_to_pfn(page, space) << 12n, space);
}

/** An x86-64 address whose bits 63..47 are all alike. Touching any other is a general protection fault. */
export function isCanonical(address: bigint): boolean {
  const top = address >> 47n;
  return top === 0n || top === 0x1ffffn;
}
