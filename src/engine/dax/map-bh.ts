import { EIO } from '../errno';
import { bdev_direct_access, bdev_direct_access_pfn, dax_direct_access, type DaxBdev } from './direct-access';
import type { DaxStep } from './dax-io';

/**
 * Whose fs/dax.c: 4.1's address that is good for ever; the series' map and unmap (v3 in two steps, reconstructed; v5 in one
 * call; v5b with a length of its own); today's.
 */
export const DAX_ERAS = ['4.1', 'v3', 'v5', 'v5b', '6.12'] as const;
export type DaxEra = (typeof DAX_ERAS)[number];

/** What the postings' mails have wrong, as they were read: selectable history. */
export const DAX_BUGS: Readonly<Partial<Record<DaxEra, string>>> = {
  v5: '__dax_map_bh asks `if (rc)`: a success, which is a number of bytes, is taken for an error as well',
};

export interface Mapped {
  /** Bytes, or a negative errno (ERR_PTR). */
  readonly ret: number;
  /** Whether a kmap is open that has to be closed. */
  readonly open: boolean;
}

/** Where kmap finds no range that covers a pfn any more, it gives NULL. */
export interface KmapState {
  registered: boolean;
}

/**
 * `__dax_map_bh`: asks the device, then maps what it gave. `asPosted`: with the bug of the v5 mail, where every call fails.
 * 4.1 has no mapping of its own: the driver's address is used, for as long as somebody likes.
 */
export function dax_map_bh(
  bdev: DaxBdev,
  sector: number,
  size: number,
  steps: DaxStep[],
  era: DaxEra,
  {
    kmap = { registered: true },
    asPosted = false,
  }: { readonly kmap?: KmapState; readonly asPosted?: boolean } = {},
): Mapped {
  const ret = Number(access(bdev, sector, size, era));
  steps.push({ call: 'bdev_direct_access', sector, size, ret });
  if (ret < 0) return { ret, open: false };
  if (asPosted && era === 'v5' && ret !== 0) return { ret, open: false };
  if (era === '4.1' || era === '6.12') return { ret, open: false };
  if (!kmap.registered) return { ret: -EIO, open: false };
  steps.push({ call: 'kmap_atomic_pfn_t' });
  return { ret, open: true };
}

/** Closes it; nothing to do for an ERR_PTR. */
export function dax_unmap_bh({ open }: Mapped, steps: DaxStep[], _era: DaxEra): void {
  if (open) steps.push({ call: 'kunmap_atomic_pfn_t' });
}

function access(bdev: DaxBdev, sector: number, size: number, era: DaxEra): bigint {
  if (era === '4.1') return bdev_direct_access(bdev, BigInt(sector), BigInt(size)).avail;
  if (era !== '6.12') return bdev_direct_access_pfn(bdev, BigInt(sector), BigInt(size)).avail;
  const { provider } = bdev;
  const device = provider && {
    name: bdev.name,
    alive: bdev.nr_sects > 0n,
    pages: (bdev.start_sect + bdev.nr_sects) / 8n,
    provider,
  };
  const pgoff = (BigInt(sector) + bdev.start_sect) / 8n;
  const { avail } = dax_direct_access(device, pgoff, BigInt(Math.ceil(size / 4096)));
  return avail < 0n ? avail : avail * 4096n;
}
