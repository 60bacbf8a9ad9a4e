import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { REQ_DISCARD } from './flags';
import { BioWalk, bio_sectors } from './iter';
import type { Bio } from './tables';

const BIO_MAX_PAGES = 256;
const walk = new BioWalk();

/**
 * 4.1 `bch_bio_max_sectors`: how many of a bio's sectors its queue takes at once, and one vector in any case. It is cut at whole
 * logical blocks, which the kernel learned in 4.3 only (`get_max_io_size`): before, 255 sectors to a disk of 4 KiB just failed.
 */
export function bch_bio_max_sectors(kernel: Kernel, bio: Bio): number {
  const { bi_bdev: bdev, bi_rw: rw, bi_sector: sector } = bio;
  const { disk } = bdev;
  const { limits, merge_bvec_fn } = disk.queue;
  if (rw & REQ_DISCARD) return Math.min(bio_sectors(bio), limits.max_discard_sectors);
  let bytes = 0;
  let segments = 0;
  let first = PAGE_SIZE;
  walk.start(bio);
  while (segments < Math.min(BIO_MAX_PAGES, limits.max_segments) && walk.nextPage(kernel)) {
    if (segments === 0) first = walk.len;
    const bvm = { bdev: bdev.id, sector, size: bytes, rw };
    if (merge_bvec_fn && merge_bvec_fn(kernel, disk, bvm, walk.len) < walk.len) break;
    segments++;
    bytes += walk.len;
  }
  const most = Math.min(bytes / 512, limits.max_sectors);
  return Math.max(most - (most % (limits.logical_block_size / 512)), first / 512);
}
