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
import { blk_max_size_offset, type RequestQueue } from './queue';
import { ruleText } from './rule';
import { bio_phys_segments, blk_phys_contig_segment, blk_recount_segments } from './segments';
import { NONE } from './tables';

export const ELEVATOR_NO_MERGE = 0;
export const ELEVATOR_FRONT_MERGE = 1;
export const ELEVATOR_BACK_MERGE = 2;
export type ElevatorMerge =
  typeof ELEVATOR_NO_MERGE | typeof ELEVATOR_FRONT_MERGE | typeof ELEVATOR_BACK_MERGE;

/** Flags in which two that merge must agree. */
const SAME_FLAGS = REQ_DISCARD | REQ_SECURE | REQ_WRITE_SAME | REQ_WRITE;

function queueOf(kernel: Kernel, rq: number): RequestQueue {
  return kernel.disk(kernel.requests.disk[rq]!).queue;
}

function blk_rq_sectors(kernel: Kernel, rq: number): number {
  return kernel.requests.__data_len[rq]! >>> 9;
}

/** Where on the disk a request ends. */
function rqEnd(kernel: Kernel, rq: number): number {
  return kernel.requests.__sector[rq]! + blk_rq_sectors(kernel, rq);
}

/** Sectors that a request of this kind may have where it starts. */
export function blk_rq_get_max_sectors(kernel: Kernel, rq: number): number {
  const queue = queueOf(kernel, rq);
  const limit = queue.limits[operationLimit(kernel.requests.cmd_flags[rq]!)];
  // A length in bytes has 32 bits, discards have no other limit than that.
  const max = Math.min(limit, 0xffffffff >>> 9);
  if (queue.limits.chunk_sectors === 0) return max;
  return Math.min(max, blk_max_size_offset(queue, kernel.requests.__sector[rq]!));
}

function operationLimit(cmd_flags: number): 'max_discard_sectors' | 'max_write_same_sectors' | 'max_sectors' {
  if (cmd_flags & REQ_DISCARD) return 'max_discard_sectors';
  return cmd_flags & REQ_WRITE_SAME ? 'max_write_same_sectors' : 'max_sectors';
}

/** Whether a bio may join a request at all, wherever it lies. */
export function blk_rq_merge_ok(kernel: Kernel, rq: number, bio: number): boolean {
  const { bios, requests } = kernel;
  const cmd_flags = requests.cmd_flags[rq]!;
  const rw = bios.bi_rw[bio]!;
  if ((cmd_flags | rw) & REQ_NOMERGE_FLAGS) return false;
  if ((cmd_flags ^ rw) & SAME_FLAGS) return false;
  const disk = kernel.disk(bios.bi_bdev[bio]!);
  if (requests.disk[rq] !== disk.id) return false;
  if (cmd_flags & REQ_WRITE_SAME && !blk_write_same_mergeable(kernel, requests.bio[rq]!, bio)) return false;
  const { gap } = kernel.block;
  if (!gap.forbidden(disk.queue)) return true;
  // Asked about every request there is: worth a word only where the two would have met.
  const side = blk_try_merge(kernel, rq, bio);
  const bytes =
    side === ELEVATOR_FRONT_MERGE
      ? gap.beforeRequest(kernel, disk.queue, rq, bio)
      : gap.afterRequest(kernel, disk.queue, rq, bio);
  if (bytes === 0) return true;
  if (side !== ELEVATOR_NO_MERGE) refuse(kernel, rq, bio, 'blk_rq_merge_ok', bytes, 'bytes', gap.limit, 0);
  return false;
}

/** Both would write the same bytes. Page-less ones have no `bio_data`, so v3 takes any two for the same. */
function blk_write_same_mergeable(kernel: Kernel, a: number, b: number): boolean {
  return bioData(kernel, a) === bioData(kernel, b);
}

function bioData(kernel: Kernel, bio: number): number {
  if (!bio_has_data(kernel, bio)) return -1;
  const page = kernel.posting.bvec_page(bio_iter_pfn(kernel, bio), bio_iter_dev(kernel, bio));
  return (page === NULL_PAGE ? 0 : page * PAGE_SIZE) + bio_iter_offset(kernel, bio);
}

/** On which side of the request the bio lies. */
export function blk_try_merge(kernel: Kernel, rq: number, bio: number): ElevatorMerge {
  const sector = kernel.bios.bi_sector[bio]!;
  if (rqEnd(kernel, rq) === sector) return ELEVATOR_BACK_MERGE;
  if (kernel.requests.__sector[rq]! - bio_sectors(kernel, bio) === sector) return ELEVATOR_FRONT_MERGE;
  return ELEVATOR_NO_MERGE;
}

export function ll_back_merge_fn(kernel: Kernel, rq: number, bio: number): boolean {
  if (!fitsSectors(kernel, rq, bio, 'll_back_merge_fn', bio_sectors(kernel, bio))) return noMerge(kernel, rq);
  recountUnlessValid(kernel, rq, kernel.requests.biotail[rq]!);
  recountUnlessValid(kernel, rq, bio);
  return ll_new_hw_segment(kernel, rq, bio);
}

export function ll_front_merge_fn(kernel: Kernel, rq: number, bio: number): boolean {
  if (!fitsSectors(kernel, rq, bio, 'll_front_merge_fn', bio_sectors(kernel, bio)))
    return noMerge(kernel, rq);
  recountUnlessValid(kernel, rq, bio);
  recountUnlessValid(kernel, rq, kernel.requests.bio[rq]!);
  return ll_new_hw_segment(kernel, rq, bio);
}

function recountUnlessValid(kernel: Kernel, rq: number, bio: number): void {
  if (kernel.bios.bi_flags[bio]! & BIO_SEG_VALID) return;
  blk_recount_segments(kernel, queueOf(kernel, rq), bio);
}

/** The counts are added: that two segments may become one where bio and request meet is not looked at. */
function ll_new_hw_segment(kernel: Kernel, rq: number, bio: number): boolean {
  const { requests } = kernel;
  const queue = queueOf(kernel, rq);
  const segments = requests.nr_phys_segments[rq]! + bio_phys_segments(kernel, queue, bio);
  const { max_segments } = queue.limits;
  if (segments > max_segments) {
    refuse(kernel, rq, bio, 'll_new_hw_segment', segments, 'segments', 'max_segments', max_segments);
    return noMerge(kernel, rq);
  }
  requests.nr_phys_segments[rq] = segments;
  return true;
}

/** A request that was too large once is never asked again. The caller's `last_merge` must not be it any more. */
function noMerge(kernel: Kernel, rq: number): false {
  kernel.requests.cmd_flags[rq]! |= REQ_NOMERGE;
  return false;
}

function fitsSectors(kernel: Kernel, rq: number, bio: number, where: string, more: number): boolean {
  const sectors = blk_rq_sectors(kernel, rq) + more;
  const max = blk_rq_get_max_sectors(kernel, rq);
  if (sectors <= max) return true;
  const queue = queueOf(kernel, rq);
  const chunk = queue.limits.chunk_sectors !== 0;
  const cut = chunk && max === blk_max_size_offset(queue, kernel.requests.__sector[rq]!);
  const name = cut ? 'chunk_sectors_left' : operationLimit(kernel.requests.cmd_flags[rq]!);
  refuse(kernel, rq, bio, where, sectors, 'sectors', name, max);
  return false;
}

/** Whether `next` can follow `rq`. Here, unlike above, segments that meet may become one. */
export function ll_merge_requests_fn(kernel: Kernel, rq: number, next: number): boolean {
  const { bios, requests } = kernel;
  const queue = queueOf(kernel, rq);
  const tail = requests.biotail[rq]!;
  const head = requests.bio[next]!;
  const size = bios.bi_seg_back_size[tail]! + bios.bi_seg_front_size[head]!;
  const { gap } = kernel.block;
  if (gap.forbidden(queue)) {
    const bytes = gap.afterRequest(kernel, queue, rq, head);
    if (bytes !== 0) return refuse(kernel, rq, head, 'll_merge_requests_fn', bytes, 'bytes', gap.limit, 0);
  }
  if (!fitsSectors(kernel, rq, head, 'll_merge_requests_fn', blk_rq_sectors(kernel, next))) return false;

  let segments = requests.nr_phys_segments[rq]! + requests.nr_phys_segments[next]!;
  if (blk_phys_contig_segment(kernel, queue, tail, head)) {
    if (requests.nr_phys_segments[rq] === 1) bios.bi_seg_front_size[requests.bio[rq]!] = size;
    if (requests.nr_phys_segments[next] === 1) bios.bi_seg_back_size[requests.biotail[next]!] = size;
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
  requests.nr_phys_segments[rq] = segments;
  return true;
}

/** Says in the Recording, and in `kernel.refusal`, why `bio` does not join `rq`. */
function refuse(
  kernel: Kernel,
  rq: number,
  bio: number,
  where: string,
  value: number,
  unit: string,
  limitName: string,
  limit: number,
): false {
  const { bios, requests, trace } = kernel;
  const disk = kernel.disk(requests.disk[rq]!);
  kernel.refusal = ruleText(where, value, unit, '>', limitName, limit, disk.name);
  const sectors = bio_sectors(kernel, bio);
  const serial = requests.serial[rq]!;
  const rw = bios.bi_rw[bio]!;
  trace.bio(
    trace.id.blk_rq_merge_ok,
    disk.id,
    bio,
    bios.bi_sector[bio]!,
    serial,
    sectors,
    0,
    rw,
    trace.note(kernel.refusal),
  );
  return false;
}

/** The bio becomes the last of the request, if that still keeps the limits. */
export function bio_attempt_back_merge(kernel: Kernel, rq: number, bio: number): boolean {
  const { bios, requests, trace } = kernel;
  if (!ll_back_merge_fn(kernel, rq, bio)) return false;
  traceMerge(kernel, trace.id.block_bio_backmerge, rq, bio);
  mixFailfast(kernel, rq, bios.bi_rw[bio]!);
  bios.bi_next[requests.biotail[rq]!] = bio;
  requests.biotail[rq] = bio;
  requests.__data_len[rq]! += bios.bi_size[bio]!;
  return true;
}

/** The bio becomes the first of the request, if that still keeps the limits. */
export function bio_attempt_front_merge(kernel: Kernel, rq: number, bio: number): boolean {
  const { bios, requests, trace } = kernel;
  if (!ll_front_merge_fn(kernel, rq, bio)) return false;
  traceMerge(kernel, trace.id.block_bio_frontmerge, rq, bio);
  mixFailfast(kernel, rq, bios.bi_rw[bio]!);
  bios.bi_next[bio] = requests.bio[rq]!;
  requests.bio[rq] = bio;
  requests.__sector[rq] = bios.bi_sector[bio]!;
  requests.__data_len[rq]! += bios.bi_size[bio]!;
  return true;
}

function traceMerge(kernel: Kernel, name: number, rq: number, bio: number): void {
  const { bios, requests, trace } = kernel;
  const sectors = bio_sectors(kernel, bio);
  trace.bio(
    name,
    bios.bi_bdev[bio]!,
    bio,
    bios.bi_sector[bio]!,
    requests.serial[rq]!,
    sectors,
    0,
    bios.bi_rw[bio]!,
  );
}

function mixFailfast(kernel: Kernel, rq: number, rw: number): void {
  if ((kernel.requests.cmd_flags[rq]! ^ rw) & REQ_FAILFAST_MASK) blk_rq_set_mixed_merge(kernel, rq);
}

/** From here on each bio says for itself how it may fail; until now the request did for all. */
function blk_rq_set_mixed_merge(kernel: Kernel, rq: number): void {
  const { bios, requests } = kernel;
  const cmd_flags = requests.cmd_flags[rq]!;
  if (cmd_flags & REQ_MIXED_MERGE) return;
  for (let bio = requests.bio[rq]!; bio !== NONE; bio = bios.bi_next[bio]!) {
    bios.bi_rw[bio]! |= cmd_flags & REQ_FAILFAST_MASK;
  }
  requests.cmd_flags[rq] = cmd_flags | REQ_MIXED_MERGE;
}

/**
 * Appends `next` to `rq` where it follows it and the limits allow. True: the caller takes `next` out of its elevator
 * and releases it; its bios belong to `rq` now, though it still names them.
 */
export function attempt_merge(kernel: Kernel, rq: number, next: number): boolean {
  const { bios, requests } = kernel;
  const flags = requests.cmd_flags[rq]!;
  const nextFlags = requests.cmd_flags[next]!;
  if ((flags | nextFlags) & REQ_NOMERGE_FLAGS) return false;
  if ((flags ^ nextFlags) & SAME_FLAGS) return false;
  if (rqEnd(kernel, rq) !== requests.__sector[next]) return false;
  if (requests.disk[rq] !== requests.disk[next]) return false;
  const head = requests.bio[next]!;
  if (flags & REQ_WRITE_SAME && !blk_write_same_mergeable(kernel, requests.bio[rq]!, head)) return false;
  if (!ll_merge_requests_fn(kernel, rq, next)) return false;

  if ((flags | nextFlags) & REQ_MIXED_MERGE || (flags ^ nextFlags) & REQ_FAILFAST_MASK) {
    blk_rq_set_mixed_merge(kernel, rq);
    blk_rq_set_mixed_merge(kernel, next);
  }
  requests.start_time[rq] = Math.min(requests.start_time[rq]!, requests.start_time[next]!);
  bios.bi_next[requests.biotail[rq]!] = head;
  requests.biotail[rq] = requests.biotail[next]!;
  requests.__data_len[rq]! += requests.__data_len[next]!;
  return true;
}

/** Makes a request the request of one bio. */
export function init_request_from_bio(kernel: Kernel, rq: number, bio: number): void {
  const { bios, requests } = kernel;
  const rw = bios.bi_rw[bio]!;
  requests.cmd_flags[rq]! |= rw & REQ_COMMON_MASK;
  if (rw & REQ_RAHEAD) requests.cmd_flags[rq]! |= REQ_FAILFAST_MASK;
  requests.__sector[rq] = bios.bi_sector[bio]!;
  blk_rq_bio_prep(kernel, rq, bio);
}

export function blk_rq_bio_prep(kernel: Kernel, rq: number, bio: number): void {
  const { bios, requests } = kernel;
  const disk = kernel.disk(bios.bi_bdev[bio]!);
  requests.cmd_flags[rq]! |= bios.bi_rw[bio]! & REQ_WRITE;
  requests.nr_phys_segments[rq] = bio_has_data(kernel, bio) ? bio_phys_segments(kernel, disk.queue, bio) : 0;
  requests.__data_len[rq] = bios.bi_size[bio]!;
  requests.bio[rq] = bio;
  requests.biotail[rq] = bio;
  requests.disk[rq] = disk.id;
}
