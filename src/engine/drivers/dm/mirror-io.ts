import { bio_alloc, bio_put } from '../../block/bio';
import { REQ_DISCARD, REQ_FLUSH, REQ_FUA, REQ_NOIDLE, REQ_SYNC, REQ_WRITE } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { NULL_PAGE } from '../../posting';

/** `struct dm_io_region`: where on which device. */
export interface Region {
  readonly bdev: number;
  readonly sector: number;
}

const PASSED = REQ_WRITE | REQ_FLUSH | REQ_FUA | REQ_SYNC | REQ_NOIDLE | REQ_DISCARD;

/**
 * 4.1 drivers/md/dm-io.c for the memory of a bio: new bios, one a region, of the pages taken out of the old one - and of nothing
 * else, so that BIO_PFN is lost. `notify`: the regions that failed, by their index.
 */
export function dm_io(
  kernel: Kernel,
  regions: readonly Region[],
  from: Bio,
  notify: (kernel: Kernel, failed: readonly number[]) => void,
): void {
  const failed: number[] = [];
  let waits = regions.length;
  regions.forEach(({ bdev, sector }, i) => {
    const own = do_region(kernel, bdev, sector, from);
    own.bi_end_io = (k, ended, error) => {
      if (error !== 0) failed.push(i);
      bio_put(k, ended);
      if (--waits === 0) notify(k, failed);
    };
    kernel.block.submit_bio(kernel, from.bi_rw & PASSED, own);
  });
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
