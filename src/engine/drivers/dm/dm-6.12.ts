import { bio_endio, bio_put } from '../../block/bio';
import { bio_clone_fast, emptyClone } from '../../block/clone';
import { REQ_DISCARD, REQ_FLUSH, REQ_NOIDLE, REQ_SYNC, REQ_WRITE, REQ_WRITE_SAME } from '../../block/flags';
import { bio_advance, bio_sectors } from '../../block/iter';
import { blk_queue_discard, type Disk } from '../../block/queue';
import { NONE } from '../../block/tables';
import { bio_split_to_limits } from '../../block/split-6.12';
import { EIO, EOPNOTSUPP } from '../../errno';
import type { Kernel } from '../../kernel';
import type { DmQueue } from './dm';
import { DmIos } from './dm-io';
import { max_io_len, rangeOn, type Target } from './target';

/** 6.12: one clone at a time; what is left of the bio is submitted again, and comes after what lies below. */
export const dmQueue: DmQueue = (_kernel, table) => {
  const ios = new DmIos();

  const dm_io_dec_pending = (kernel: Kernel, io: number, error: number): void => {
    if (error !== 0) ios.error[io] = error;
    if (--ios.io_count[io]! > 0) return;
    const { bios } = kernel;
    const bio = ios.bio[io]!;
    const io_error = ios.error[io]!;
    ios.release(io);
    if (bios.bi_rw[bio]! & REQ_FLUSH && bios.bi_size[bio]! > 0) {
      bios.bi_rw[bio]! &= ~REQ_FLUSH;
      kernel.loop.soon((deferred) => {
        dm_split_and_process_bio(kernel, kernel.disk(bios.bi_bdev[deferred]!), deferred);
      }, bio);
    } else bio_endio(kernel, bio, io_error);
  };

  const clone_endio = (kernel: Kernel, clone: number, error: number): void => {
    const io = kernel.bios.bi_private[clone]!;
    bio_put(kernel, clone);
    dm_io_dec_pending(kernel, io, error);
  };

  const dm_submit_bio_remap = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    clone: number,
    bdev: number,
    to: number,
  ): void => {
    const { bios, trace } = kernel;
    bios.bi_end_io[clone] = clone_endio;
    bios.bi_private[clone] = io;
    ios.io_count[io]!++;
    const sector = bios.bi_sector[clone]!;
    bios.bi_bdev[clone] = bdev;
    bios.bi_sector[clone] = to;
    const sectors = bios.bi_size[clone]! >>> 9;
    trace.bio(trace.id.block_bio_remap, bdev, clone, to, sector, sectors, disk.id, bios.bi_rw[clone]!);
    kernel.block.generic_make_request(kernel, clone);
  };

  /** One empty flush for each device, whatever targets use it; the newest of the table first. */
  const __send_empty_flush = (kernel: Kernel, disk: Disk, io: number, rw: number): void => {
    const devices = new Set(table.targets.flatMap((target) => target.devices.map(({ bdev }) => bdev)));
    const idle = (rw & (REQ_SYNC | REQ_NOIDLE)) === REQ_SYNC ? 0 : rw & REQ_NOIDLE;
    for (const bdev of [...devices].reverse()) {
      const clone = emptyClone(kernel, ios.bio[io]!, REQ_WRITE | REQ_FLUSH | REQ_SYNC | idle);
      dm_submit_bio_remap(kernel, disk, io, clone, bdev, 0);
    }
  };

  const __process_abnormal_io = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    bio: number,
    target: Target,
    len: number,
  ): number => {
    const { bios } = kernel;
    if (!target.devices.some(({ bdev }) => blk_queue_discard(kernel.disk(bdev).queue))) return -EOPNOTSUPP;
    const sector = bios.bi_sector[bio]!;
    for (let leg = 0; leg < target.devices.length; leg++) {
      const [begin, end] = rangeOn(target, leg, sector, sector + len);
      if (begin >= end) continue;
      const clone = bio_clone_fast(kernel, bio);
      bios.bi_size[clone] = (end - begin) * 512;
      dm_submit_bio_remap(kernel, disk, io, clone, target.devices[leg]!.bdev, begin);
    }
    return 0;
  };

  const dm_split_and_process_bio = (kernel: Kernel, disk: Disk, submitted: number): void => {
    const { bios, trace } = kernel;
    const abnormal = (bios.bi_rw[submitted]! & (REQ_DISCARD | REQ_WRITE_SAME)) !== 0;
    const bio = abnormal ? bio_split_to_limits(kernel, disk, submitted) : submitted;
    if (bio === NONE) return;
    const io = ios.alloc(bio);
    if (bios.bi_rw[bio]! & REQ_FLUSH) {
      __send_empty_flush(kernel, disk, io, bios.bi_rw[bio]!);
      dm_io_dec_pending(kernel, io, 0);
      return;
    }
    const sector = bios.bi_sector[bio]!;
    const sectors = bio_sectors(kernel, bio);
    const target = table.find(sector);
    if (!target) {
      kernel.refusal = `dm_table_find_target: sector ${sector} is in no target of ${disk.name}`;
      dm_io_dec_pending(kernel, io, -EIO);
      return;
    }
    const limit = abnormal
      ? target.start + target.len - sector
      : Math.min(
          max_io_len(target, sector),
          target.max_io_len === 0 ? Infinity : disk.queue.limits.max_sectors,
        );
    const len = Math.min(limit, sectors);
    let error = 0;
    if (abnormal) error = __process_abnormal_io(kernel, disk, io, bio, target, len);
    else {
      const clone = bio_clone_fast(kernel, bio);
      bios.bi_size[clone] = len * 512;
      const { bdev } = target.devices[target.device(sector)]!;
      dm_submit_bio_remap(kernel, disk, io, clone, bdev, target.sector(sector));
    }
    if (error === 0 && len < sectors) {
      bio_advance(kernel, bio, len * 512);
      const rest = bios.bi_sector[bio]!;
      const rule = `max_io_len: ${sectors} sectors > ${limit} that ${target.type} takes at sector ${sector} of ${disk.name}`;
      trace.bio(
        trace.id.block_split,
        disk.id,
        bio,
        rest,
        rest,
        sectors - len,
        0,
        bios.bi_rw[bio]!,
        trace.note(rule),
      );
      bios.bi_remaining[bio]!++;
      kernel.block.generic_make_request(kernel, bio);
    }
    dm_io_dec_pending(kernel, io, error);
  };

  return {
    make_request_fn: (kernel, disk, bio) => {
      dm_split_and_process_bio(kernel, disk, bio);
    },
  };
};
