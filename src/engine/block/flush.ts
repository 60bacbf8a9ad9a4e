import type { Kernel } from '../kernel';
import { blk_update_request } from './complete';
import { REQ_FLUSH, REQ_FLUSH_SEQ, REQ_FUA } from './flags';
import type { Disk } from './queue';
import type { RequestState } from './request-state';
import type { Request } from './requests';

/** Steps of a FLUSH/FUA request that are done (4.1 blk-flush.c). */
const REQ_FSEQ_PREFLUSH = 1;
const REQ_FSEQ_DATA = 2;
const REQ_FSEQ_POSTFLUSH = 4;
const REQ_FSEQ_DONE = 8;
const REQ_FSEQ_ACTIONS = REQ_FSEQ_PREFLUSH | REQ_FSEQ_DATA | REQ_FSEQ_POSTFLUSH;

/** Nanoseconds a flush may wait for writes in flight: FLUSH_PENDING_TIMEOUT, 5 s. */
const FLUSH_PENDING_TIMEOUT = 5e9;

/** How the two kinds of queue take a request that is already on its way: single-queue and multi-queue differ. */
export interface FlushInsertion {
  /** Puts a sequenced request where the driver finds it next, or last. True: the queue must be run. */
  queue(kernel: Kernel, disk: Disk, rq: Request, front: boolean): boolean;
  /** A request that needs no flush after all. False: the caller goes on with it as with any other. */
  plain(kernel: Kernel, disk: Disk, rq: Request): boolean;
  run(kernel: Kernel, disk: Disk): void;
  /** A request has ended: later kernels say so. */
  done(kernel: Kernel, rq: Request): void;
  free(kernel: Kernel, disk: Disk, rq: Request): void;
  /** `cmd_flags` of the flush request, and what a request of a sequence must have besides its own. */
  readonly flags: number;
  readonly sync: number;
}

/** What a request needs here, as a set of steps: only what the device has a cache for. */
function blk_flush_policy(disk: Disk, rq: Request): number {
  const { flush_flags } = disk.queue;
  const flags = rq.cmd_flags;
  let policy = rq.__data_len > 0 ? REQ_FSEQ_DATA : 0;
  if (flush_flags & REQ_FLUSH) {
    if (flags & REQ_FLUSH) policy |= REQ_FSEQ_PREFLUSH;
    if (flags & REQ_FUA && !(flush_flags & REQ_FUA)) policy |= REQ_FSEQ_POSTFLUSH;
  }
  return policy;
}

/**
 * Starts the sequence PREFLUSH - DATA - POSTFLUSH, without the steps this request does not need. False: it needs no
 * sequence, and the caller goes on with it.
 */
export function blk_insert_flush(kernel: Kernel, disk: Disk, rq: Request, how: FlushInsertion): boolean {
  const policy = blk_flush_policy(disk, rq);
  rq.cmd_flags &= ~REQ_FLUSH;
  if (!(disk.queue.flush_flags & REQ_FUA)) rq.cmd_flags &= ~REQ_FUA;
  rq.cmd_flags |= how.sync;
  if (policy === REQ_FSEQ_DATA) return how.plain(kernel, disk, rq);
  if (policy === 0) {
    blk_update_request(kernel, rq, 0);
    how.done(kernel, rq);
    how.free(kernel, disk, rq);
  } else {
    rq.cmd_flags |= REQ_FLUSH_SEQ;
    rq.flush_seq = 0;
    blk_flush_complete_seq(kernel, disk, rq, REQ_FSEQ_ACTIONS & ~policy, 0, how);
  }
  return true;
}

/** Steps `seq` are done: on to the next. True: something was queued, so the queue must run. */
function blk_flush_complete_seq(
  kernel: Kernel,
  disk: Disk,
  rq: Request,
  seq: number,
  error: number,
  how: FlushInsertion,
): boolean {
  const { fq } = requestState(disk);
  rq.flush_seq |= seq;
  const done = rq.flush_seq;
  const next = error !== 0 ? REQ_FSEQ_DONE : ~done & (done + 1);
  let queued = false;
  remove(fq.flush_data_in_flight, rq);
  if (next === REQ_FSEQ_DONE) {
    // The data step has taken the bio off; it is the last one, and the only one.
    rq.bio = rq.biotail;
    rq.cmd_flags &= ~REQ_FLUSH_SEQ;
    blk_update_request(kernel, rq, error);
    how.done(kernel, rq);
    how.free(kernel, disk, rq);
  } else if (next === REQ_FSEQ_DATA) {
    fq.flush_data_in_flight.push(rq);
    queued = how.queue(kernel, disk, rq, true);
  } else {
    const pending = fq.flush_queue[fq.flush_pending_idx]!;
    if (pending.length === 0) fq.flush_pending_since = kernel.clock.now;
    pending.push(rq);
  }
  return blk_kick_flush(kernel, disk, how) || queued;
}

/** Issues one flush for all that wait, unless one runs (C1) or a write of a sequence is in flight (C2, C3). */
function blk_kick_flush(kernel: Kernel, disk: Disk, how: FlushInsertion): boolean {
  const { requests } = kernel;
  const { fq } = requestState(disk);
  const pending = fq.flush_queue[fq.flush_pending_idx]!;
  if (fq.flush_pending_idx !== fq.flush_running_idx || pending.length === 0) return false;
  const waits = kernel.clock.now < fq.flush_pending_since + FLUSH_PENDING_TIMEOUT;
  if (fq.flush_data_in_flight.length > 0 && waits) return false;
  fq.flush_pending_idx ^= 1;
  const flush = requests.alloc(disk);
  flush.cmd_flags = how.flags | REQ_FLUSH_SEQ;
  fq.flush_rq = flush;
  return how.queue(kernel, disk, flush, false);
}

/** Ends a request that is part of a sequence. Gives false for any other, which the caller ends itself. */
export function endsSequenceStep(
  kernel: Kernel,
  disk: Disk,
  rq: Request,
  error: number,
  how: FlushInsertion,
): boolean {
  if ((rq.cmd_flags & REQ_FLUSH_SEQ) === 0) return false;
  blk_update_request(kernel, rq, error);
  how.done(kernel, rq);
  if (rq === requestState(disk).fq.flush_rq) flush_end_io(kernel, disk, error, how);
  else if (blk_flush_complete_seq(kernel, disk, rq, REQ_FSEQ_DATA, error, how)) how.run(kernel, disk);
  return true;
}

function flush_end_io(kernel: Kernel, disk: Disk, error: number, how: FlushInsertion): void {
  const { requests } = kernel;
  const { fq } = requestState(disk);
  requests.release(fq.flush_rq!);
  fq.flush_rq = undefined;
  const running = fq.flush_queue[fq.flush_running_idx]!.splice(0);
  fq.flush_running_idx ^= 1;
  let queued = false;
  for (const rq of running) {
    const done = rq.flush_seq;
    queued = blk_flush_complete_seq(kernel, disk, rq, ~done & (done + 1), error, how) || queued;
  }
  if (queued || fq.flush_queue_delayed) how.run(kernel, disk);
  fq.flush_queue_delayed = false;
}

function requestState(disk: Disk): RequestState {
  return disk.queue.requests!;
}

function remove(list: Request[], rq: Request): void {
  const at = list.indexOf(rq);
  if (at >= 0) list.splice(at, 1);
}
