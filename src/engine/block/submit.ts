import { EIO, EOPNOTSUPP } from '../errno';
import type { Kernel } from '../kernel';
import { bio_endio } from './bio';
import { bio_sectors } from './iter';
import {
  BIO_EOF,
  BIO_NO_ADVANCE_ITER_MASK,
  BIO_PFN,
  QUEUE_FLAG_SECDISCARD,
  REQ_DISCARD,
  REQ_FLUSH,
  REQ_FUA,
  REQ_SECURE,
  REQ_WRITE_SAME,
} from './flags';
import { blk_queue_discard, blk_queue_pfn } from './queue';
import type { Bio } from './tables';

/** Does the bio end beyond the device or partition? Then says so as the kernel does, and why in the rule. */
export function bio_check_eod(kernel: Kernel, bio: Bio, sectors: number): string {
  if (sectors === 0) return '';
  const bdev = bio.bi_bdev;
  const start = bio.bi_sector;
  const limit = bdev.nr_sects;
  if (limit === 0 || (limit >= sectors && limit - sectors >= start)) return '';
  bio.bi_flags |= BIO_EOF;
  kernel.trace.printk(bdev.id, bio, 'attempt to access beyond end of device');
  kernel.trace.printk(bdev.id, bio, `${bdev.name}: rw=${bio.bi_rw}, want=${start + sectors}, limit=${limit}`);
  return `bio_check_eod: end sector ${start + sectors} > capacity ${limit} of ${bdev.name}`;
}

/** Moves a bio from a partition to its disk. An empty flush has no place to move from. */
export function blk_partition_remap(kernel: Kernel, bio: Bio, sectors: number): void {
  const { trace } = kernel;
  const bdev = bio.bi_bdev;
  if (sectors === 0 || bdev.id === bdev.disk.id) return;
  const from = bio.bi_sector;
  bio.bi_sector = from + bdev.start_sect;
  bio.bi_bdev = kernel.bdevs[bdev.disk.id]!;
  trace.bio(
    trace.id.block_bio_remap,
    bdev.disk.id,
    bio,
    from + bdev.start_sect,
    from,
    sectors,
    bdev.id,
    bio.bi_rw,
  );
}

/** 4.1's checks in their order, with the series' own where patch 11 puts it. False: the bio has ended. */
export function generic_make_request_checks(kernel: Kernel, bio: Bio): boolean {
  const sectors = bio_sectors(bio);

  const beyond = bio_check_eod(kernel, bio, sectors);
  if (beyond !== '') return fail(kernel, bio, -EIO, beyond);

  const rw = bio.bi_rw;
  const bdev = bio.bi_bdev;
  const { queue } = bdev.disk;
  const { max_hw_sectors } = queue.limits;
  if (sectors > max_hw_sectors && (rw & BIO_NO_ADVANCE_ITER_MASK) === 0) {
    kernel.trace.printk(bdev.id, bio, `bio too big device ${bdev.name} (${sectors} > ${max_hw_sectors})`);
    return fail(
      kernel,
      bio,
      -EIO,
      `generic_make_request_checks: ${sectors} sectors > max_hw_sectors ${max_hw_sectors} of ${bdev.name}`,
    );
  }

  if (bdev.id !== bdev.disk.id) {
    blk_partition_remap(kernel, bio, sectors);
    const past = bio_check_eod(kernel, bio, sectors);
    if (past !== '') return fail(kernel, bio, -EIO, past);
  }

  if ((rw & (REQ_FLUSH | REQ_FUA)) !== 0 && queue.flush_flags === 0) {
    bio.bi_rw = rw & ~(REQ_FLUSH | REQ_FUA);
    if (sectors === 0) {
      bio_endio(kernel, bio, 0);
      return false;
    }
  }
  if ((rw & (REQ_DISCARD | REQ_WRITE_SAME)) !== 0) {
    const refused = unsupported(bio);
    if (refused !== '') return fail(kernel, bio, -EOPNOTSUPP, refused);
  }
  if ((bio.bi_flags & BIO_PFN) !== 0 && !blk_queue_pfn(queue)) {
    return fail(
      kernel,
      bio,
      -EOPNOTSUPP,
      `generic_make_request_checks: BIO_PFN set, QUEUE_FLAG_PFN not set on ${bdev.disk.name}`,
    );
  }
  kernel.trace.queued(kernel.trace.id.block_bio_queue, bio);
  return true;
}

function unsupported(bio: Bio): string {
  const rw = bio.bi_rw;
  const { name, queue } = bio.bi_bdev.disk;
  if (rw & REQ_DISCARD) {
    if (!blk_queue_discard(queue))
      return `generic_make_request_checks: REQ_DISCARD set, QUEUE_FLAG_DISCARD not set on ${name}`;
    if (rw & REQ_SECURE && !(queue.flags & QUEUE_FLAG_SECDISCARD))
      return `generic_make_request_checks: REQ_SECURE set, QUEUE_FLAG_SECDISCARD not set on ${name}`;
  }
  if (rw & REQ_WRITE_SAME && queue.limits.max_write_same_sectors === 0)
    return `generic_make_request_checks: REQ_WRITE_SAME set, max_write_same_sectors 0 of ${name}`;
  return '';
}

function fail(kernel: Kernel, bio: Bio, error: number, rule: string): false {
  const { trace } = kernel;
  kernel.refusal = rule;
  trace.rule('generic_make_request_checks', bio.bi_bdev.id, bio, bio.bi_sector, error, rule);
  bio_endio(kernel, bio, error);
  return false;
}

/** Turns recursion into iteration: a bio submitted by a driver waits on the task's list (4.1: one FIFO). */
export function generic_make_request(kernel: Kernel, bio: Bio): void {
  if (!generic_make_request_checks(kernel, bio)) return;
  const task = kernel.current;
  if (task.bio_list) {
    task.bio_list.push(bio);
    return;
  }
  const list: Bio[] = [];
  task.bio_list = list;
  try {
    let next = bio;
    for (let at = 0; ; at++) {
      const disk = next.bi_bdev.disk;
      disk.queue.make_request_fn(kernel, disk, next);
      if (at === list.length) break;
      next = list[at]!;
    }
  } finally {
    task.bio_list = undefined;
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
  kernel.block.generic_make_request(kernel, bio);
}
