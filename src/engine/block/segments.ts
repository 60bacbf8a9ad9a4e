import type { Kernel } from '../kernel';
import { BIO_CLONED, BIO_NO_ADVANCE_ITER_MASK, BIO_SEG_VALID } from './flags';
import { bio_has_data, bio_iter_len, bio_iter_offset, bio_iter_pfn, bio_segments } from './iter';
import type { QueueLimits } from './limits';
import { queue_no_sg_merge, type RequestQueue } from './queue';
import { NONE, type BioTable } from './tables';

/** First physical byte of a vector. */
export function bvec_to_phys(kernel: Kernel, bv: number): number {
  return kernel.bvecs.pfn[bv]! * 4096 + kernel.bvecs.offset[bv]!;
}

/** First physical byte of what remains of a bio. */
export function bio_to_phys(kernel: Kernel, bio: number): number {
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
  bio: number,
  noSgMerge: boolean,
): number {
  if (bio === NONE) return 0;
  const { bios, bvecs } = kernel;
  if (bios.bi_rw[bio]! & BIO_NO_ADVANCE_ITER_MASK) return 1;

  const { bounce_pfn, max_segment_size } = limits;
  const cluster = limits.cluster !== 0;
  const perWindow = 1 / (limits.seg_boundary_mask + 1);
  const first = bio;
  let last = bio;
  let segments = 0;
  let size = 0;
  let start = 0;
  let end = 0;
  let previousHigh = true;
  for (; bio !== NONE; bio = bios.bi_next[bio]!) {
    let bv = bios.bi_io_vec[bio]! + bios.bi_idx[bio]!;
    let done = bios.bi_bvec_done[bio]!;
    let left = bios.bi_size[bio]!;
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
        if (segments === 1) raiseFront(bios, first, size);
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
  if (segments === 1) raiseFront(bios, first, size);
  if (size > bios.bi_seg_back_size[last]!) bios.bi_seg_back_size[last] = size;
  return segments;
}

function raiseFront(bios: BioTable, bio: number, size: number): void {
  if (size > bios.bi_seg_front_size[bio]!) bios.bi_seg_front_size[bio] = size;
}

/** Counts a whole request anew. */
export function blk_recalc_rq_segments(kernel: Kernel, rq: number): void {
  const { requests } = kernel;
  const { queue } = kernel.disk(requests.disk[rq]!);
  const noSgMerge = queue_no_sg_merge(queue);
  requests.nr_phys_segments[rq] = __blk_recalc_rq_segments(
    kernel,
    queue.limits,
    requests.bio[rq]!,
    noSgMerge,
  );
}

/** Brings bi_phys_segments up to date and marks it valid. */
export function blk_recount_segments(kernel: Kernel, queue: RequestQueue, bio: number): void {
  const { bios } = kernel;
  const cloned = (bios.bi_flags[bio]! & BIO_CLONED) !== 0;
  const vectors = cloned ? bio_segments(kernel, bio) : bios.bi_vcnt[bio]!;
  if (queue_no_sg_merge(queue) && vectors < queue.limits.max_segments) {
    bios.bi_phys_segments[bio] = vectors;
  } else {
    const next = bios.bi_next[bio]!;
    bios.bi_next[bio] = NONE;
    bios.bi_phys_segments[bio] = __blk_recalc_rq_segments(kernel, queue.limits, bio, false);
    bios.bi_next[bio] = next;
  }
  bios.bi_flags[bio]! |= BIO_SEG_VALID;
}

export function bio_phys_segments(kernel: Kernel, queue: RequestQueue, bio: number): number {
  const { bios } = kernel;
  if ((bios.bi_flags[bio]! & BIO_SEG_VALID) === 0) blk_recount_segments(kernel, queue, bio);
  return bios.bi_phys_segments[bio]!;
}

/** Would the last segment of `bio` and the first of `next` be one? */
export function blk_phys_contig_segment(
  kernel: Kernel,
  queue: RequestQueue,
  bio: number,
  next: number,
): boolean {
  const { bios, bvecs } = kernel;
  const { limits } = queue;
  if (limits.cluster === 0) return false;
  if (bios.bi_seg_back_size[bio]! + bios.bi_seg_front_size[next]! > limits.max_segment_size) return false;
  if (!bio_has_data(kernel, bio)) return true;

  // The last vector, and what the bio uses of it.
  let bv = bios.bi_io_vec[bio]! + bios.bi_idx[bio]!;
  let done = bios.bi_bvec_done[bio]!;
  let left = bios.bi_size[bio]!;
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
