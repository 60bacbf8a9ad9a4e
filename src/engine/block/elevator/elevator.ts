import type { Kernel } from '../../kernel';
import {
  ELEVATOR_BACK_MERGE,
  ELEVATOR_FRONT_MERGE,
  ELEVATOR_NO_MERGE,
  blk_rq_merge_ok,
  blk_try_merge,
} from '../merge';
import {
  REQ_DISCARD,
  REQ_NOMERGE_FLAGS,
  REQ_SOFTBARRIER,
  REQ_SORTED,
  REQ_STARTED,
  REQ_WRITE,
} from '../flags';
import { blk_queue_nomerges, blk_queue_noxmerges, type Disk, type RequestQueue } from '../queue';
import { EndSectorHash } from './end-sector-hash';
import { mergeRequests, type FreeRequest } from './merge-into';
import type { Request } from '../requests';
import type { Bio } from '../tables';

/** What a scheduler adds to the part all of them share. Requests it holds are not yet on the dispatch list. */
export interface Scheduler {
  readonly name: string;
  add(kernel: Kernel, rq: Request): void;
  /** A request whose start is where the bio ends, for a front merge; undefined if it does not look. */
  findFront(bio: Bio): Request | undefined;
  /** A request grew; `front`: its start moved. */
  merged(rq: Request, front: boolean): void;
  /** `next` was merged into `rq` and goes away. */
  mergedRequests(rq: Request, next: Request): void;
  /** Neighbours in its order, or undefined. */
  latter(rq: Request): Request | undefined;
  former(rq: Request): Request | undefined;
  /** Moves its next request to the dispatch list by `into`. False: it has none. */
  dispatch(kernel: Kernel, into: Elevator): boolean;
}

/** 4.1's elevator core: merge lookups, insertion, and the dispatch list the driver takes requests from. */
export class Elevator {
  last_merge: Request | undefined = undefined;
  /** `queue_head`: what the driver gets next, in order. */
  readonly queue_head: Request[] = [];
  private readonly hash = new EndSectorHash();
  /** Sector that noop sorts from: where the last dispatched request ended. */
  end_sector = 0;
  /** The request that the last `elv_merge` found. */
  found: Request | undefined = undefined;

  constructor(readonly scheduler: Scheduler) {}

  /** One-hit, then the hash by end sector, then the scheduler's own search. Gives ELEVATOR_*_MERGE and `found`. */
  elv_merge(kernel: Kernel, q: RequestQueue, bio: Bio): number {
    if (blk_queue_nomerges(q)) return ELEVATOR_NO_MERGE;
    const { last_merge } = this;
    if (last_merge !== undefined && blk_rq_merge_ok(kernel, last_merge, bio)) {
      const how = blk_try_merge(last_merge, bio);
      if (how !== ELEVATOR_NO_MERGE) {
        this.found = last_merge;
        return how;
      }
    }
    if (blk_queue_noxmerges(q)) return ELEVATOR_NO_MERGE;
    const back = this.elv_rqhash_find(bio.bi_sector);
    if (back !== undefined && blk_rq_merge_ok(kernel, back, bio)) {
      this.found = back;
      return ELEVATOR_BACK_MERGE;
    }
    const front = this.scheduler.findFront(bio);
    if (front !== undefined && blk_rq_merge_ok(kernel, front, bio)) {
      this.found = front;
      return ELEVATOR_FRONT_MERGE;
    }
    return ELEVATOR_NO_MERGE;
  }

  private elv_rqhash_find(end: number): Request | undefined {
    for (;;) {
      const rq = this.hash.find(end);
      if (rq === undefined || (rq.cmd_flags & REQ_NOMERGE_FLAGS) === 0) return rq;
      // It became unmergeable while it was in the hash: it leaves it now.
      this.hash.remove(rq);
    }
  }

  /** ELEVATOR_INSERT_SORT. */
  add(kernel: Kernel, rq: Request): void {
    rq.cmd_flags |= REQ_SORTED;
    if ((rq.cmd_flags & REQ_NOMERGE_FLAGS) === 0) {
      this.hash.add(rq);
      if (this.last_merge === undefined) this.last_merge = rq;
    }
    this.scheduler.add(kernel, rq);
  }

  /** `elv_attempt_insert_merge`: appends the request to queued ones, as often as that works. Gives whether it did. */
  elv_attempt_insert_merge(kernel: Kernel, disk: Disk, rq: Request, free: FreeRequest): boolean {
    const q = disk.queue;
    if (blk_queue_nomerges(q)) return false;
    if (this.last_merge !== undefined && mergeRequests(kernel, disk, this.last_merge, rq, free)) return true;
    if (blk_queue_noxmerges(q)) return false;
    let merged = false;
    let grown = rq;
    for (;;) {
      const before = this.elv_rqhash_find(grown.__sector);
      if (before === undefined || !mergeRequests(kernel, disk, before, grown, free)) return merged;
      merged = true;
      grown = before;
    }
  }

  elv_merged_request(rq: Request, front: boolean): void {
    this.scheduler.merged(rq, front);
    if (!front) this.hash.reposition(rq);
    this.last_merge = rq;
  }

  /** After `next` became part of `rq`. A request that was never sorted (from a plug) is in nobody's order. */
  elv_merge_requests(rq: Request, next: Request): void {
    const sorted = (next.cmd_flags & REQ_SORTED) !== 0;
    if (sorted) this.scheduler.mergedRequests(rq, next);
    this.hash.reposition(rq);
    if (sorted) this.hash.remove(next);
    this.last_merge = rq;
  }

  /** `elv_dispatch_add_tail`. */
  dispatchTail(rq: Request): void {
    this.leave(rq);
    this.queue_head.push(rq);
  }

  /** `elv_dispatch_sort`: by sector from where the last one ended, around the disk once; never past a started one. */
  dispatchSorted(rq: Request): void {
    this.leave(rq);
    const boundary = this.end_sector;
    const sector = rq.__sector;
    let at = this.queue_head.length;
    for (; at > 0; at--) {
      const before = this.queue_head[at - 1]!;
      const flags = before.cmd_flags;
      if (((flags ^ rq.cmd_flags) & (REQ_WRITE | REQ_DISCARD)) !== 0) break;
      if (flags & (REQ_SOFTBARRIER | REQ_STARTED)) break;
      const position = before.__sector;
      if (sector >= boundary) {
        if (position < boundary) continue;
      } else if (position >= boundary) break;
      if (sector >= position) break;
    }
    this.queue_head.splice(at, 0, rq);
  }

  private leave(rq: Request): void {
    if (this.last_merge === rq) this.last_merge = undefined;
    this.hash.remove(rq);
  }
}
