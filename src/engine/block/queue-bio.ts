import type { Kernel } from '../kernel';
import { blk_queue_bounce } from './bounce';
import {
  ELEVATOR_BACK_MERGE,
  ELEVATOR_NO_MERGE,
  bio_attempt_back_merge,
  bio_attempt_front_merge,
  blk_rq_merge_ok,
  blk_try_merge,
  init_request_from_bio,
} from './merge';
import { blk_update_request } from './complete';
import { mergeInto, type FreeRequest } from './elevator/merge-into';
import { blk_insert_flush, endsSequenceStep, type FlushInsertion } from './flush';
import {
  REQ_ELVPRIV,
  REQ_FLUSH,
  REQ_FUA,
  REQ_SOFTBARRIER,
  REQ_SORTED,
  REQ_STARTED,
  REQ_SYNC,
  REQ_WRITE,
  WRITE_FLUSH,
} from './flags';
import { blk_flush_plug_list, io_schedule, sortPlugged } from './plug';
import { blk_queue_nomerges, type Disk } from './queue';
import type { Plug } from '../task';
import type { RequestState } from './request-state';
import type { Request } from './requests';
import type { Bio } from './tables';

/** A plug with this many requests of one queue is flushed (4.1). */
const BLK_MAX_REQUEST_COUNT = 16;

/** Requests a task may take beyond a full queue before it has to sleep. */
const BLK_BATCH_REQ = 32;

/** 4.1's single-queue path: bounce, merge in the plug, merge in the elevator, or a new request. */
export function blk_queue_bio(kernel: Kernel, disk: Disk, submitted: Bio): void {
  const bio = blk_queue_bounce(kernel, disk, submitted);
  const { trace } = kernel;
  const { queue } = disk;
  const state = queue.requests!;
  const elevator = state.elevator!;
  const flush = (bio.bi_rw & (REQ_FLUSH | REQ_FUA)) !== 0;
  let plugged = 0;
  if (!flush) {
    if (!blk_queue_nomerges(queue)) {
      plugged = blk_attempt_plug_merge(kernel, disk, bio, kernel.current.plug?.list);
      if (plugged < 0) return;
    }
    const how = elevator.elv_merge(kernel, queue, bio);
    if (
      how !== ELEVATOR_NO_MERGE &&
      mergeInto(kernel, disk, elevator.found!, bio, how === ELEVATOR_BACK_MERGE, freeRequest)
    )
      return;
  }
  const rq = get_request(kernel, disk, state, bio);
  init_request_from_bio(kernel, rq, bio);
  if (!flush) rq.cmd_flags |= REQ_ELVPRIV;

  const { plug } = kernel.current;
  if (!plug) {
    add_request(kernel, disk, rq, flush);
    __blk_run_queue(kernel, disk);
    return;
  }
  if (plugged === 0) trace.bio(trace.id.block_plug, disk.id, undefined, 0, 0, 0, 0, 0);
  else if (plugged >= BLK_MAX_REQUEST_COUNT) {
    blk_flush_plug_list(kernel, plug, false);
    trace.bio(trace.id.block_plug, disk.id, undefined, 0, 0, 0, 0, 0);
  }
  plug.list.push(rq);
}

/**
 * `blk_attempt_plug_merge`: newest request first, without asking the elevator. Gives how many requests of this disk it
 * passed, or -1 when the bio was merged.
 */
export function blk_attempt_plug_merge(
  kernel: Kernel,
  disk: Disk,
  bio: Bio,
  list: readonly Request[] | undefined,
): number {
  let count = 0;
  if (!list) return count;
  for (let i = list.length - 1; i >= 0; i--) {
    const rq = list[i]!;
    if (rq.disk !== disk) continue;
    count++;
    if (!blk_rq_merge_ok(kernel, rq, bio)) continue;
    const how = blk_try_merge(rq, bio);
    if (how === ELEVATOR_NO_MERGE) continue;
    const merged =
      how === ELEVATOR_BACK_MERGE
        ? bio_attempt_back_merge(kernel, rq, bio)
        : bio_attempt_front_merge(kernel, rq, bio);
    if (merged) return -1;
  }
  return count;
}

/** Gives a request, after sleeping for one where all are taken. Writes that nobody waits for count apart. */
function get_request(kernel: Kernel, disk: Disk, state: RequestState, bio: Bio): Request {
  const { requests, trace } = kernel;
  const rw = bio.bi_rw;
  const sync = (rw & REQ_WRITE) === 0 || (rw & REQ_SYNC) !== 0 ? 1 : 0;
  while (!mayAllocate(state, sync)) {
    trace.bio(
      trace.id.block_sleeprq,
      bio.bi_bdev.id,
      bio,
      bio.bi_sector,
      0,
      bio.bi_size >>> 9,
      0,
      rw,
      trace.note(
        `get_request: ${state.count[sync]} requests >= nr_requests ${state.nr_requests} of ${disk.name}`,
      ),
    );
    if (!io_schedule(kernel)) throw new Error(`${disk.name} has no request left and nothing will free one`);
    state.batch = BLK_BATCH_REQ;
  }
  state.count[sync]++;
  if (state.batch > 0) state.batch--;
  const rq = requests.alloc(disk);
  rq.sync = sync;
  rq.start_time = kernel.clock.now;
  trace.bio(trace.id.block_getrq, bio.bi_bdev.id, bio, bio.bi_sector, rq.serial, bio.bi_size >>> 9, 0, rw);
  return rq;
}

/** Up to nr_requests for everybody; half as many again for a task that was the first to find the queue full, or slept. */
function mayAllocate(state: RequestState, sync: 0 | 1): boolean {
  const { nr_requests } = state;
  if (state.count[sync] + 1 >= nr_requests) {
    if (!state.full[sync]) {
      state.full[sync] = true;
      state.batch = BLK_BATCH_REQ;
    } else if (state.batch === 0) return false;
  }
  return state.count[sync] < Math.floor((3 * nr_requests) / 2);
}

const freeRequest: FreeRequest = (kernel, state, rq) => {
  const sync = rq.sync as 0 | 1;
  state.count[sync]--;
  if (state.count[sync] + 1 <= state.nr_requests) state.full[sync] = false;
  kernel.requests.release(rq);
};

/** `__elv_add_request`: the insert event, then to where it belongs. */
function add_request(kernel: Kernel, disk: Disk, rq: Request, flush: boolean, fromPlug = false): void {
  const { trace } = kernel;
  trace.request(trace.id.block_rq_insert, rq);
  if (flush) {
    rq.cmd_flags |= REQ_SOFTBARRIER;
    blk_insert_flush(kernel, disk, rq, insertion);
    return;
  }
  const elevator = disk.queue.requests!.elevator!;
  if (fromPlug && elevator.elv_attempt_insert_merge(kernel, disk, rq, freeRequest)) return;
  elevator.add(kernel, rq);
}

/** The requests of single-queue disks in a plug: by disk, then by sector; a disk is run when its last one is in. */
export function flushPluggedRequests(kernel: Kernel, plug: Plug, asleep: boolean): void {
  if (plug.list.length === 0) return;
  const { list } = plug;
  plug.list = [];
  sortPlugged(list);
  for (let i = 0; i < list.length;) {
    const disk = list[i]!.disk;
    let depth = 0;
    for (; i < list.length && list[i]!.disk === disk; i++, depth++) {
      const rq = list[i]!;
      const flush = (rq.cmd_flags & (REQ_FLUSH | REQ_FUA)) !== 0;
      add_request(kernel, disk, rq, flush, true);
    }
    queue_unplugged(kernel, disk, depth, asleep);
  }
}

function queue_unplugged(kernel: Kernel, disk: Disk, depth: number, asleep: boolean): void {
  const { trace } = kernel;
  trace.bio(trace.id.block_unplug, disk.id, undefined, 0, 0, depth, asleep ? 0 : 1, 0);
  if (asleep) blk_run_queue_async(kernel, disk);
  else __blk_run_queue(kernel, disk);
}

function blk_run_queue_async(kernel: Kernel, disk: Disk): void {
  const state = disk.queue.requests!;
  if (state.runPending) return;
  state.runPending = true;
  kernel.loop.soon((id) => {
    state.runPending = false;
    __blk_run_queue(kernel, kernel.disk(id));
  }, disk.id);
}

/** The driver takes requests until its device is full or there is nothing it may take. */
function __blk_run_queue(kernel: Kernel, disk: Disk): void {
  const state = disk.queue.requests!;
  if (state.running) return;
  state.running = true;
  try {
    while (state.in_flight < state.depth) {
      const rq = blk_fetch_request(kernel, state);
      if (rq === undefined) break;
      state.in_flight++;
      kernel.requestsIssued++;
      state.queue_rq(kernel, disk, rq);
    }
  } finally {
    state.running = false;
  }
}

/** `blk_peek_request` and `blk_start_request`: the next one in dispatch order, marked as started. */
function blk_fetch_request(kernel: Kernel, state: RequestState): Request | undefined {
  const { trace } = kernel;
  const elevator = state.elevator!;
  while (elevator.queue_head.length === 0) {
    const { fq } = state;
    if (fq.flush_pending_idx !== fq.flush_running_idx && !state.flushQueueable) {
      fq.flush_queue_delayed = true;
      return undefined;
    }
    if (!elevator.scheduler.dispatch(kernel, elevator)) return undefined;
  }
  const rq = elevator.queue_head[0]!;
  rq.cmd_flags |= REQ_STARTED;
  trace.request(trace.id.block_rq_issue, rq);
  elevator.end_sector = rq.__sector + rq.__data_len / 512;
  elevator.queue_head.shift();
  rq.cmd_flags &= ~REQ_SORTED;
  return rq;
}

/** The device is done with a request: its bios complete, then the queue has room for the next. */
export function blk_end_request_all(kernel: Kernel, disk: Disk, rq: Request, error: number): void {
  const state = disk.queue.requests!;
  state.in_flight--;
  if (!endsSequenceStep(kernel, disk, rq, error, insertion)) {
    blk_update_request(kernel, rq, error);
    freeRequest(kernel, state, rq);
  }
  __blk_run_queue(kernel, disk);
}

const insertion: FlushInsertion = {
  queue(_kernel, disk, rq, front) {
    const { queue_head } = disk.queue.requests!.elevator!;
    if (front) queue_head.unshift(rq);
    else queue_head.push(rq);
    return true;
  },
  plain(_kernel, disk, rq) {
    disk.queue.requests!.elevator!.queue_head.push(rq);
    return true;
  },
  done: () => undefined,
  flags: WRITE_FLUSH,
  sync: 0,
  run: blk_run_queue_async,
  free: (kernel, disk, rq) => {
    freeRequest(kernel, disk.queue.requests!, rq);
  },
};
