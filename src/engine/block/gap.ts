import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { bvec_gap_to_prev } from './add';
import { bio_has_data, bio_iter_len, bio_iter_offset, bio_iter_pfn } from './iter';
import { biovec_phys_mergeable } from './map-sg-6.12';
import { queue_sg_gaps, type RequestQueue } from './queue';
import type { Request } from './requests';
import type { Bio } from './tables';

/** Whether a merge would leave a hole between two vectors that the device does not take. Both give bytes; 0 is none. */
export interface GapRule {
  /** What forbids it, by its kernel name. */
  readonly limit: string;
  forbidden(queue: RequestQueue): boolean;
  /** The hole that `bio` would leave as the last of a request, and as its first. */
  afterRequest(kernel: Kernel, queue: RequestQueue, rq: Request, bio: Bio): number;
  beforeRequest(kernel: Kernel, queue: RequestQueue, rq: Request, bio: Bio): number;
}

/** 4.1: QUEUE_FLAG_SG_GAPS, asked of the end of the request only, wherever the bio would go. */
export const gap41: GapRule = {
  limit: 'QUEUE_FLAG_SG_GAPS',
  forbidden: queue_sg_gaps,
  afterRequest: (kernel, _queue, rq, bio) => gapByVectors(kernel, rq.biotail!, bio),
  beforeRequest: (kernel, _queue, rq, bio) => gapByVectors(kernel, rq.biotail!, bio),
};

/**
 * By the first vector of `next`, wherever it stands, and by the last one of `bio`; where a fast clone has no count of
 * its own we take the vector it ends in.
 */
function gapByVectors(kernel: Kernel, bio: Bio, next: Bio): number {
  const { bvecs } = kernel;
  const vectors = bio.bi_vcnt;
  const last = vectors > 0 ? bio.bi_io_vec + vectors - 1 : lastVector(kernel, bio).bv;
  const end = bvecs.offset[last]! + bvecs.len[last]!;
  const offset = bvecs.offset[next.bi_io_vec]!;
  if (!bvec_gap_to_prev(end, offset)) return 0;
  return offset !== 0 ? offset : PAGE_SIZE - (end % PAGE_SIZE);
}

/**
 * 6.12 `bio_will_gap`: by the part of its vectors that a bio stands on. A request that does not itself start on the
 * boundary takes nobody, and neighbours in memory leave no hole (block/blk-merge.c).
 */
export const gap612: GapRule = {
  limit: 'virt_boundary_mask',
  forbidden: (queue) => queue.limits.virt_boundary_mask !== 0,
  afterRequest: (kernel, queue, rq, bio) => bio_will_gap(kernel, queue, rq.bio!, rq.biotail!, bio),
  beforeRequest: (kernel, queue, rq, bio) => bio_will_gap(kernel, queue, bio, bio, rq.bio!),
};

function bio_will_gap(kernel: Kernel, queue: RequestQueue, first: Bio, prev: Bio, next: Bio): number {
  if (!bio_has_data(prev)) return 0;
  const window = queue.limits.virt_boundary_mask + 1;
  const start = bio_iter_offset(kernel, first) % window;
  if (start !== 0) return start;
  const { bv, from, to } = lastVector(kernel, prev);
  const page = kernel.bvecs.pfn[bv]! * PAGE_SIZE;
  const offset = bio_iter_offset(kernel, next);
  const at = bio_iter_pfn(kernel, next) * PAGE_SIZE + offset;
  const neighbours = biovec_phys_mergeable(
    kernel,
    queue.limits,
    page + from,
    page + to,
    at,
    at + bio_iter_len(kernel, next),
  );
  if (neighbours) return 0;
  return offset % window !== 0 ? offset % window : (window - (to % window)) % window;
}

/** The vector a bio ends in, and which bytes of its page the bio has of it. */
function lastVector(kernel: Kernel, bio: Bio): { bv: number; from: number; to: number } {
  const { bvecs } = kernel;
  let bv = bio.bi_io_vec + bio.bi_idx;
  let done = bio.bi_bvec_done;
  let left = bio.bi_size;
  while (done + left > bvecs.len[bv]!) {
    left -= bvecs.len[bv]! - done;
    done = 0;
    bv++;
  }
  const start = bvecs.offset[bv]!;
  return { bv, from: start + done, to: start + done + left };
}
