import { EIO, EOPNOTSUPP } from '../errno';
import type { Kernel } from '../kernel';
import { bio_endio } from './bio';
import {
  BIO_REMAPPED,
  BIO_TRACE_COMPLETION,
  REQ_DISCARD,
  REQ_FLUSH,
  REQ_FUA,
  REQ_WRITE,
  REQ_WRITE_SAME,
} from './flags';
import { bio_sectors } from './iter';
import { blk_finish_plug, blk_start_plug } from './plug';
import { bio_check_eod, blk_partition_remap } from './submit';
import type { Bio } from './tables';

/** 6.12's checks in their order: nothing is too big here, for it is split later. False: the bio has ended. */
function mayPass(kernel: Kernel, bio: Bio): boolean {
  const sectors = bio_sectors(bio);
  if ((bio.bi_flags & BIO_REMAPPED) === 0) {
    const beyond = bio_check_eod(kernel, bio, sectors);
    if (beyond !== '') return fail(kernel, bio, -EIO, beyond);
    const bdev = bio.bi_bdev;
    if (bdev.id !== bdev.disk.id) {
      blk_partition_remap(kernel, bio, sectors);
      // Events name the disk, also for an empty flush, which has no sector to move.
      bio.bi_bdev = kernel.bdevs[bdev.disk.id]!;
      bio.bi_flags |= BIO_REMAPPED;
    }
  }
  const { name, queue } = bio.bi_bdev.disk;
  const rw = bio.bi_rw;
  if ((rw & (REQ_FLUSH | REQ_FUA)) !== 0) {
    if ((rw & REQ_WRITE) === 0)
      return fail(kernel, bio, -EIO, `submit_bio_noacct: REQ_PREFLUSH set, not a write to ${name}`);
    if (queue.flush_flags === 0) {
      bio.bi_rw = rw & ~(REQ_FLUSH | REQ_FUA);
      if (sectors === 0) {
        bio_endio(kernel, bio, 0);
        return false;
      }
    }
  }
  if (rw & REQ_DISCARD && queue.limits.max_discard_sectors === 0)
    return fail(
      kernel,
      bio,
      -EOPNOTSUPP,
      `submit_bio_noacct: REQ_OP_DISCARD, max_discard_sectors 0 of ${name}`,
    );
  if (rw & REQ_WRITE_SAME)
    return fail(kernel, bio, -EOPNOTSUPP, `submit_bio_noacct: REQ_OP_WRITE_SAME is no operation of ${name}`);
  return true;
}

function fail(kernel: Kernel, bio: Bio, error: number, rule: string): false {
  const { trace } = kernel;
  kernel.refusal = rule;
  trace.rule('submit_bio_noacct', bio.bi_bdev.id, bio, bio.bi_sector, error, rule);
  bio_endio(kernel, bio, error);
  return false;
}

/** Hands a bio on, once it has passed the checks; from inside a driver it waits on the task's list. */
export function submit_bio_noacct(kernel: Kernel, bio: Bio): void {
  if (!mayPass(kernel, bio)) return;
  const { trace } = kernel;
  if ((bio.bi_flags & BIO_TRACE_COMPLETION) === 0) {
    trace.queued(trace.id.block_bio_queue, bio);
    bio.bi_flags |= BIO_TRACE_COMPLETION;
  }
  const task = kernel.current;
  if (task.bio_list) {
    task.bio_list.push(bio);
    return;
  }
  try {
    __submit_bio_noacct(kernel, bio);
  } finally {
    task.bio_list = undefined;
  }
}

/** Two lists: what a driver submits to devices below it goes first, then what it left of its own, then the rest. */
function __submit_bio_noacct(kernel: Kernel, bio: Bio): void {
  const task = kernel.current;
  let waiting: Bio[] = [];
  for (let next: Bio | undefined = bio; next !== undefined; next = waiting.shift()) {
    const disk = next.bi_bdev.disk;
    const fresh: Bio[] = (task.bio_list = []);
    // A plug of its own, where the task has none.
    const plug = blk_start_plug(kernel);
    disk.queue.make_request_fn(kernel, disk, next);
    blk_finish_plug(kernel, plug);
    if (fresh.length === 0) continue;
    const same = fresh.filter((b) => b.bi_bdev.disk === disk);
    const lower = fresh.filter((b) => b.bi_bdev.disk !== disk);
    waiting = [...lower, ...same, ...waiting];
  }
}

export function submit_bio(kernel: Kernel, rw: number, bio: Bio): void {
  const { trace } = kernel;
  bio.bi_rw |= rw;
  trace.bio(
    trace.id.submit_bio,
    bio.bi_bdev.id,
    bio,
    bio.bi_sector,
    0,
    bio.bi_size,
    bio.bi_rw & 1,
    bio.bi_rw,
  );
  submit_bio_noacct(kernel, bio);
}
