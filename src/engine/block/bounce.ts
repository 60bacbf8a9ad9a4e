import { PAGE_SIZE } from '../../model/address';
import { physThroughKmap } from '../kmap/page';
import type { Kernel } from '../kernel';
import { NULL_PAGE } from '../posting';
import { bio_endio, bio_put } from './bio';
import { bio_clone_bioset } from './clone';
import { BIO_BOUNCED, REQ_DISCARD, REQ_WRITE } from './flags';
import { BOUNCE_ANY_PFN } from './limits';
import type { Disk } from './queue';
import type { Bio } from './tables';

/** A limit below 4 GiB makes `blk_queue_bounce_limit` use the ISA pool, whose pages lie below 16 MiB. */
const LOW_PFN = 0xfffff;
const ISA_PFN = 0xfff;

/**
 * 4.1 `blk_queue_bounce`: a bio with a page the device cannot reach is replaced by one whose pages it can. Gives the bio
 * to go on with. A vector's page is asked for without a check: page-less memory is the posting's affair.
 */
export function blk_queue_bounce(kernel: Kernel, disk: Disk, bio: Bio): Bio {
  const { bounce_pfn } = disk.queue.limits;
  if (bounce_pfn === BOUNCE_ANY_PFN) return bio;
  if (bio.bi_size === 0 || (bio.bi_rw & REQ_DISCARD) !== 0) return bio;
  // Without GFP_DMA, a limit at or above the last page frame of RAM asks for nothing.
  if (bounce_pfn >= LOW_PFN && bounce_pfn >= kernel.map.maxRamPfn) return bio;
  const high = firstHigh(kernel, bio, bounce_pfn);
  return high < 0 ? bio : __blk_queue_bounce(kernel, disk, bio, bounce_pfn, high);
}

/** `page_to_pfn(bvec_page())`: of a NULL page it is a number far above any limit (v1: the pfn itself). */
function pageFrame(kernel: Kernel, bv: number): number {
  const page = kernel.posting.bvec_page(kernel.bvecs.pfn[bv]!, kernel.bvecs.dev[bv]!);
  return page === NULL_PAGE ? Infinity : page;
}

function firstHigh(kernel: Kernel, bio: Bio, bounce_pfn: number): number {
  const { bvecs } = kernel;
  let bv = bio.bi_io_vec + bio.bi_idx;
  let left = bio.bi_size + bio.bi_bvec_done;
  for (; left > 0; left -= bvecs.len[bv]!, bv++) {
    if (pageFrame(kernel, bv) > bounce_pfn) return bvecs.pfn[bv]!;
  }
  return -1;
}

function __blk_queue_bounce(
  kernel: Kernel,
  disk: Disk,
  original: Bio,
  bounce_pfn: number,
  high: number,
): Bio {
  const { bvecs, trace } = kernel;
  const bio = bio_clone_bioset(kernel, original);
  const first = bio.bi_io_vec;
  const write = (bio.bi_rw & REQ_WRITE) !== 0;
  for (let bv = first; bv < first + bio.bi_vcnt; bv++) {
    if (pageFrame(kernel, bv) <= bounce_pfn) continue;
    const page = kernel.allocator.alloc_page(bounce_pfn < LOW_PFN ? ISA_PFN : bounce_pfn);
    // The kernel sleeps for a page of its pool; one that never comes back would hang it.
    if (page === undefined)
      throw new Error(`no page below pfn ${bounce_pfn} left to bounce for ${disk.name}`);
    if (write) {
      const from = physThroughKmap(
        kernel,
        kernel.posting.bvec_page(bvecs.pfn[bv]!, bvecs.dev[bv]!),
        '__blk_queue_bounce',
      );
      kernel.copy(
        disk.id,
        original,
        from + bvecs.offset[bv]!,
        page * PAGE_SIZE + bvecs.offset[bv]!,
        bvecs.len[bv]!,
      );
    }
    bvecs.pfn[bv] = page;
    bvecs.dev[bv] = 0;
  }
  trace.bio(
    trace.id.block_bio_bounce,
    disk.id,
    original,
    original.bi_sector,
    0,
    original.bi_size >>> 9,
    0,
    original.bi_rw,
    trace.note(`blk_queue_bounce: pfn ${high} > bounce_pfn ${bounce_pfn} of ${disk.name}`),
  );
  bio.bi_flags |= BIO_BOUNCED;
  bio.bi_end_io = bounce_end_io;
  bio.bi_private = original;
  return bio;
}

/** Copies what was read back to where it belongs, gives the pages back, and ends the bio that was submitted. */
function bounce_end_io(kernel: Kernel, bio: Bio, error: number): void {
  const { bvecs } = kernel;
  const original = bio.bi_private as Bio;
  const read = (bio.bi_rw & REQ_WRITE) === 0;
  const first = bio.bi_io_vec;
  const device = original.bi_bdev.id;
  let to = original.bi_io_vec + original.bi_idx;
  for (let bv = first; bv < first + bio.bi_vcnt; bv++, to++) {
    if (bvecs.pfn[bv] === bvecs.pfn[to]) continue;
    const page = bvecs.pfn[bv]!;
    if (read && error === 0) {
      const target = physThroughKmap(
        kernel,
        kernel.posting.bvec_page(bvecs.pfn[to]!, bvecs.dev[to]!),
        'copy_to_high_bio_irq',
      );
      kernel.copy(
        device,
        original,
        page * PAGE_SIZE + bvecs.offset[bv]!,
        target + bvecs.offset[bv]!,
        bvecs.len[bv]!,
      );
    }
    kernel.allocator.free_page(page);
    kernel.bytes.drop(page);
  }
  bio_endio(kernel, original, error);
  bio_put(kernel, bio);
}
