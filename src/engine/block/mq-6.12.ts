import type { Kernel } from '../kernel';
import { EIO } from '../errno';
import type { Plug } from '../task';
import { bio_endio } from './bio';
import { blk_update_request } from './complete';
import { mergeInto, type FreeRequest } from './elevator/merge-into';
import { blk_insert_flush, endsSequenceStep, type FlushInsertion } from './flush';
import { REQ_FLUSH, REQ_FUA, REQ_NOMERGE, REQ_SOFTBARRIER, REQ_SORTED, REQ_SYNC } from './flags';
import {
  ELEVATOR_BACK_MERGE,
  ELEVATOR_NO_MERGE,
  bio_attempt_back_merge,
  bio_attempt_front_merge,
  blk_rq_merge_ok,
  blk_try_merge,
  init_request_from_bio,
} from './merge';
import { blk_flush_plug_list, io_schedule } from './plug';
import { blk_queue_nomerges, type Disk } from './queue';
import type { Request } from './requests';
import { ruleText } from './rule';
import { bio_split_to_limits } from './split-6.12';
import type { Bio } from './tables';

/** A plug with this many requests is flushed; twice as many where they are for several queues. */
const BLK_MAX_REQUEST_COUNT = 32;
/** A plug whose last request has this many bytes is flushed. */
const BLK_PLUG_FLUSH_SIZE = 128 * 1024;
/** How many of the software queue's requests a bio is compared with, newest first. */
const CHECKED = 8;

/** 6.12: split, merge, or a new request that goes to the plug, the scheduler, or straight to the driver. */
export function blk_mq_submit_bio(kernel: Kernel, disk: Disk, submitted: Bio): void {
  const { queue } = disk;
  if (bio_unaligned(kernel, disk, submitted)) {
    bio_endio(kernel, submitted, -EIO);
    return;
  }
  const bio = submitted.bi_size === 0 ? submitted : bio_split_to_limits(kernel, disk, submitted);
  const rw = bio.bi_rw;
  const flush = (rw & (REQ_FLUSH | REQ_FUA)) !== 0;
  if (
    !blk_queue_nomerges(queue) &&
    (rw & (REQ_NOMERGE | REQ_FLUSH | REQ_FUA)) === 0 &&
    attemptBioMerge(kernel, disk, bio)
  )
    return;
  const rq = newRequest(kernel, disk, bio);
  if (flush && blk_insert_flush(kernel, disk, rq, insertion)) return;
  const { plug } = kernel.current;
  if (plug) blk_add_rq_to_plug(kernel, disk, plug, rq);
  else {
    insert(kernel, disk, rq, false);
    blk_mq_run_hw_queue(kernel, disk, false);
  }
}

/** A device takes whole logical blocks only, from a whole one on (6.12 block/blk-mq.c). */
function bio_unaligned(kernel: Kernel, disk: Disk, bio: Bio): boolean {
  const { trace } = kernel;
  const { logical_block_size } = disk.queue.limits;
  const sector = bio.bi_sector;
  const over = bio.bi_size % logical_block_size || (sector * 512) % logical_block_size;
  if (over === 0) return false;
  kernel.refusal = ruleText(
    'bio_unaligned',
    over,
    'bytes over whole blocks',
    '!=',
    'logical_block_size',
    logical_block_size,
    disk.name,
  );
  trace.rule('submit_bio_noacct', bio.bi_bdev.id, bio, sector, -EIO, kernel.refusal);
  return true;
}

function attemptBioMerge(kernel: Kernel, disk: Disk, bio: Bio): boolean {
  const { queue } = disk;
  const state = queue.requests!;
  const list = kernel.current.plug?.mq_list;
  if (list !== undefined && list.length > 0 && blk_attempt_plug_merge(kernel, disk, list, bio)) return true;
  const { elevator } = state;
  if (elevator) {
    const how = elevator.elv_merge(kernel, queue, bio);
    return (
      how !== ELEVATOR_NO_MERGE &&
      mergeInto(kernel, disk, elevator.found!, bio, how === ELEVATOR_BACK_MERGE, freeRequest)
    );
  }
  for (let i = state.rq_list.length - 1; i >= 0 && i >= state.rq_list.length - CHECKED; i--) {
    const merged = blk_attempt_bio_merge(kernel, state.rq_list[i]!, bio);
    if (merged !== undefined) return merged;
  }
  return false;
}

/** Only the newest request of the plug is tried, or the oldest of this disk where the plug has several disks'. */
function blk_attempt_plug_merge(kernel: Kernel, disk: Disk, list: readonly Request[], bio: Bio): boolean {
  const last = list.at(-1)!;
  const rq = last.disk === disk ? last : list.find((other) => other.disk === disk);
  return rq !== undefined && blk_attempt_bio_merge(kernel, rq, bio) === true;
}

/** Undefined: they have nothing to do with each other, so the next request may be tried. */
function blk_attempt_bio_merge(kernel: Kernel, rq: Request, bio: Bio): boolean | undefined {
  if (!blk_rq_merge_ok(kernel, rq, bio)) return undefined;
  const how = blk_try_merge(rq, bio);
  if (how === ELEVATOR_NO_MERGE) return undefined;
  return how === ELEVATOR_BACK_MERGE
    ? bio_attempt_back_merge(kernel, rq, bio)
    : bio_attempt_front_merge(kernel, rq, bio);
}

/** Takes a tag - sleeping for one where all are taken - and makes a request of the bio. */
function newRequest(kernel: Kernel, disk: Disk, bio: Bio): Request {
  const { requests, trace } = kernel;
  const state = disk.queue.requests!;
  while (state.count[0] >= state.nr_requests) {
    if (!io_schedule(kernel)) throw new Error(`${disk.name} has no request left and nothing will free one`);
  }
  state.count[0]++;
  const rq = requests.alloc(disk);
  rq.start_time = kernel.clock.now;
  const sectors = bio.bi_size >>> 9;
  const rw = bio.bi_rw;
  trace.bio(trace.id.block_getrq, disk.id, bio, bio.bi_sector, rq.serial, sectors, 0, rw & ~REQ_NOMERGE);
  init_request_from_bio(kernel, rq, bio);
  // A request takes over all of bi_opf, where 4.1 kept back what was the bio's own affair.
  rq.cmd_flags |= rw;
  trace.request(trace.id.block_io_start, rq);
  return rq;
}

function blk_add_rq_to_plug(kernel: Kernel, disk: Disk, plug: Plug, rq: Request): void {
  const { trace } = kernel;
  const list = plug.mq_list;
  const last = list.at(-1);
  const several = list.some((other) => other.disk !== list[0]!.disk);
  const full =
    last !== undefined &&
    (list.length >= (several ? 2 : 1) * BLK_MAX_REQUEST_COUNT ||
      (!blk_queue_nomerges(disk.queue) && last.__data_len >= BLK_PLUG_FLUSH_SIZE));
  if (full) blk_flush_plug_list(kernel, plug, false);
  if (list.length === 0) trace.bio(trace.id.block_plug, disk.id, undefined, 0, 0, 0, 0, 0);
  list.push(rq);
}

/** Disk by disk, in the order they came: requests without a scheduler go straight to the driver, where it has room. */
export function blk_mq_flush_plug_list(kernel: Kernel, plug: Plug, asleep: boolean): void {
  const { trace } = kernel;
  let list = plug.mq_list.splice(0);
  while (list.length > 0) {
    const disk = list[0]!.disk;
    const own = list.filter((rq) => rq.disk === disk);
    list = list.filter((rq) => rq.disk !== disk);
    trace.bio(trace.id.block_unplug, disk.id, undefined, 0, 0, own.length, asleep ? 0 : 1, 0);
    const state = disk.queue.requests!;
    const direct = !asleep && !state.elevator && state.rq_list.length === 0;
    while (direct && own.length > 0 && state.in_flight < state.depth) issue(kernel, disk, own.shift()!);
    for (const rq of own) insert(kernel, disk, rq, false);
    blk_mq_run_hw_queue(kernel, disk, asleep);
  }
}

/** To the scheduler, which may merge it into what it has, or to the software queue. */
function insert(kernel: Kernel, disk: Disk, rq: Request, front: boolean): void {
  const { trace } = kernel;
  const state = disk.queue.requests!;
  const { elevator } = state;
  const merged = elevator?.elv_attempt_insert_merge(kernel, disk, rq, freeRequest) ?? false;
  if (merged) return;
  trace.request(trace.id.block_rq_insert, rq);
  if (!elevator) {
    if (front) state.rq_list.unshift(rq);
    else state.rq_list.push(rq);
  } else if (front) elevator.queue_head.unshift(rq);
  else elevator.add(kernel, rq);
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

/** What was dispatched before first, then the scheduler's choice, then the software queue. */
function __blk_mq_run_hw_queue(kernel: Kernel, disk: Disk): void {
  const state = disk.queue.requests!;
  if (state.running) return;
  state.running = true;
  try {
    while (state.in_flight < state.depth) {
      const rq = next(kernel, disk);
      if (rq === undefined) break;
      issue(kernel, disk, rq);
    }
  } finally {
    state.running = false;
  }
}

function next(kernel: Kernel, disk: Disk): Request | undefined {
  const state = disk.queue.requests!;
  const { elevator } = state;
  if (!elevator) return state.rq_list.shift();
  if (elevator.queue_head.length === 0) elevator.scheduler.dispatch(kernel, elevator);
  return elevator.queue_head.shift();
}

function issue(kernel: Kernel, disk: Disk, rq: Request): void {
  const state = disk.queue.requests!;
  rq.cmd_flags &= ~REQ_SORTED;
  kernel.trace.request(kernel.trace.id.block_rq_issue, rq);
  state.in_flight++;
  kernel.requestsIssued++;
  state.queue_rq(kernel, disk, rq);
}

/** The device is done with a request. */
export function blk_mq_end_request(kernel: Kernel, disk: Disk, rq: Request, error: number): void {
  const state = disk.queue.requests!;
  state.in_flight--;
  if (!endsSequenceStep(kernel, disk, rq, error, insertion)) {
    blk_update_request(kernel, rq, error);
    insertion.done(kernel, rq);
    freeRequest(kernel, state, rq);
  }
  if (state.rq_list.length > 0 || state.elevator) blk_mq_run_hw_queue(kernel, disk, true);
}

const freeRequest: FreeRequest = (kernel, state, rq) => {
  state.count[0]--;
  kernel.requests.release(rq);
};

const insertion: FlushInsertion = {
  queue(kernel, disk, rq, front) {
    const state = disk.queue.requests!;
    if (front) rq.cmd_flags |= REQ_SOFTBARRIER;
    state.requeue_list.push(rq);
    if (!state.requeuePending) {
      state.requeuePending = true;
      kernel.loop.soon((id) => {
        state.requeuePending = false;
        blk_mq_requeue_work(kernel, kernel.disk(id));
      }, disk.id);
    }
    return false;
  },
  plain: () => false,
  run: (kernel, disk) => {
    blk_mq_run_hw_queue(kernel, disk, true);
  },
  done(kernel, rq) {
    kernel.trace.request(kernel.trace.id.block_io_done, rq);
  },
  free(kernel, disk, rq) {
    freeRequest(kernel, disk.queue.requests!, rq);
  },
  flags: REQ_FLUSH,
  sync: REQ_SYNC,
};

function blk_mq_requeue_work(kernel: Kernel, disk: Disk): void {
  const state = disk.queue.requests!;
  const flushes: Request[] = [];
  for (const rq of state.requeue_list.splice(0)) {
    if ((rq.cmd_flags & REQ_SOFTBARRIER) === 0) {
      flushes.push(rq);
      continue;
    }
    rq.cmd_flags &= ~REQ_SOFTBARRIER;
    insert(kernel, disk, rq, true);
  }
  // A flush goes to the dispatch list, past any scheduler and without an insert event.
  for (const rq of flushes) (state.elevator?.queue_head ?? state.rq_list).unshift(rq);
  __blk_mq_run_hw_queue(kernel, disk);
}
