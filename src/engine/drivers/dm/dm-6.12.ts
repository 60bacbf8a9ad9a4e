import { bio_endio, bio_put } from '../../block/bio';
import { bio_clone_fast, emptyClone } from '../../block/clone';
import { REQ_DISCARD, REQ_FLUSH, REQ_NOIDLE, REQ_SYNC, REQ_WRITE, REQ_WRITE_SAME } from '../../block/flags';
import { bio_advance, bio_sectors } from '../../block/iter';
import { blk_queue_discard, type Disk } from '../../block/queue';
import { bio_split_to_limits } from '../../block/split-6.12';
import type { Bio } from '../../block/tables';
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
    const bio = ios.bio[io]!;
    const io_error = ios.error[io]!;
    ios.release(io);
    if (bio.bi_rw & REQ_FLUSH && bio.bi_size > 0) {
      bio.bi_rw &= ~REQ_FLUSH;
      kernel.loop.soon((deferred) => {
        dm_split_and_process_bio(kernel, deferred.bi_bdev.disk, deferred);
      }, bio);
    } else bio_endio(kernel, bio, io_error);
  };

  /** Clones on their way whose target wants to see them end. */
  const ended = new Map<Bio, Target>();

  const clone_endio = (kernel: Kernel, clone: Bio, error: number): void => {
    const io = clone.bi_private as number;
    const failed = ended.get(clone)?.end_io?.(kernel, clone, error) ?? error;
    if (failed === 'incomplete') return;
    ended.delete(clone);
    bio_put(kernel, clone);
    dm_io_dec_pending(kernel, io, failed);
  };

  const dm_submit_bio_remap = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    clone: Bio,
    bdev: number,
    to: number,
    target: Target | undefined,
  ): void => {
    const { trace } = kernel;
    clone.bi_end_io = clone_endio;
    clone.bi_private = io;
    ios.io_count[io]!++;
    const mapped = target?.map?.(kernel, clone, disk) ?? 'remapped';
    if (target?.end_io) ended.set(clone, target);
    if (mapped === 'submitted') return;
    if (mapped !== 'remapped') {
      bio_endio(kernel, clone, mapped);
      return;
    }
    const sector = clone.bi_sector;
    clone.bi_bdev = kernel.bdevs[bdev]!;
    clone.bi_sector = to;
    const sectors = clone.bi_size >>> 9;
    trace.bio(trace.id.block_bio_remap, bdev, clone, to, sector, sectors, disk.id, clone.bi_rw);
    kernel.block.generic_make_request(kernel, clone);
  };

  /** One empty flush for each device, whatever targets use it; the newest of the table first. */
  const __send_empty_flush = (kernel: Kernel, disk: Disk, io: number, rw: number): void => {
    const devices = new Set(table.targets.flatMap((target) => target.devices.map(({ bdev }) => bdev)));
    const idle = (rw & (REQ_SYNC | REQ_NOIDLE)) === REQ_SYNC ? 0 : rw & REQ_NOIDLE;
    for (const bdev of [...devices].reverse()) {
      const clone = emptyClone(kernel, ios.bio[io]!, REQ_WRITE | REQ_FLUSH | REQ_SYNC | idle);
      const own = table.targets.find((target) => target.map && target.devices[0]?.bdev === bdev);
      dm_submit_bio_remap(kernel, disk, io, clone, bdev, 0, own);
    }
  };

  const __process_abnormal_io = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    bio: Bio,
    target: Target,
    len: number,
  ): number => {
    if (!target.devices.some(({ bdev }) => blk_queue_discard(kernel.disk(bdev).queue))) return -EOPNOTSUPP;
    const sector = bio.bi_sector;
    for (let leg = 0; leg < target.num_flush_bios; leg++) {
      const [begin, end] = rangeOn(target, leg, sector, sector + len);
      if (begin >= end) continue;
      const clone = bio_clone_fast(kernel, bio);
      clone.bi_size = (end - begin) * 512;
      dm_submit_bio_remap(kernel, disk, io, clone, target.devices[leg]!.bdev, begin, target);
    }
    return 0;
  };

  const dm_split_and_process_bio = (kernel: Kernel, disk: Disk, submitted: Bio): void => {
    const { trace } = kernel;
    const abnormal = (submitted.bi_rw & (REQ_DISCARD | REQ_WRITE_SAME)) !== 0;
    const bio = abnormal ? bio_split_to_limits(kernel, disk, submitted) : submitted;
    const io = ios.alloc(bio);
    if (bio.bi_rw & REQ_FLUSH) {
      __send_empty_flush(kernel, disk, io, bio.bi_rw);
      dm_io_dec_pending(kernel, io, 0);
      return;
    }
    const sector = bio.bi_sector;
    const sectors = bio_sectors(bio);
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
      clone.bi_size = len * 512;
      const { bdev } = target.devices[target.device(sector)]!;
      dm_submit_bio_remap(kernel, disk, io, clone, bdev, target.sector(sector), target);
    }
    if (error === 0 && len < sectors) {
      bio_advance(kernel, bio, len * 512);
      const rest = bio.bi_sector;
      const rule = `max_io_len: ${sectors} sectors > ${limit} that ${target.type} takes at sector ${sector} of ${disk.name}`;
      trace.bio(
        trace.id.block_split,
        disk.id,
        bio,
        rest,
        rest,
        sectors - len,
        0,
        bio.bi_rw,
        trace.note(rule),
      );
      bio.bi_remaining++;
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
