import type { DmTarget } from '../../../model/target-spec';
import { bio_alloc, bio_endio, bio_put } from '../../block/bio';
import { BIO_PFN, REQ_DISCARD, REQ_FLUSH, REQ_WRITE } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import type { Bio } from '../../block/tables';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';
import { NULL_PAGE } from '../../posting';
import type { Find } from '../driver';
import { linearTarget, type Target } from './target';

/** `dm_rh_get_region_size` of a mirror whose table says nothing else. */
const REGION = 1024;

/**
 * drivers/md/dm-raid1.c over drivers/md/dm-io.c, its legs in sync: reads go to the first leg that never failed, as clones; writes
 * go to a worker, for which dm-io makes new bios of the pages it takes out of the old one - and of nothing else, so BIO_PFN is
 * lost. A read that fails is not tried on another leg, as the kernel would.
 */
export function mirror(spec: Extract<DmTarget, { type: 'mirror' }>, find: Find): Target {
  const first = spec.legs[0]!;
  const base = linearTarget('mirror', { ...spec, device: first.device, offset: first.offset }, find);
  const legs = spec.legs.map(({ device, offset = 0 }) => ({
    bdev: find(device).bdev,
    start: offset,
    sectors: spec.sectors,
    error_count: 0,
  }));
  /** The first, then from the last one back. */
  const choose_mirror = (): number => {
    const order = legs.map((_leg, n) => (legs.length - n) % legs.length);
    return order.find((n) => legs[n]!.error_count === 0) ?? -1;
  };
  const writes: Bio[] = [];
  let woken = false;

  const do_writes = (kernel: Kernel): void => {
    for (const bio of writes.splice(0)) do_write(kernel, legs, spec.start, bio);
  };

  return {
    ...base,
    devices: legs,
    max_io_len: REGION,
    num_flush_bios: 1,
    device: () => Math.max(choose_mirror(), 0),
    sector: (sector) => legs[Math.max(choose_mirror(), 0)]!.start + sector - spec.start,
    map(kernel, clone) {
      if ((clone.bi_rw & REQ_WRITE) === 0) {
        if (choose_mirror() >= 0) return 'remapped';
        kernel.refusal = 'mirror_map: every leg has failed before';
        return -EIO;
      }
      writes.push(clone);
      if (!woken) {
        woken = true;
        kernel.loop.soon(() => {
          woken = false;
          do_writes(kernel);
        }, clone);
      }
      return 'submitted';
    },
  };
}

/** One dm_io() for a write: a bio a leg, of the pages of the old one. One good leg is enough. */
function do_write(
  kernel: Kernel,
  legs: readonly { readonly bdev: number; readonly start: number; error_count: number }[],
  start: number,
  bio: Bio,
): void {
  const sector = bio.bi_sector - start;
  let waits = legs.length;
  let good = 0;
  for (const leg of legs) {
    const own = do_region(kernel, leg.bdev, leg.start + sector, bio);
    own.bi_end_io = (k, ended, error) => {
      if (error === 0) good++;
      else leg.error_count++;
      bio_put(k, ended);
      if (--waits === 0) bio_endio(k, bio, good > 0 ? 0 : -EIO);
    };
    kernel.block.submit_bio(kernel, bio.bi_rw & ~BIO_PFN, own);
  }
}

/** `bio_get_page` and `bio_add_page`, vector by vector: what has no page goes in as NULL, and no flag tells. */
function do_region(kernel: Kernel, bdev: number, sector: number, from: Bio): Bio {
  const { bvecs, posting } = kernel;
  if (from.bi_rw & (REQ_DISCARD | REQ_FLUSH) && (from.bi_size === 0 || from.bi_rw & REQ_DISCARD)) {
    const empty = bio_alloc(kernel, bdev, 0, from.bi_size === 0 ? 0 : sector, 0);
    empty.bi_size = from.bi_size;
    return empty;
  }
  const walk = new BioWalk();
  walk.start(from);
  const pieces: { pfn: number; offset: number; len: number; lost: boolean }[] = [];
  while (walk.nextPage(kernel)) {
    const page = posting.bvec_page(walk.pfn, walk.dev);
    const lost = page === NULL_PAGE;
    pieces.push({ pfn: lost ? 0 : page, offset: walk.offset, len: walk.len, lost });
  }
  const bio = bio_alloc(kernel, bdev, 0, sector, pieces.length);
  for (const { pfn, offset, len, lost } of pieces) {
    const bv = bio.bi_io_vec + bio.bi_vcnt++;
    bvecs.pfn[bv] = pfn;
    bvecs.dev[bv] = 0;
    bvecs.offset[bv] = offset;
    bvecs.len[bv] = len;
    bio.bi_size += len;
    if (lost) {
      const rule = `bio_get_page: NULL goes into the bio for sector ${bio.bi_sector} as if it were a page`;
      kernel.trace.rule('bio_get_page', bdev, bio, bio.bi_sector, 0, rule);
    }
  }
  return bio;
}
