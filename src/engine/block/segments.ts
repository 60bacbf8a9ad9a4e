import type { Kernel } from '../kernel';
import { BIO_CLONED, BIO_NO_ADVANCE_ITER_MASK, BIO_SEG_VALID } from './flags';
import { bio_has_data, bio_iter_len, bio_iter_offset, bio_iter_pfn, bio_segments } from './iter';
import type { QueueLimits } from './limits';
import { queue_no_sg_merge, type RequestQueue } from './queue';
import type { Request } from './requests';
import type { Bio } from './tables';

/** First physical byte of a vector. */
export function bvec_to_phys(kernel: Kernel, bv: number): number {
  return kernel.bvecs.pfn[bv]! * 4096 + kernel.bvecs.offset[bv]!;
}

/** First physical byte of what remains of a bio. */
export function bio_to_phys(kernel: Kernel, bio: Bio): number {
  return bio_iter_pfn(kernel, bio) * 4096 + bio_iter_offset(kernel, bio);
}

/** Does `b` start where `a` ends? */
export function BIOVEC_PHYS_MERGEABLE(kernel: Kernel, a: number, b: number): boolean {
  return bvec_to_phys(kernel, a) + kernel.bvecs.len[a]! === bvec_to_phys(kernel, b);
}

/**
 * Do two addresses lie in one window of the mask? `end` is exclusive. Float64, because masks have up to 52 bits; a window
 * is a power of two, so multiplying by its inverse is exact.
 */
export function __BIO_SEG_BOUNDARY(start: number, end: number, mask: number): boolean {
  const perWindow = 1 / (mask + 1);
  return Math.floor(start * perWindow) === Math.floor((end - 1) * perWindow);
}

/** Do both vectors lie within one segment boundary? Measured from the start of `a`, not of its segment. */
export function BIOVEC_SEG_BOUNDARY(kernel: Kernel, queue: RequestQueue, a: number, b: number): boolean {
  const end = bvec_to_phys(kernel, b) + kernel.bvecs.len[b]!;
  return __BIO_SEG_BOUNDARY(bvec_to_phys(kernel, a), end, queue.limits.seg_boundary_mask);
}

/**
 * The segments that a chain of bios makes (4.1), and the sizes of its first and last one for merges of requests. Those
 * sizes only ever grow: nothing resets them but `bio_reset`.
 */
function __blk_recalc_rq_segments(
  kernel: Kernel,
  limits: QueueLimits,
  first: Bio | undefined,
  noSgMerge: boolean,
): number {
  if (first === undefined) return 0;
  const { bvecs } = kernel;
  if (first.bi_rw & BIO_NO_ADVANCE_ITER_MASK) return 1;

  const { bounce_pfn, max_segment_size } = limits;
  const cluster = limits.cluster !== 0;
  const perWindow = 1 / (limits.seg_boundary_mask + 1);
  let last = first;
  let segments = 0;
  let size = 0;
  let start = 0;
  let end = 0;
  let previousHigh = true;
  for (let bio: Bio | undefined = first; bio; bio = bio.bi_next) {
    let bv = bio.bi_io_vec + bio.bi_idx;
    let done = bio.bi_bvec_done;
    let left = bio.bi_size;
    while (left > 0) {
      const pfn = bvecs.pfn[bv]!;
      const len = Math.min(left, bvecs.len[bv]! - done);
      const at = pfn * 4096 + bvecs.offset[bv]! + done;
      // A page that may bounce is a segment of its own: nobody knows yet where its copy will be.
      const high = !noSgMerge && pfn > bounce_pfn;
      if (
        !noSgMerge &&
        !high &&
        !previousHigh &&
        cluster &&
        end === at &&
        size + len <= max_segment_size &&
        Math.floor(start * perWindow) === Math.floor((at + len - 1) * perWindow)
      ) {
        size += len;
      } else {
        if (segments === 1) raiseFront(first, size);
        segments++;
        size = len;
        previousHigh = high;
      }
      start = at;
      end = at + len;
      left -= len;
      done = 0;
      bv++;
    }
    last = bio;
  }
  if (segments === 1) raiseFront(first, size);
  if (size > last.bi_seg_back_size) last.bi_seg_back_size = size;
  return segments;
}

function raiseFront(bio: Bio, size: number): void {
  if (size > bio.bi_seg_front_size) bio.bi_seg_front_size = size;
}

/** Counts a whole request anew. */
export function blk_recalc_rq_segments(kernel: Kernel, rq: Request): void {
  const { queue } = rq.disk;
  const noSgMerge = queue_no_sg_merge(queue);
  rq.nr_phys_segments = __blk_recalc_rq_segments(kernel, queue.limits, rq.bio, noSgMerge);
}

/** Brings bi_phys_segments up to date and marks it valid. */
export function blk_recount_segments(kernel: Kernel, queue: RequestQueue, bio: Bio): void {
  const cloned = (bio.bi_flags & BIO_CLONED) !== 0;
  const vectors = cloned ? bio_segments(kernel, bio) : bio.bi_vcnt;
  if (queue_no_sg_merge(queue) && vectors < queue.limits.max_segments) {
    bio.bi_phys_segments = vectors;
  } else {
    const next = bio.bi_next;
    bio.bi_next = undefined;
    bio.bi_phys_segments = __blk_recalc_rq_segments(kernel, queue.limits, bio, false);
    bio.bi_next = next;
  }
  bio.bi_flags |= BIO_SEG_VALID;
}

export function bio_phys_segments(kernel: Kernel, queue: RequestQueue, bio: Bio): number {
  if ((bio.bi_flags & BIO_SEG_VALID) === 0) blk_recount_segments(kernel, queue, bio);
  return bio.bi_phys_segments;
}

/** Would the last segment of `bio` and the first of `next` be one? */
export function blk_phys_contig_segment(kernel: Kernel, queue: RequestQueue, bio: Bio, next: Bio): boolean {
  const { bvecs } = kernel;
  const { limits } = queue;
  if (limits.cluster === 0) return false;
  if (bio.bi_seg_back_size + next.bi_seg_front_size > limits.max_segment_size) return false;
  if (!bio_has_data(bio)) return true;

  // The last vector, and what the bio uses of it.
  let bv = bio.bi_io_vec + bio.bi_idx;
  let done = bio.bi_bvec_done;
  let left = bio.bi_size;
  while (left > bvecs.len[bv]! - done) {
    left -= bvecs.len[bv]! - done;
    done = 0;
    bv++;
  }
  const start = bvec_to_phys(kernel, bv) + done;
  const at = bio_to_phys(kernel, next);
  if (start + left !== at) return false;
  return __BIO_SEG_BOUNDARY(start, at + bio_iter_len(kernel, next), limits.seg_boundary_mask);
}
