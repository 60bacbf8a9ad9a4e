import { NULL_PAGE } from '../posting';
import type { Kernel } from '../kernel';
import { __va, page_address } from '../memory/address-space';
import { faultAt } from '../memory/fault';

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
  const address = page === NULL_PAGE ? page_address(0n, space) : __va(BigInt(page) << 12n, space);
  throw faultAt(address, space, where);
}
