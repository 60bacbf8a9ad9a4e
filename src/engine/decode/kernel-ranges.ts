import type { AddressSpace } from '../memory/address-space';

/** A piece of the kernel's addresses that no arithmetic leads out of. `end` is the last byte. */
interface KernelRange {
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
}

const range = (start: bigint, end: bigint, name: string): KernelRange => ({ name, start, end });

/** The same with 4 and 5 levels, and not moved by KASLR. Documentation/x86/x86_64/mm.txt of 4.1 and 6.12. */
const TOP: readonly KernelRange[] = [
  range(0xffffff0000000000n, 0xffffff7fffffffffn, 'the %esp fixup stacks'),
  range(0xffffffef00000000n, 0xfffffffeffffffffn, "the EFI runtime services' map"),
  range(
    0xffffffff80000000n,
    0xffffffff9fffffffn,
    'the kernel image: where it was loaded only phys_base knows',
  ),
  range(0xffffffffa0000000n, 0xffffffffff5fffffn, "modules and the fixmap: vmalloc'ed or fixed pages"),
  range(0xffffffffff600000n, 0xffffffffff600fffn, 'the vsyscall page'),
];

const VMALLOC = 'vmalloc and ioremap: which page is behind it only the page tables know';
const KASAN = "KASAN's shadow memory";

const FOUR: readonly KernelRange[] = [
  range(0xffffc90000000000n, 0xffffe8ffffffffffn, VMALLOC),
  range(0xffffec0000000000n, 0xfffffbffffffffffn, KASAN),
];

const FIVE: readonly KernelRange[] = [
  range(0xffa0000000000000n, 0xffd1ffffffffffffn, VMALLOC),
  range(0xffdf000000000000n, 0xfffffbffffffffffn, KASAN),
];

/** Where KASLR moves the direct map it moves vmalloc too, and nothing tells where to. */
const DEFAULT_BASES = [0xffff880000000000n, 0xffff888000000000n, 0xff11000000000000n];

/** What an address is that lies in no memmap and no direct map; `undefined` where the kernel has nothing. */
export function kernelRangeAt(address: bigint, space: AddressSpace): string | undefined {
  if (space.wordBits === 32) {
    const highest = space.PAGE_OFFSET + BigInt(space.lowmem);
    return address >= highest
      ? 'vmalloc, kmap or the fixmap: which page is behind it only the page tables know'
      : undefined;
  }
  const moving = space.physBits === 52 ? FIVE : FOUR;
  const known = DEFAULT_BASES.includes(space.PAGE_OFFSET) ? [...moving, ...TOP] : TOP;
  return known.find(({ start, end }) => address >= start && address <= end)?.name;
}
