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

/** Does the bio end beyond the device or partition? Then says so as the kernel does, and why in the rule. */
export function bio_check_eod(kernel: Kernel, bio: number, sectors: number): string {
  if (sectors === 0) return '';
  const { bios } = kernel;
  const bdev = kernel.bdevs[bios.bi_bdev[bio]!]!;
  const start = bios.bi_sector[bio]!;
  const limit = bdev.nr_sects;
  if (limit === 0 || (limit >= sectors && limit - sectors >= start)) return '';
  bios.bi_flags[bio]! |= BIO_EOF;
  kernel.trace.printk(bdev.id, bio, 'attempt to access beyond end of device');
  kernel.trace.printk(
    bdev.id,
    bio,
    `${bdev.name}: rw=${bios.bi_rw[bio]!}, want=${start + sectors}, limit=${limit}`,
  );
  return `bio_check_eod: end sector ${start + sectors} > capacity ${limit} of ${bdev.name}`;
}

/** Moves a bio from a partition to its disk. An empty flush has no place to move from. */
export function blk_partition_remap(kernel: Kernel, bio: number, sectors: number): void {
  const { bios, trace } = kernel;
  const bdev = kernel.bdevs[bios.bi_bdev[bio]!]!;
  if (sectors === 0 || bdev.id === bdev.disk.id) return;
  const from = bios.bi_sector[bio]!;
  bios.bi_sector[bio] = from + bdev.start_sect;
  bios.bi_bdev[bio] = bdev.disk.id;
  trace.bio(
    trace.id.block_bio_remap,
    bdev.disk.id,
    bio,
    from + bdev.start_sect,
    from,
    sectors,
    bdev.id,
    bios.bi_rw[bio]!,
  );
}

/** 4.1's checks in their order, with the series' own where patch 11 puts it. False: the bio has ended. */
export function generic_make_request_checks(kernel: Kernel, bio: number): boolean {
  const { bios } = kernel;
  const sectors = bio_sectors(kernel, bio);

  const beyond = bio_check_eod(kernel, bio, sectors);
  if (beyond !== '') return fail(kernel, bio, -EIO, beyond);

  const rw = bios.bi_rw[bio]!;
  const bdev = kernel.bdevs[bios.bi_bdev[bio]!]!;
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
    bios.bi_rw[bio] = rw & ~(REQ_FLUSH | REQ_FUA);
    if (sectors === 0) {
      bio_endio(kernel, bio, 0);
      return false;
    }
  }
  if ((rw & (REQ_DISCARD | REQ_WRITE_SAME)) !== 0) {
    const refused = unsupported(kernel, bio);
    if (refused !== '') return fail(kernel, bio, -EOPNOTSUPP, refused);
  }
  if ((bios.bi_flags[bio]! & BIO_PFN) !== 0 && !blk_queue_pfn(queue)) {
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

function unsupported(kernel: Kernel, bio: number): string {
  const rw = kernel.bios.bi_rw[bio]!;
  const { name, queue } = kernel.disk(kernel.bios.bi_bdev[bio]!);
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

function fail(kernel: Kernel, bio: number, error: number, rule: string): false {
  const { bios, trace } = kernel;
  kernel.refusal = rule;
  trace.rule('generic_make_request_checks', bios.bi_bdev[bio]!, bio, bios.bi_sector[bio]!, error, rule);
  bio_endio(kernel, bio, error);
  return false;
}

/** Turns recursion into iteration: a bio submitted by a driver waits on the task's list (4.1: one FIFO). */
export function generic_make_request(kernel: Kernel, bio: number): void {
  if (!generic_make_request_checks(kernel, bio)) return;
  const task = kernel.current;
  if (task.bio_list) {
    task.bio_list.push(bio);
    return;
  }
  const list: number[] = [];
  task.bio_list = list;
  try {
    let next = bio;
    for (let at = 0; ; at++) {
      const disk = kernel.disk(kernel.bios.bi_bdev[next]!);
      disk.queue.make_request_fn(kernel, disk, next);
      if (at === list.length) break;
      next = list[at]!;
    }
  } finally {
    task.bio_list = undefined;
  }
}

export function submit_bio(kernel: Kernel, rw: number, bio: number): void {
  const { bios, trace } = kernel;
  bios.bi_rw[bio]! |= rw;
  trace.bio(
    trace.id.submit_bio,
    bios.bi_bdev[bio]!,
    bio,
    bios.bi_sector[bio]!,
    0,
    bios.bi_size[bio]!,
    bios.bi_rw[bio]! & 1,
    bios.bi_rw[bio]!,
  );
  kernel.block.generic_make_request(kernel, bio);
}
