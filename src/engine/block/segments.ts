import type { Kernel } from '../kernel';
import type { RequestQueue } from './queue';
import { BIO_SEG_VALID } from './tables';

/** First physical byte of a vector. */
export function bvec_to_phys(kernel: Kernel, bv: number): number {
  return kernel.bvecs.pfn[bv]! * 4096 + kernel.bvecs.offset[bv]!;
}

/** Does `b` start where `a` ends? */
export function BIOVEC_PHYS_MERGEABLE(kernel: Kernel, a: number, b: number): boolean {
  return bvec_to_phys(kernel, a) + kernel.bvecs.len[a]! === bvec_to_phys(kernel, b);
}

/** Do both vectors lie within one segment boundary? Measured from the start of `a`, not of its segment. */
export function BIOVEC_SEG_BOUNDARY(kernel: Kernel, queue: RequestQueue, a: number, b: number): boolean {
  const window = queue.limits.seg_boundary_mask + 1;
  const last = bvec_to_phys(kernel, b) + kernel.bvecs.len[b]! - 1;
  return Math.floor(bvec_to_phys(kernel, a) / window) === Math.floor(last / window);
}

/** The segments a bio makes on this queue (4.1 `__blk_recalc_rq_segments`, one bio). */
export function blk_recalc_segments(kernel: Kernel, queue: RequestQueue, bio: number): number {
  const { bios, bvecs } = kernel;
  const { limits } = queue;
  const first = bios.bi_io_vec[bio]!;
  let segments = 0;
  let size = 0;
  let previousHigh = true;
  for (let bv = first; bv < first + bios.bi_vcnt[bio]!; bv++) {
    const len = bvecs.len[bv]!;
    const high = bvecs.pfn[bv]! > limits.bounce_pfn;
    const joins =
      !high &&
      !previousHigh &&
      limits.cluster &&
      size + len <= limits.max_segment_size &&
      BIOVEC_PHYS_MERGEABLE(kernel, bv - 1, bv) &&
      BIOVEC_SEG_BOUNDARY(kernel, queue, bv - 1, bv);
    if (joins) size += len;
    else {
      segments++;
      size = len;
    }
    previousHigh = high;
  }
  return segments;
}

/** Brings bi_phys_segments up to date and marks it valid. */
export function blk_recount_segments(kernel: Kernel, queue: RequestQueue, bio: number): void {
  const { bios } = kernel;
  const vectors = bios.bi_vcnt[bio]!;
  const estimate = queue.no_sg_merge && vectors < queue.limits.max_segments;
  bios.bi_phys_segments[bio] = estimate ? vectors : blk_recalc_segments(kernel, queue, bio);
  bios.bi_flags[bio]! |= BIO_SEG_VALID;
}
