import { NULL_PAGE } from '../posting';
import type { Kernel } from '../kernel';
import { Oops } from '../oops';
import { PAGE_SIZE } from '../../model/address';
import { __va, isCanonical, page_address, type AddressSpace } from '../memory/address-space';

/**
 * The physical byte that a driver reaches through `kmap_atomic` of 4.1: by the direct map, or on 32-bit by a slot for
 * HIGHMEM. Never a check: throws Oops in the name of `where` when nothing is mapped there, as the first access would.
 */
export function physThroughKmap(kernel: Kernel, page: number, where: string): number {
  const { space } = kernel.map;
  const reached =
    page !== NULL_PAGE &&
    (space.wordBits === 32 ? kernel.map.hasPage(page) : kernel.map.directMapped(page * 4096));
  if (reached) return page * 4096;
  throw pagingRequest(
    space,
    page === NULL_PAGE ? page_address(0n, space) : __va(BigInt(page) << 12n, space),
    where,
  );
}

/** The CPU touches each page of a physical run through the direct map, or kmap on 32-bit. Throws Oops where it cannot. */
export function touchRun(kernel: Kernel, start: number, bytes: number, where: string): void {
  const { space } = kernel.map;
  for (let at = start; at < start + bytes; at += PAGE_SIZE - (at % PAGE_SIZE)) {
    const reached =
      space.wordBits === 32 ? kernel.map.hasPage(Math.floor(at / PAGE_SIZE)) : kernel.map.directMapped(at);
    if (!reached) throw pagingRequest(space, __va(BigInt(at), space), where);
  }
}

function pagingRequest(space: AddressSpace, address: bigint, where: string): Oops {
  const text = address.toString(16).padStart(space.wordBits / 4, '0');
  const message = isCanonical(address)
    ? `BUG: unable to handle kernel paging request at ${text}`
    : 'general protection fault: 0000';
  return new Oops(`${message}, in ${where}`, address, where);
}
