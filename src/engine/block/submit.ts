import { EIO, EOPNOTSUPP } from '../errno';
import type { Kernel } from '../kernel';
import { bio_endio, bio_sectors } from './bio';
import { BIO_EOF, BIO_PFN } from './tables';

/** Does the bio end beyond the device? Then says so as the kernel does, and why in the rule. */
function bio_check_eod(kernel: Kernel, bio: number, sectors: number): string {
  const { bios } = kernel;
  const disk = kernel.disks[bios.bi_bdev[bio]!]!;
  const start = bios.bi_sector[bio]!;
  if (sectors === 0 || disk.capacity === 0) return '';
  if (disk.capacity >= sectors && disk.capacity - sectors >= start) return '';
  bios.bi_flags[bio]! |= BIO_EOF;
  kernel.trace.printk(disk.id, bio, 'attempt to access beyond end of device');
  kernel.trace.printk(
    disk.id,
    bio,
    `${disk.name}: rw=${bios.bi_rw[bio]!}, want=${start + sectors}, limit=${disk.capacity}`,
  );
  return `sector ${start} + ${sectors} ends past the ${disk.capacity} sectors of ${disk.name}`;
}

/** 4.1's checks in their order, with the series' own where patch 11 puts it. False: the bio has ended. */
export function generic_make_request_checks(kernel: Kernel, bio: number): boolean {
  const { bios } = kernel;
  const disk = kernel.disks[bios.bi_bdev[bio]!]!;
  const sectors = bio_sectors(kernel, bio);

  const beyond = bio_check_eod(kernel, bio, sectors);
  if (beyond) return fail(kernel, bio, -EIO, beyond);

  const { max_hw_sectors } = disk.queue.limits;
  if (sectors > max_hw_sectors) {
    kernel.trace.printk(disk.id, bio, `bio too big device ${disk.name} (${sectors} > ${max_hw_sectors})`);
    return fail(kernel, bio, -EIO, `${sectors} sectors > max_hw_sectors ${max_hw_sectors} of ${disk.name}`);
  }
  if ((bios.bi_flags[bio]! & BIO_PFN) !== 0 && !disk.queue.pfn) {
    return fail(kernel, bio, -EOPNOTSUPP, `BIO_PFN, but ${disk.name} has no QUEUE_FLAG_PFN`);
  }
  kernel.trace.block_bio_queue(disk.id, bio, bios.bi_sector[bio]!, sectors, bios.bi_rw[bio]!);
  return true;
}

function fail(kernel: Kernel, bio: number, error: number, rule: string): false {
  kernel.refusal = rule;
  kernel.trace.generic_make_request_checks(
    kernel.bios.bi_bdev[bio]!,
    bio,
    kernel.bios.bi_sector[bio]!,
    error,
    rule,
  );
  bio_endio(kernel, bio, error);
  return false;
}

/** Turns recursion into iteration: a bio submitted by a driver waits on the task's list (4.1: one FIFO). */
export function generic_make_request(kernel: Kernel, bio: number): void {
  if (!generic_make_request_checks(kernel, bio)) return;
  if (kernel.submitting) {
    kernel.bio_list.push(bio);
    return;
  }
  kernel.submitting = true;
  try {
    for (let next: number | undefined = bio; next !== undefined; next = kernel.bio_list.shift()) {
      const disk = kernel.disks[kernel.bios.bi_bdev[next]!]!;
      disk.queue.make_request_fn(kernel, disk, next);
    }
  } finally {
    kernel.submitting = false;
  }
}

export function submit_bio(kernel: Kernel, rw: number, bio: number): void {
  const { bios } = kernel;
  bios.bi_rw[bio]! |= rw;
  kernel.trace.submit_bio(
    bios.bi_bdev[bio]!,
    bio,
    bios.bi_sector[bio]!,
    bios.bi_size[bio]!,
    bios.bi_rw[bio]!,
  );
  generic_make_request(kernel, bio);
}
