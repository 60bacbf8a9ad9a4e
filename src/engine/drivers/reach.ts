import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';
import { page_address, pfn_to_page } from '../memory/address-space';
import { faultAt } from '../memory/fault';
import { NULL_PAGE } from '../posting';
import { physOfVec } from '../block/consumers';

/** What a device is told instead of an address, where its driver computed one from a NULL page: nobody's memory. */
export const NOBODY = -1;

/**
 * How a driver comes to the memory of a vector: the physical address of the page's first byte, or NOBODY. Throws Oops, in the
 * name of the kernel function `where`, at the access that faults. `dev`: 1 for a page-less pfn.
 */
export type Reach = (kernel: Kernel, pfn: number, dev: number, where: string) => number;

const pageOf = ({ posting }: Kernel, pfn: number, dev: number) => posting.bvec_page(pfn, dev);

/** `kmap` and `kmap_atomic` of the vector's page. */
export const kmap: Reach = (kernel, pfn, dev, where) =>
  physThroughKmap(kernel, pageOf(kernel, pfn, dev), where);

/** `page_address`: arithmetic that is wrong for HIGHMEM, and touched by the CPU in any case. */
export const byPageAddress: Reach = (kernel, pfn, dev, where) => {
  const page = pageOf(kernel, pfn, dev);
  const { space } = kernel.map;
  // Of a HIGHMEM page that nobody has mapped it is NULL.
  if (page !== NULL_PAGE && page * 4096 >= space.lowmem && kernel.map.hasPage(page))
    throw faultAt(0n, space, where);
  return physThroughKmap(kernel, page, where);
};

/** `bvec_kmap_irq`: in v3 it knows the ranges that pmem registered. */
export const byKmapIrq: Reach = (kernel, pfn, dev, where) =>
  physOfVec(kernel, pfn, dev, 0, kernel.kmapRanges, where);

/** Asks `page_count` or a flag of the page first: reads struct page, where there is one. */
export const throughStructPage =
  (then: Reach): Reach =>
  (kernel, pfn, dev, where) => {
    const page = pageOf(kernel, pfn, dev);
    const { map } = kernel;
    if (page === NULL_PAGE) throw faultAt(0n, map.space, where);
    if (!map.hasPage(page)) throw faultAt(pfn_to_page(BigInt(page), map.space), map.space, where);
    return then(kernel, pfn, dev, where);
  };

/** `pci_map_page`: the bus address is page_to_phys() of the page, whatever that is. */
export const byPciMapPage: Reach = (kernel, pfn, dev) => {
  const page = pageOf(kernel, pfn, dev);
  return page === NULL_PAGE ? NOBODY : page * 4096;
};

/** The address goes into a list that a channel or hypervisor reads: `page_address`, not touched by the CPU. */
export const byAddressList: Reach = (kernel, pfn, dev, where) => byPciMapPage(kernel, pfn, dev, where);

/** What the device was told: for a rule. */
export function nobodysAddress(kernel: Kernel, where: string): string {
  const { space } = kernel.map;
  const address = page_address(0n, space) - space.PAGE_OFFSET;
  return `${where}: the address of a NULL page, 0x${BigInt.asUintN(space.physAddrBits, address).toString(16)}, is nobody’s memory`;
}
