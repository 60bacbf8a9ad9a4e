import { NULL_PAGE } from '../posting';
import type { Kernel } from '../kernel';
import { Oops } from '../oops';
import { __va, isCanonical, page_address } from '../memory/address-space';

/**
 * What a driver reaches through `kmap_atomic` of 4.1 on 64-bit: the direct map's address of a page, never a check.
 * Gives the physical byte behind it; throws Oops in the name of `where` when nothing is mapped there, as the first access would.
 */
export function physThroughKmap(kernel: Kernel, page: number, where: string): number {
  if (page !== NULL_PAGE && kernel.map.directMapped(page * 4096)) return page * 4096;
  const address =
    page === NULL_PAGE ? page_address(0n, kernel.map.space) : __va(BigInt(page) << 12n, kernel.map.space);
  const text = address.toString(16).padStart(16, '0');
  const message = isCanonical(address)
    ? `BUG: unable to handle kernel paging request at ${text}`
    : 'general protection fault: 0000';
  throw new Oops(`${message}, in ${where}`, address, where);
}
