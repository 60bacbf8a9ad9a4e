import { EINVAL, ENXIO, EOPNOTSUPP, ERANGE } from '../errno';
import type { Accessed, DaxProvider } from './providers';

/** A block device as DAX sees it: a whole disk, or a partition of one. Sectors of 512 bytes. */
export interface DaxBdev {
  readonly name: string;
  start_sect: bigint;
  /** 0 once the disk is gone. */
  nr_sects: bigint;
  /** Without one, the driver has no `->direct_access`. */
  readonly provider?: DaxProvider | undefined;
}

export interface DirectAccess extends Accessed {
  /** Why it was refused; '' where it was not. */
  readonly because: string;
}

/** A page's sectors. */
const PAGE_SECTORS = 8n;

/**
 * `bdev_direct_access` of 4.1, in its order: a negative size comes back as it is, no op -EOPNOTSUPP, past the end -ERANGE,
 * not on a page -EINVAL, nothing there -ERANGE. A sector just below 2^64 wraps past the test of the end (captures).
 */
export function bdev_direct_access(bdev: DaxBdev, sector: bigint, size: bigint): DirectAccess {
  if (size < 0n) return refused(size, 'the size is negative, and comes back as it is');
  if (!bdev.provider) return refused(BigInt(-EOPNOTSUPP), `the driver of ${bdev.name} has no direct_access`);
  const sectors = BigInt.asIntN(64, size + 511n) / 512n;
  const end = BigInt.asUintN(64, sector + sectors);
  if (end > bdev.nr_sects)
    return refused(
      BigInt(-ERANGE),
      `sectors ${sector} to ${end} are past the ${bdev.nr_sects} of ${bdev.name}`,
    );
  const at = BigInt.asUintN(64, sector + bdev.start_sect);
  if (at % PAGE_SECTORS !== 0n)
    return refused(BigInt(-EINVAL), `sector ${at} of the disk is not on a page boundary`);
  const found = bdev.provider.direct_access(at);
  if (found.avail === 0n)
    return { ...found, avail: BigInt(-ERANGE), because: 'nothing is left from there on' };
  return { ...found, avail: found.avail < size ? found.avail : size, because: '' };
}

/**
 * The same with the series: no address any more, only a `__pfn_t`: whoever wants to touch it maps it, and unmaps it again.
 * v5 has no size either.
 */
export function bdev_direct_access_pfn(bdev: DaxBdev, sector: bigint, size: bigint): DirectAccess {
  const { kaddr: _, ...found } = bdev_direct_access(bdev, sector, size);
  return found;
}

/** Today's: pages instead of bytes, from a device of DAX's own; dead ones say so. */
export interface DaxDevice {
  readonly name: string;
  alive: boolean;
  readonly pages: bigint;
  readonly provider: DaxProvider;
  /** Pages with media errors. */
  readonly poisoned?: ReadonlySet<bigint>;
}

const EHWPOISON = 133;

/** `dax_direct_access` of 6.12 over pmem; `mode` DAX_RECOVERY_WRITE goes over bad memory. Gives pages, or an errno. */
export function dax_direct_access(
  device: DaxDevice | undefined,
  pgoff: bigint,
  nr_pages: bigint,
  mode: 'DAX_ACCESS' | 'DAX_RECOVERY_WRITE' = 'DAX_ACCESS',
): DirectAccess {
  if (!device) return refused(BigInt(-EOPNOTSUPP), 'there is no dax_device');
  if (!device.alive) return refused(BigInt(-ENXIO), `${device.name} is gone (dax_alive)`);
  if (nr_pages < 0n) return refused(BigInt(-EINVAL), 'a negative number of pages');
  const found = device.provider.direct_access(pgoff * PAGE_SECTORS);
  const bad = [...(device.poisoned ?? [])].some((page) => page >= pgoff && page < pgoff + nr_pages);
  if (bad && mode === 'DAX_ACCESS')
    return refused(BigInt(-EHWPOISON), 'a page of it has a media error (badblocks)');
  const avail = bad ? 1n : device.pages - pgoff;
  if (avail === 0n) return refused(BigInt(-ERANGE), 'nothing is left from there on');
  return { ...found, avail: avail < nr_pages ? avail : nr_pages, because: '' };
}

function refused(avail: bigint, because: string): DirectAccess {
  return { avail, because };
}
