import { ENODEV, ENOSPC } from '../errno';

/** What `->direct_access` of a driver says of a sector. */
export interface Accessed {
  /** Bytes from there on, or a negative errno. */
  readonly avail: bigint;
  /** Kernel virtual address; what the series no longer gives. */
  readonly kaddr?: bigint;
  readonly pfn?: bigint;
  /** PFN_DEV of the series: no struct page. */
  readonly dev?: boolean;
}

/** Who gives a DAX file system its memory: one function a driver, as 4.1 has it. `sector` counts from the disk's start. */
export interface DaxProvider {
  readonly driver: 'pmem' | 'brd' | 'axonram' | 'dcssblk';
  direct_access(sector: bigint): Accessed;
  /** What the driver gets wrong, or does otherwise than pmem. */
  readonly differs: string;
}

const PAGE_SHIFT = 12n;

/** drivers/block/pmem.c: an ioremapped range. `virt_addr`: where ioremap put it. */
export function pmemProvider(phys_addr: bigint, size: bigint, virt_addr: bigint): DaxProvider {
  return {
    driver: 'pmem',
    differs: 'kaddr is in the vmalloc area, pfn has no struct page; all up to the end is one piece',
    direct_access(sector) {
      const offset = BigInt.asUintN(64, sector << 9n);
      return {
        avail: BigInt.asIntN(64, size - offset),
        kaddr: BigInt.asUintN(64, virt_addr + offset),
        pfn: BigInt.asUintN(64, phys_addr + offset) >> PAGE_SHIFT,
        dev: true,
      };
    },
  };
}

/** drivers/block/brd.c with CONFIG_BLK_DEV_RAM_DAX: a page at a time, allocated when asked for. */
export function brdProvider(
  /** The page of a sector: its pfn; `undefined`: no memory left. */
  brd_insert_page: (sector: bigint) => bigint | undefined,
  pageOffset: bigint,
  alive: () => boolean = () => true,
): DaxProvider {
  return {
    driver: 'brd',
    differs: 'real RAM with struct pages; never more than one page, so every page is another call',
    direct_access(sector) {
      if (!alive()) return { avail: BigInt(-ENODEV) };
      const pfn = brd_insert_page(sector);
      if (pfn === undefined) return { avail: BigInt(-ENOSPC) };
      return { avail: 4096n, kaddr: pageOffset + (pfn << PAGE_SHIFT), pfn, dev: false };
    },
  };
}

/** arch/powerpc/sysdev/axonram.c: kaddr is a physical address, and the pfn is made of it as if it were virtual. */
export function axonramProvider(ph_addr: bigint, size: bigint, pageOffset: bigint): DaxProvider {
  return {
    driver: 'axonram',
    differs:
      'kaddr is the physical address, and virt_to_phys() of it gives a wrong pfn: the series mends both',
    direct_access: (sector) => linear(ph_addr, size, pageOffset, sector),
  };
}

/** drivers/s390/block/dcssblk.c: addresses are the same in both spaces. `start`, `end`: inclusive, as the driver keeps them. */
export function dcssblkProvider(start: bigint, end: bigint, alive: () => boolean = () => true): DaxProvider {
  return {
    driver: 'dcssblk',
    differs: 'virtual is physical on s390, so the pfn comes out right; its size is end - start, a byte short',
    direct_access: (sector) =>
      alive() ? linear(start, end - start, 0n, sector) : { avail: BigInt(-ENODEV) },
  };
}

function linear(base: bigint, size: bigint, pageOffset: bigint, sector: bigint): Accessed {
  const offset = BigInt.asUintN(64, sector << 9n);
  const kaddr = BigInt.asUintN(64, base + offset);
  return {
    avail: BigInt.asIntN(64, size - offset),
    kaddr,
    pfn: BigInt.asUintN(64, kaddr - pageOffset) >> PAGE_SHIFT,
    dev: true,
  };
}
