import type { Kernel } from '../kernel';
import type { Plug } from '../task';
import { blk_queue_bounce } from './bounce';
import { blk_update_request } from './complete';
import { blk_insert_flush, endsSequenceStep, type FlushInsertion } from './flush';
import { REQ_FLUSH, REQ_FUA, REQ_SOFTBARRIER, REQ_SYNC, REQ_WRITE, WRITE_FLUSH } from './flags';
import {
  ELEVATOR_BACK_MERGE,
  ELEVATOR_NO_MERGE,
  bio_attempt_back_merge,
  bio_attempt_front_merge,
  blk_rq_merge_ok,
  blk_try_merge,
  init_request_from_bio,
} from './merge';
import { blk_flush_plug_list, io_schedule, sortPlugged } from './plug';
import { blk_attempt_plug_merge } from './queue-bio';
import { blk_queue_nomerges, type Disk } from './queue';
import type { Request } from './requests';
import type { Bio } from './tables';

/** A plug with this many requests of one queue is flushed (4.1). */
const BLK_MAX_REQUEST_COUNT = 16;

/** How many of the software queue's requests a bio is compared with, newest first. */
const CHECKED = 8;

/** 4.1's multi-queue path of a disk with one hardware queue: no scheduler; only asynchronous I/O is plugged. */
export function blk_sq_make_request(kernel: Kernel, disk: Disk, submitted: Bio): void {
  const { requests, trace } = kernel;
  const bio = blk_queue_bounce(kernel, disk, submitted);
  const { queue } = disk;
  const state = queue.requests!;
  const rw = bio.bi_rw;
  const flush = (rw & (REQ_FLUSH | REQ_FUA)) !== 0;
  const sync = (rw & REQ_WRITE) === 0 || (rw & REQ_SYNC) !== 0;
  const plug = flush || sync ? undefined : kernel.current.plug;
  const nomerges = blk_queue_nomerges(queue);
  let plugged = 0;
  if (plug && !nomerges) {
    plugged = blk_attempt_plug_merge(kernel, disk, bio, plug.mq_list);
    if (plugged < 0) return;
  }
  const rq = blk_mq_map_request(kernel, disk, bio);
  if (flush) {
    fill(kernel, rq, bio, sync);
    blk_insert_flush(kernel, disk, rq, insertion);
    blk_mq_run_hw_queue(kernel, disk, true);
    return;
  }
  if (plug) {
    fill(kernel, rq, bio, sync);
    if (plug.mq_list.length === 0) trace.bio(trace.id.block_plug, disk.id, undefined, 0, 0, 0, 0, 0);
    else if (plugged >= BLK_MAX_REQUEST_COUNT) {
      blk_flush_plug_list(kernel, plug, false);
      trace.bio(trace.id.block_plug, disk.id, undefined, 0, 0, 0, 0, 0);
    }
    plug.mq_list.push(rq);
    return;
  }
  if (!nomerges && blk_mq_attempt_merge(kernel, state.rq_list, bio)) {
    state.count[0]--;
    requests.release(rq);
    return;
  }
  fill(kernel, rq, bio, sync);
  insert(kernel, disk, rq, false);
  blk_mq_run_hw_queue(kernel, disk, !sync);
}

/** Whoever waits for it, a read is synchronous: the request says so, though the bio did not. */
function fill(kernel: Kernel, rq: Request, bio: Bio, sync: boolean): void {
  init_request_from_bio(kernel, rq, bio);
  if (sync) rq.cmd_flags |= REQ_SYNC;
}

/** Takes a tag, after sleeping for one where all are taken. The G event comes first, whatever follows. */
function blk_mq_map_request(kernel: Kernel, disk: Disk, bio: Bio): Request {
  const { requests, trace } = kernel;
  const state = disk.queue.requests!;
  const rq = requests.alloc(disk);
  rq.start_time = kernel.clock.now;
  traceGet(kernel, trace.id.block_getrq, bio, rq.serial, 0);
  if (state.count[0] >= state.nr_requests) {
    __blk_mq_run_hw_queue(kernel, disk);
    const rule = `blk_mq_map_request: ${state.count[0]} requests >= nr_requests ${state.nr_requests} of ${disk.name}`;
    traceGet(kernel, trace.id.block_sleeprq, bio, 0, trace.note(rule));
    while (state.count[0] >= state.nr_requests) {
      if (!io_schedule(kernel)) throw new Error(`${disk.name} has no request left and nothing will free one`);
    }
  }
  state.count[0]++;
  return rq;
}

function traceGet(kernel: Kernel, name: number, bio: Bio, rq: number, note: number): void {
  const { trace } = kernel;
  const sectors = bio.bi_size >>> 9;
  trace.bio(name, bio.bi_bdev.id, bio, bio.bi_sector, rq, sectors, 0, bio.bi_rw, note);
}

function blk_mq_attempt_merge(kernel: Kernel, list: readonly Request[], bio: Bio): boolean {
  for (let i = list.length - 1; i >= 0 && i >= list.length - CHECKED; i--) {
    const rq = list[i]!;
    if (!blk_rq_merge_ok(kernel, rq, bio)) continue;
    const how = blk_try_merge(rq, bio);
    if (how === ELEVATOR_NO_MERGE) continue;
    return how === ELEVATOR_BACK_MERGE
      ? bio_attempt_back_merge(kernel, rq, bio)
      : bio_attempt_front_merge(kernel, rq, bio);
  }
  return false;
}

function insert(kernel: Kernel, disk: Disk, rq: Request, front: boolean): void {
  const { rq_list } = disk.queue.requests!;
  kernel.trace.request(kernel.trace.id.block_rq_insert, rq);
  if (front) rq_list.unshift(rq);
  else rq_list.push(rq);
}

function blk_mq_run_hw_queue(kernel: Kernel, disk: Disk, async: boolean): void {
  if (!async) {
    __blk_mq_run_hw_queue(kernel, disk);
    return;
  }
  const state = disk.queue.requests!;
  if (state.runPending) return;
  state.runPending = true;
  kernel.loop.soon((id) => {
    state.runPending = false;
    __blk_mq_run_hw_queue(kernel, kernel.disk(id));
  }, disk.id);
}

/** Hands requests to the driver until its device takes no more. */
function __blk_mq_run_hw_queue(kernel: Kernel, disk: Disk): void {
  const state = disk.queue.requests!;
  if (state.running) return;
  state.running = true;
  try {
    while (state.rq_list.length > 0 && state.in_flight < state.depth) {
      const rq = state.rq_list.shift()!;
      kernel.trace.request(kernel.trace.id.block_rq_issue, rq);
      state.in_flight++;
      kernel.requestsIssued++;
      state.queue_rq(kernel, disk, rq);
    }
  } finally {
    state.running = false;
  }
}

/** The multi-queue requests of a plug: by disk, then by sector; the unplug event comes before they are inserted. */
export function blk_mq_flush_plug_list(kernel: Kernel, plug: Plug, asleep: boolean): void {
  if (plug.mq_list.length === 0) return;
  const { trace } = kernel;
  const list = plug.mq_list;
  plug.mq_list = [];
  sortPlugged(list);
  for (let i = 0; i < list.length;) {
    const disk = list[i]!.disk;
    let end = i;
    while (end < list.length && list[end]!.disk === disk) end++;
    trace.bio(trace.id.block_unplug, disk.id, undefined, 0, 0, end - i, asleep ? 0 : 1, 0);
    for (; i < end; i++) insert(kernel, disk, list[i]!, false);
    blk_mq_run_hw_queue(kernel, disk, asleep);
  }
}

/** `blk_mq_end_request`: the device is done with a request. */
export function blk_mq_end_request(kernel: Kernel, disk: Disk, rq: Request, error: number): void {
  const state = disk.queue.requests!;
  state.in_flight--;
  if (!endsSequenceStep(kernel, disk, rq, error, insertion)) {
    blk_update_request(kernel, rq, error);
    insertion.free(kernel, disk, rq);
  }
  // What the device had no room for waits in the software queue.
  if (state.rq_list.length > 0) blk_mq_run_hw_queue(kernel, disk, true);
}

const insertion: FlushInsertion = {
  /** Goes through the requeue list, so that a worker inserts it: with its own event, and never from here. */
  queue(kernel, disk, rq, front) {
    const state = disk.queue.requests!;
    if (front) {
      rq.cmd_flags |= REQ_SOFTBARRIER;
      state.requeue_list.unshift(rq);
    } else state.requeue_list.push(rq);
    if (!state.requeuePending) {
      state.requeuePending = true;
      kernel.loop.soon((id) => {
        state.requeuePending = false;
        blk_mq_requeue_work(kernel, kernel.disk(id));
      }, disk.id);
    }
    return false;
  },
  plain(kernel, disk, rq) {
    insert(kernel, disk, rq, false);
    return true;
  },
  done: () => undefined,
  flags: WRITE_FLUSH,
  sync: 0,
  run: (kernel, disk) => {
    blk_mq_run_hw_queue(kernel, disk, true);
  },
  free(kernel, disk, rq) {
    disk.queue.requests!.count[0]--;
    kernel.requests.release(rq);
  },
};

function blk_mq_requeue_work(kernel: Kernel, disk: Disk): void {
  const behind: Request[] = [];
  for (const rq of disk.queue.requests!.requeue_list.splice(0)) {
    if ((rq.cmd_flags & REQ_SOFTBARRIER) === 0) {
      behind.push(rq);
      continue;
    }
    rq.cmd_flags &= ~REQ_SOFTBARRIER;
    insert(kernel, disk, rq, true);
  }
  for (const rq of behind) insert(kernel, disk, rq, false);
  __blk_mq_run_hw_queue(kernel, disk);
}
