import { PAGE_SIZE } from '../../model/address';
import { NULL_PAGE } from '../posting';
import type { Kernel } from '../kernel';
import {
  BIO_SEG_VALID,
  REQ_COMMON_MASK,
  REQ_DISCARD,
  REQ_FAILFAST_MASK,
  REQ_MIXED_MERGE,
  REQ_NOMERGE,
  REQ_NOMERGE_FLAGS,
  REQ_RAHEAD,
  REQ_SECURE,
  REQ_WRITE,
  REQ_WRITE_SAME,
} from './flags';
import { bio_has_data, bio_iter_dev, bio_iter_offset, bio_iter_pfn, bio_sectors } from './iter';
import {
  blk_integrity_joined,
  blk_integrity_merge_bio,
  blk_integrity_merge_rq,
  type TagsRefuse,
} from './integrity/merge';
import { blk_max_size_offset, type RequestQueue } from './queue';
import type { Request } from './requests';
import { ruleText } from './rule';
import { bio_phys_segments, blk_phys_contig_segment, blk_recount_segments } from './segments';
import type { Bio } from './tables';

export const ELEVATOR_NO_MERGE = 0;
export const ELEVATOR_FRONT_MERGE = 1;
export const ELEVATOR_BACK_MERGE = 2;
export type ElevatorMerge =
  typeof ELEVATOR_NO_MERGE | typeof ELEVATOR_FRONT_MERGE | typeof ELEVATOR_BACK_MERGE;

/** Flags in which two that merge must agree. */
const SAME_FLAGS = REQ_DISCARD | REQ_SECURE | REQ_WRITE_SAME | REQ_WRITE;

function queueOf(rq: Request): RequestQueue {
  return rq.disk.queue;
}

function blk_rq_sectors(rq: Request): number {
  return rq.__data_len >>> 9;
}

/** Where on the disk a request ends. */
function rqEnd(rq: Request): number {
  return rq.__sector + blk_rq_sectors(rq);
}

/** Sectors that a request of this kind may have where it starts. */
export function blk_rq_get_max_sectors(rq: Request): number {
  const queue = queueOf(rq);
  const limit = queue.limits[operationLimit(rq.cmd_flags)];
  // A length in bytes has 32 bits, discards have no other limit than that.
  const max = Math.min(limit, 0xffffffff >>> 9);
  if (queue.limits.chunk_sectors === 0) return max;
  return Math.min(max, blk_max_size_offset(queue, rq.__sector));
}

function operationLimit(cmd_flags: number): 'max_discard_sectors' | 'max_write_same_sectors' | 'max_sectors' {
  if (cmd_flags & REQ_DISCARD) return 'max_discard_sectors';
  return cmd_flags & REQ_WRITE_SAME ? 'max_write_same_sectors' : 'max_sectors';
}

/** Whether a bio may join a request at all, wherever it lies. */
export function blk_rq_merge_ok(kernel: Kernel, rq: Request, bio: Bio): boolean {
  const cmd_flags = rq.cmd_flags;
  const rw = bio.bi_rw;
  if ((cmd_flags | rw) & REQ_NOMERGE_FLAGS) return false;
  if ((cmd_flags ^ rw) & SAME_FLAGS) return false;
  const disk = bio.bi_bdev.disk;
  if (rq.disk !== disk) return false;
  const tags = blk_integrity_merge_bio(kernel, rq, bio);
  if (tags) return blk_try_merge(rq, bio) !== ELEVATOR_NO_MERGE && refuseTags(kernel, rq, bio, tags);
  if (cmd_flags & REQ_WRITE_SAME && !blk_write_same_mergeable(kernel, rq.bio!, bio)) return false;
  const { gap } = kernel.block;
  if (!gap.forbidden(disk.queue)) return true;
  // Asked about every request there is: worth a word only where the two would have met.
  const side = blk_try_merge(rq, bio);
  const bytes =
    side === ELEVATOR_FRONT_MERGE
      ? gap.beforeRequest(kernel, disk.queue, rq, bio)
      : gap.afterRequest(kernel, disk.queue, rq, bio);
  if (bytes === 0) return true;
  if (side !== ELEVATOR_NO_MERGE) refuse(kernel, rq, bio, 'blk_rq_merge_ok', bytes, 'bytes', gap.limit, 0);
  return false;
}

/** Both would write the same bytes. Page-less ones have no `bio_data`, so v3 takes any two for the same. */
function blk_write_same_mergeable(kernel: Kernel, a: Bio, b: Bio): boolean {
  return bioData(kernel, a) === bioData(kernel, b);
}

function bioData(kernel: Kernel, bio: Bio): number {
  if (!bio_has_data(bio)) return -1;
  const page = kernel.posting.bvec_page(bio_iter_pfn(kernel, bio), bio_iter_dev(kernel, bio));
  return (page === NULL_PAGE ? 0 : page * PAGE_SIZE) + bio_iter_offset(kernel, bio);
}

/** On which side of the request the bio lies. */
export function blk_try_merge(rq: Request, bio: Bio): ElevatorMerge {
  const sector = bio.bi_sector;
  if (rqEnd(rq) === sector) return ELEVATOR_BACK_MERGE;
  if (rq.__sector - bio_sectors(bio) === sector) return ELEVATOR_FRONT_MERGE;
  return ELEVATOR_NO_MERGE;
}

export function ll_back_merge_fn(kernel: Kernel, rq: Request, bio: Bio): boolean {
  if (!fitsSectors(kernel, rq, bio, 'll_back_merge_fn', bio_sectors(bio))) return noMerge(rq);
  recountUnlessValid(kernel, rq, rq.biotail!);
  recountUnlessValid(kernel, rq, bio);
  return ll_new_hw_segment(kernel, rq, bio);
}

export function ll_front_merge_fn(kernel: Kernel, rq: Request, bio: Bio): boolean {
  if (!fitsSectors(kernel, rq, bio, 'll_front_merge_fn', bio_sectors(bio))) return noMerge(rq);
  recountUnlessValid(kernel, rq, bio);
  recountUnlessValid(kernel, rq, rq.bio!);
  return ll_new_hw_segment(kernel, rq, bio);
}

function recountUnlessValid(kernel: Kernel, rq: Request, bio: Bio): void {
  if (bio.bi_flags & BIO_SEG_VALID) return;
  blk_recount_segments(kernel, queueOf(rq), bio);
}

/** The counts are added: that two segments may become one where bio and request meet is not looked at. */
function ll_new_hw_segment(kernel: Kernel, rq: Request, bio: Bio): boolean {
  const queue = queueOf(rq);
  const segments = rq.nr_phys_segments + bio_phys_segments(kernel, queue, bio);
  const { max_segments } = queue.limits;
  if (segments > max_segments) {
    refuse(kernel, rq, bio, 'll_new_hw_segment', segments, 'segments', 'max_segments', max_segments);
    return noMerge(rq);
  }
  const tags = blk_integrity_merge_bio(kernel, rq, bio);
  if (tags) {
    refuseTags(kernel, rq, bio, tags);
    return noMerge(rq);
  }
  blk_integrity_joined(kernel, rq, bio);
  rq.nr_phys_segments = segments;
  return true;
}

/** A request that was too large once is never asked again. The caller's `last_merge` must not be it any more. */
function noMerge(rq: Request): false {
  rq.cmd_flags |= REQ_NOMERGE;
  return false;
}

function fitsSectors(kernel: Kernel, rq: Request, bio: Bio, where: string, more: number): boolean {
  const sectors = blk_rq_sectors(rq) + more;
  const max = blk_rq_get_max_sectors(rq);
  if (sectors <= max) return true;
  const queue = queueOf(rq);
  const chunk = queue.limits.chunk_sectors !== 0;
  const cut = chunk && max === blk_max_size_offset(queue, rq.__sector);
  const name = cut ? 'chunk_sectors_left' : operationLimit(rq.cmd_flags);
  refuse(kernel, rq, bio, where, sectors, 'sectors', name, max);
  return false;
}

/** Whether `next` can follow `rq`. Here, unlike above, segments that meet may become one. */
export function ll_merge_requests_fn(kernel: Kernel, rq: Request, next: Request): boolean {
  const queue = queueOf(rq);
  const tail = rq.biotail!;
  const head = next.bio!;
  const size = tail.bi_seg_back_size + head.bi_seg_front_size;
  const { gap } = kernel.block;
  if (gap.forbidden(queue)) {
    const bytes = gap.afterRequest(kernel, queue, rq, head);
    if (bytes !== 0) return refuse(kernel, rq, head, 'll_merge_requests_fn', bytes, 'bytes', gap.limit, 0);
  }
  if (!fitsSectors(kernel, rq, head, 'll_merge_requests_fn', blk_rq_sectors(next))) return false;

  let segments = rq.nr_phys_segments + next.nr_phys_segments;
  if (kernel.block.joinsAtSeam && blk_phys_contig_segment(kernel, queue, tail, head)) {
    if (rq.nr_phys_segments === 1) rq.bio!.bi_seg_front_size = size;
    if (next.nr_phys_segments === 1) next.biotail!.bi_seg_back_size = size;
    segments--;
  }
  const { max_segments } = queue.limits;
  if (segments > max_segments) {
    return refuse(
      kernel,
      rq,
      head,
      'll_merge_requests_fn',
      segments,
      'segments',
      'max_segments',
      max_segments,
    );
  }
  const tags = blk_integrity_merge_rq(kernel, rq, next);
  if (tags) return refuseTags(kernel, rq, head, tags);
  rq.nr_phys_segments = segments;
  return true;
}

function refuseTags(kernel: Kernel, rq: Request, bio: Bio, tags: NonNullable<TagsRefuse>): false {
  const max = rq.disk.queue.limits.max_integrity_segments;
  const name = 'max_integrity_segments';
  return refuse(kernel, rq, bio, 'blk_integrity_merge_bio', tags.segments, 'segments', name, max);
}

/** Says in the Recording, and in `kernel.refusal`, why `bio` does not join `rq`. */
function refuse(
  kernel: Kernel,
  rq: Request,
  bio: Bio,
  where: string,
  value: number,
  unit: string,
  limitName: string,
  limit: number,
): false {
  const { trace } = kernel;
  const disk = rq.disk;
  kernel.refusal = ruleText(where, value, unit, '>', limitName, limit, disk.name);
  const sectors = bio_sectors(bio);
  const serial = rq.serial;
  const rw = bio.bi_rw;
  trace.bio(
    trace.id.blk_rq_merge_ok,
    disk.id,
    bio,
    bio.bi_sector,
    serial,
    sectors,
    0,
    rw,
    trace.note(kernel.refusal),
  );
  return false;
}

/** The bio becomes the last of the request, if that still keeps the limits. */
export function bio_attempt_back_merge(kernel: Kernel, rq: Request, bio: Bio): boolean {
  const { trace } = kernel;
  if (!ll_back_merge_fn(kernel, rq, bio)) return false;
  traceMerge(kernel, trace.id.block_bio_backmerge, rq, bio);
  mixFailfast(rq, bio.bi_rw);
  rq.biotail!.bi_next = bio;
  rq.biotail = bio;
  rq.__data_len += bio.bi_size;
  return true;
}

/** The bio becomes the first of the request, if that still keeps the limits. */
export function bio_attempt_front_merge(kernel: Kernel, rq: Request, bio: Bio): boolean {
  const { trace } = kernel;
  if (!ll_front_merge_fn(kernel, rq, bio)) return false;
  traceMerge(kernel, trace.id.block_bio_frontmerge, rq, bio);
  mixFailfast(rq, bio.bi_rw);
  bio.bi_next = rq.bio;
  rq.bio = bio;
  rq.__sector = bio.bi_sector;
  rq.__data_len += bio.bi_size;
  return true;
}

function traceMerge(kernel: Kernel, name: number, rq: Request, bio: Bio): void {
  const { trace } = kernel;
  const sectors = bio_sectors(bio);
  trace.bio(name, bio.bi_bdev.id, bio, bio.bi_sector, rq.serial, sectors, 0, bio.bi_rw);
}

function mixFailfast(rq: Request, rw: number): void {
  if ((rq.cmd_flags ^ rw) & REQ_FAILFAST_MASK) blk_rq_set_mixed_merge(rq);
}

/** From here on each bio says for itself how it may fail; until now the request did for all. */
function blk_rq_set_mixed_merge(rq: Request): void {
  const cmd_flags = rq.cmd_flags;
  if (cmd_flags & REQ_MIXED_MERGE) return;
  for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) {
    bio.bi_rw |= cmd_flags & REQ_FAILFAST_MASK;
  }
  rq.cmd_flags = cmd_flags | REQ_MIXED_MERGE;
}

/**
 * Appends `next` to `rq` where it follows it and the limits allow. True: the caller takes `next` out of its elevator
 * and releases it; its bios belong to `rq` now, though it still names them.
 */
export function attempt_merge(kernel: Kernel, rq: Request, next: Request): boolean {
  const flags = rq.cmd_flags;
  const nextFlags = next.cmd_flags;
  if ((flags | nextFlags) & REQ_NOMERGE_FLAGS) return false;
  if ((flags ^ nextFlags) & SAME_FLAGS) return false;
  if (rqEnd(rq) !== next.__sector) return false;
  if (rq.disk !== next.disk) return false;
  const head = next.bio!;
  if (flags & REQ_WRITE_SAME && !blk_write_same_mergeable(kernel, rq.bio!, head)) return false;
  if (!ll_merge_requests_fn(kernel, rq, next)) return false;

  if ((flags | nextFlags) & REQ_MIXED_MERGE || (flags ^ nextFlags) & REQ_FAILFAST_MASK) {
    blk_rq_set_mixed_merge(rq);
    blk_rq_set_mixed_merge(next);
  }
  rq.start_time = Math.min(rq.start_time, next.start_time);
  rq.biotail!.bi_next = head;
  rq.biotail = next.biotail;
  rq.__data_len += next.__data_len;
  return true;
}

/** Makes a request the request of one bio. */
export function init_request_from_bio(kernel: Kernel, rq: Request, bio: Bio): void {
  const rw = bio.bi_rw;
  rq.cmd_flags |= rw & REQ_COMMON_MASK;
  if (rw & REQ_RAHEAD) rq.cmd_flags |= REQ_FAILFAST_MASK;
  rq.__sector = bio.bi_sector;
  blk_rq_bio_prep(kernel, rq, bio);
}

export function blk_rq_bio_prep(kernel: Kernel, rq: Request, bio: Bio): void {
  const disk = bio.bi_bdev.disk;
  rq.cmd_flags |= bio.bi_rw & REQ_WRITE;
  rq.nr_phys_segments = bio_has_data(bio) ? bio_phys_segments(kernel, disk.queue, bio) : 0;
  rq.__data_len = bio.bi_size;
  rq.bio = bio;
  rq.biotail = bio;
  rq.disk = disk;
  blk_integrity_joined(kernel, rq, bio);
}
