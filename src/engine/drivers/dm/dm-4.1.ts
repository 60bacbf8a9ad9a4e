import { bio_endio, bio_put } from '../../block/bio';
import { bio_clone_fast, emptyClone } from '../../block/clone';
import {
  BIO_UPTODATE,
  REQ_DISCARD,
  REQ_FLUSH,
  REQ_NOIDLE,
  REQ_SYNC,
  REQ_WRITE,
  REQ_WRITE_SAME,
} from '../../block/flags';
import { bio_advance, bio_sectors } from '../../block/iter';
import { blk_queue_discard, type Disk, type MergeBvec } from '../../block/queue';
import type { Bio } from '../../block/tables';
import { EIO, EOPNOTSUPP } from '../../errno';
import type { Kernel } from '../../kernel';
import type { DmQueue, DmTable } from './dm';
import { DmIos } from './dm-io';
import { max_io_len, rangeOn, type Target } from './target';

/** 4.1: clones for every target in one go, all of them submitted from inside make_request. */
export const dmQueue: DmQueue = (_kernel, table) => {
  const ios = new DmIos();

  const dec_pending = (kernel: Kernel, io: number, error: number): void => {
    if (error !== 0) ios.error[io] = error;
    if (--ios.io_count[io]! > 0) return;
    const { trace } = kernel;
    const bio = ios.bio[io]!;
    const io_error = ios.error[io]!;
    ios.release(io);
    if (bio.bi_rw & REQ_FLUSH && bio.bi_size > 0) {
      // The flush is done; the data follows, from the work queue.
      bio.bi_rw &= ~REQ_FLUSH;
      kernel.loop.soon((deferred) => {
        __split_and_process_bio(kernel, deferred.bi_bdev.disk, deferred);
      }, bio);
      return;
    }
    trace.queued(trace.id.block_bio_complete, bio, io_error);
    bio_endio(kernel, bio, io_error);
  };

  /** Clones on their way whose target wants to see them end. */
  const ended = new Map<Bio, Target>();

  const clone_endio = (kernel: Kernel, clone: Bio, error: number): void => {
    const io = clone.bi_private as number;
    const reported = (clone.bi_flags & BIO_UPTODATE) === 0 && error === 0 ? -EIO : error;
    const failed = ended.get(clone)?.end_io?.(kernel, clone, reported) ?? reported;
    if (failed === 'incomplete') return;
    ended.delete(clone);
    bio_put(kernel, clone);
    dec_pending(kernel, io, failed);
  };

  /** Sends a clone to where its target maps it. */
  const __map_bio = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    clone: Bio,
    target: Target,
    leg: number,
  ): void => {
    const { trace } = kernel;
    clone.bi_end_io = clone_endio;
    clone.bi_private = io;
    ios.io_count[io]!++;
    const sector = clone.bi_sector;
    const flush = clone.bi_size === 0;
    const mapped = target.map?.(kernel, clone, disk) ?? 'remapped';
    if (target.end_io) ended.set(clone, target);
    if (mapped === 'submitted') return;
    if (mapped !== 'remapped') {
      bio_endio(kernel, clone, mapped);
      return;
    }
    clone.bi_bdev = kernel.bdevs[target.devices[leg]!.bdev]!;
    if (!flush) clone.bi_sector = target.sector(sector);
    trace.bio(
      trace.id.block_bio_remap,
      clone.bi_bdev.id,
      clone,
      clone.bi_sector,
      sector,
      clone.bi_size >>> 9,
      disk.id,
      clone.bi_rw,
    );
    kernel.block.generic_make_request(kernel, clone);
  };

  const __send_empty_flush = (kernel: Kernel, disk: Disk, io: number): void => {
    for (const target of table.targets) {
      for (let leg = 0; leg < target.num_flush_bios; leg++) {
        const clone = emptyClone(kernel, ios.bio[io]!, REQ_WRITE | REQ_SYNC | REQ_NOIDLE | REQ_FLUSH);
        __map_bio(kernel, disk, io, clone, target, leg);
      }
    }
  };

  const __split_and_process_bio = (kernel: Kernel, disk: Disk, bio: Bio): void => {
    const io = ios.alloc(bio);
    let error = 0;
    if (bio.bi_rw & REQ_FLUSH) __send_empty_flush(kernel, disk, io);
    else {
      const discard = (bio.bi_rw & (REQ_DISCARD | REQ_WRITE_SAME)) !== 0;
      const first = bio.bi_sector;
      const sectors = bio_sectors(bio);
      for (let done = 0; done < sectors && error === 0;) {
        const target = table.find(first + done);
        if (!target) {
          error = -EIO;
          break;
        }
        const limit = discard ? target.start + target.len - first - done : max_io_len(target, first + done);
        const len = Math.min(limit, sectors - done);
        error = discard
          ? sendDiscard(kernel, disk, io, bio, target, first + done, len)
          : sendData(kernel, disk, io, bio, target, first + done, done, len);
        done += len;
      }
    }
    dec_pending(kernel, io, error);
  };

  const sendData = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    bio: Bio,
    target: Target,
    sector: number,
    done: number,
    len: number,
  ): number => {
    const clone = bio_clone_fast(kernel, bio);
    if (done > 0) bio_advance(kernel, clone, done * 512);
    clone.bi_size = len * 512;
    __map_bio(kernel, disk, io, clone, target, target.device(sector));
    return 0;
  };

  /** A discard has no vectors: each device of a striped target gets the sectors of its own chunks as one run. */
  const sendDiscard = (
    kernel: Kernel,
    disk: Disk,
    io: number,
    bio: Bio,
    target: Target,
    sector: number,
    len: number,
  ): number => {
    if (!target.devices.some(({ bdev }) => blk_queue_discard(kernel.disk(bdev).queue))) return -EOPNOTSUPP;
    for (let leg = 0; leg < target.num_flush_bios; leg++) {
      const clone = bio_clone_fast(kernel, bio);
      const [begin, end] = rangeOn(target, leg, sector, sector + len);
      if (begin >= end) {
        bio_put(kernel, clone);
        continue;
      }
      clone.bi_sector = sector;
      clone.bi_size = (end - begin) * 512;
      __map_bio(kernel, disk, io, clone, { ...target, sector: () => begin }, leg);
    }
    return 0;
  };

  return {
    make_request_fn: (kernel, disk, bio) => {
      __split_and_process_bio(kernel, disk, bio);
    },
    merge_bvec_fn: dm_merge_bvec(table),
  };
};

/** 4.1 `dm_merge_bvec`: what fits without a cut; at least one whole vector where the bio is empty. */
function dm_merge_bvec(table: DmTable): MergeBvec {
  return (kernel, disk, bvm, len) => {
    const { limits } = disk.queue;
    const target = table.find(bvm.sector);
    let max = 0;
    if (target) {
      max = Math.min(max_io_len(target, bvm.sector), limits.max_sectors) * 512 - bvm.size;
      max = Math.min(max, 0x7fffffff);
      if (max !== 0) max = targetMerge(kernel, target, bvm, len, max);
      else if (limits.max_hw_sectors <= 8) max = 0;
    }
    return max <= len && bvm.size < 512 ? len : max;
  };
}

function targetMerge(
  kernel: Kernel,
  target: Target,
  bvm: { readonly sector: number; readonly size: number; readonly rw: number },
  len: number,
  max: number,
): number {
  const { bdev } = target.devices[target.device(bvm.sector)]!;
  const below = kernel.bdevs[bdev]!;
  const ask = below.disk.queue.merge_bvec_fn;
  if (!ask) return max;
  return Math.min(max, ask(kernel, below.disk, { ...bvm, bdev, sector: target.sector(bvm.sector) }, len));
}
