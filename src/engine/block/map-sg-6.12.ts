import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { zone_device_pages_have_same_pgmap } from './add-6.12';
import { REQ_DISCARD, REQ_WRITE_SAME } from './flags';
import type { QueueLimits } from './limits';
import { traceSg } from './map-sg';
import type { Request } from './requests';
import { __BIO_SEG_BOUNDARY } from './segments';
import type { SgTable } from './sg-table';
import type { Bio } from './tables';

const UINT_MAX = 0xffffffff;

/** Bytes of the run at `paddr` that one segment can take. */
export function get_max_segment_size(limits: QueueLimits, paddr: number, len: number): number {
  const window = limits.seg_boundary_mask + 1;
  return Math.min(len, window - (paddr % window), limits.max_segment_size);
}

/** What a bio being measured has so far; `bvec_split_segs` adds to it. */
export interface SegmentCount {
  nsegs: number;
  bytes: number;
}

/**
 * Adds the segments of a vector, as far as `max_segs` and `max_bytes` allow. True: not all of it fits, so the bio must
 * be split inside. `paddr`: first physical byte; `offset`: where that is from the start of its page.
 */
export function bvec_split_segs(
  limits: QueueLimits,
  paddr: number,
  offset: number,
  bv_len: number,
  count: SegmentCount,
  max_segs: number,
  max_bytes: number,
): boolean {
  const max_len = Math.min(max_bytes, UINT_MAX) - count.bytes;
  let len = Math.min(bv_len, max_len);
  let total = 0;
  while (len > 0 && count.nsegs < max_segs) {
    const size = get_max_segment_size(limits, paddr + total, len);
    count.nsegs++;
    total += size;
    len -= size;
    // Inside a vector only a boundary of the queue can cut, and this device takes no gap there.
    if (limits.virt_boundary_mask !== 0 && (offset + total) % (limits.virt_boundary_mask + 1) !== 0) break;
  }
  count.bytes += total;
  return len > 0 || bv_len > max_len;
}

/** Does the second run start where the first ends, on the same device's pages, within one boundary? */
export function biovec_phys_mergeable(
  kernel: Kernel,
  limits: QueueLimits,
  start: number,
  end: number,
  next: number,
  nextEnd: number,
): boolean {
  return (
    end === next &&
    zone_device_pages_have_same_pgmap(kernel, start, next) &&
    __BIO_SEG_BOUNDARY(start, nextEnd, limits.seg_boundary_mask)
  );
}

const counted: SegmentCount = { nsegs: 0, bytes: 0 };

/** Counts a request's segments, vector by vector: nothing is joined, adding pages has done that. */
export function blk_recalc_rq_segments(kernel: Kernel, rq: Request): number {
  const { bvecs } = kernel;
  let bio = rq.bio;
  if (bio === undefined) return 0;
  if (bio.bi_rw & REQ_DISCARD) return 1;
  if (bio.bi_rw & REQ_WRITE_SAME) return 0;
  const { limits } = rq.disk.queue;
  counted.nsegs = 0;
  counted.bytes = 0;
  for (; bio !== undefined; bio = bio.bi_next) {
    let bv = bio.bi_io_vec + bio.bi_idx;
    let done = bio.bi_bvec_done;
    let left = bio.bi_size;
    while (left > 0) {
      const len = Math.min(left, bvecs.len[bv]! - done);
      const offset = bvecs.offset[bv]! + done;
      bvec_split_segs(limits, bvecs.pfn[bv]! * PAGE_SIZE + offset, offset, len, counted, UINT_MAX, UINT_MAX);
      left -= len;
      done = 0;
      bv++;
    }
  }
  return counted.nsegs;
}

/** 6.12: vectors are joined only where one bio ends and the next begins; long ones are cut at the queue's limits. */
export function blk_rq_map_sg(kernel: Kernel, rq: Request, sg: SgTable): number {
  sg.clear();
  const { limits } = rq.disk.queue;
  __blk_bios_map_sg(kernel, limits, rq.bio, sg);
  traceSg(kernel, rq, sg);
  return sg.nents;
}

function __blk_bios_map_sg(kernel: Kernel, limits: QueueLimits, first: Bio | undefined, sg: SgTable): void {
  const { bvecs } = kernel;
  // A discard has a length, but no data.
  if (first !== undefined && first.bi_rw & REQ_DISCARD) return;
  let start = 0;
  let end = 0;
  let newBio = false;
  for (let bio = first; bio; bio = bio.bi_next) {
    let bv = bio.bi_io_vec + bio.bi_idx;
    let done = bio.bi_bvec_done;
    let left = bio.bi_size;
    if (left === 0) continue;
    while (left > 0) {
      const len = Math.min(left, bvecs.len[bv]! - done);
      const offset = bvecs.offset[bv]! + done;
      const at = bvecs.pfn[bv]! * PAGE_SIZE + offset;
      const joins =
        newBio &&
        sg.nents > 0 &&
        sg.lastLength + len <= limits.max_segment_size &&
        biovec_phys_mergeable(kernel, limits, start, end, at, at + len);
      if (joins) sg.extend(len);
      else if (offset + len <= PAGE_SIZE) sg.add(at, len, bvecs.dev[bv]!);
      else blk_bvec_map_sg(limits, at, len, bvecs.dev[bv]!, sg);
      start = at;
      end = at + len;
      newBio = false;
      left -= len;
      done = 0;
      bv++;
    }
    newBio = true;
  }
}

function blk_bvec_map_sg(limits: QueueLimits, at: number, len: number, dev: number, sg: SgTable): void {
  while (len > 0) {
    const size = get_max_segment_size(limits, at, len);
    sg.add(at, size, dev);
    at += size;
    len -= size;
  }
}
