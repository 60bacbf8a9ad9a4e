import { bio_endio, bio_put } from '../../block/bio';
import { bio_clone_fast, emptyClone } from '../../block/clone';
import { QUEUE_FLAG_DISCARD, REQ_FLUSH, REQ_FUA } from '../../block/flags';
import { BioWalk } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { blk_queue_discard, type Disk, type MergeBvec, type RequestQueue } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { PhysicalBytes } from '../../memory/bytes';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { kmap, throughStructPage } from '../reach';
import { isDiscard, moveSegments, type Touch } from '../segments';
import { stackLimits } from '../stack';
import { isWrite } from './profile';

/** 1 MiB, and pages that nobody may hold a reference of go by kmap. */
const MAX_BIO = 2048;
const ROUND_TRIP = 250_000;

const receive: Touch = { read: kmap, write: kmap, where: 'recv_dless_read' };
const digest: Touch = { read: kmap, write: kmap, where: 'drbd_csum_bio' };

const send: Touch = { read: kmap, write: throughStructPage(kmap), where: '_drbd_send_zc_bio' };

/**
 * A disk kept in two places (4.1 drivers/block/drbd): a write goes to the disk below and over the socket, and completes when
 * both have it (protocol C). Reads come from below. Activity log, bitmap and resync are not modelled.
 */
export const drbd: Driver<'drbd'> = {
  name: 'drbd',
  access: 'sendpage',
  pageless:
    'The disk below gets a clone. _drbd_send_zc_bio() asks page_count() whether the socket may keep the page: without one that faults.',
  probe(kernel, spec, id, find) {
    const { bdev, nr_sects, disk: below, store } = find(spec.device);
    const limits = { ...blk_set_stacking_limits(), max_hw_sectors: MAX_BIO, max_sectors: MAX_BIO };
    limits.max_write_same_sectors = 0;
    limits.seg_boundary_mask = 4095;
    stackLimits(kernel, spec.name, id, limits, bdev, 0);
    const peer = new PhysicalBytes();
    const diskless = spec.diskless ?? false;
    const queue: RequestQueue = {
      limits,
      flags: blk_queue_discard(below.queue) ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (k, disk, bio) => {
        if (diskless && (bio.bi_size === 0 || !isWrite(bio))) askPeer(k, disk, peer, bio);
        else drbd_make_request(k, disk, diskless ? undefined : bdev, peer, spec.digest ?? false, bio);
      },
      merge_bvec_fn: drbd_merge_bvec(bdev),
    };
    return {
      name: spec.name,
      id,
      capacity: nr_sects,
      queue: withSpec(queue, spec.queue),
      store: (at, bytes) => {
        peer.write(at, bytes);
        if (!diskless) store?.(at, bytes);
      },
    };
  },
};

/** Without a disk of its own the node asks its peer, and receives into the bio's pages. */
function askPeer(kernel: Kernel, disk: Disk, peer: PhysicalBytes, bio: Bio): void {
  kernel.loop.after(
    ROUND_TRIP,
    (late) => {
      if (late.bi_size > 0) moveSegments(kernel, disk, peer, receive, late, late.bi_sector * 512);
      bio_endio(kernel, late, 0);
    },
    bio,
  );
}

function drbd_make_request(
  kernel: Kernel,
  disk: Disk,
  bdev: number | undefined,
  peer: PhysicalBytes,
  hashes: boolean,
  bio: Bio,
): void {
  const remote = isWrite(bio);
  let waits = (remote ? 1 : 0) + (bdev === undefined ? 0 : 1);
  let error = 0;
  const done = (k: Kernel, result: number) => {
    if (result !== 0) error = result;
    if (--waits === 0) bio_endio(k, bio, error);
  };
  if (bdev !== undefined) sendBelow(kernel, disk, bdev, bio, done);
  if (!remote) return;
  // The worker of the connection has it from here.
  kernel.loop.soon(() => {
    if (isDiscard(bio)) {
      if (kernel.copyBytes) peer.erase(bio.bi_sector * 512, bio.bi_size);
    } else {
      if (hashes) touchAll(kernel, bio, digest);
      moveSegments(kernel, disk, peer, send, bio, bio.bi_sector * 512);
    }
    kernel.loop.after(ROUND_TRIP, () => done(kernel, 0), bio);
  }, bio);
}

/** Looks at every page of a bio and moves nothing. */
function touchAll(kernel: Kernel, bio: Bio, { write, where }: Touch): void {
  const walk = new BioWalk();
  walk.start(bio);
  while (walk.nextPage(kernel)) write(kernel, walk.pfn, walk.dev, where);
}

function sendBelow(
  kernel: Kernel,
  disk: Disk,
  bdev: number,
  bio: Bio,
  done: (kernel: Kernel, error: number) => void,
): void {
  const { trace } = kernel;
  const clone = bio.bi_size === 0 ? emptyClone(kernel, bio, bio.bi_rw) : bio_clone_fast(kernel, bio);
  const from = clone.bi_sector;
  clone.bi_bdev = kernel.bdevs[bdev]!;
  clone.bi_end_io = (k, ended, result) => {
    bio_put(k, ended);
    done(k, result);
  };
  trace.bio(trace.id.block_bio_remap, bdev, clone, from, from, clone.bi_size >>> 9, disk.id, clone.bi_rw);
  kernel.block.generic_make_request(kernel, clone);
}

/** 4.1 `drbd_merge_bvec`: up to 1 MiB, and what the disk below takes. */
function drbd_merge_bvec(bdev: number): MergeBvec {
  return (kernel, _disk, bvm, len) => {
    const room = Math.max(MAX_BIO * 512 - bvm.size, 0);
    const { disk } = kernel.bdevs[bdev]!;
    const ask = disk.queue.merge_bvec_fn;
    const limit = ask ? Math.min(room, ask(kernel, disk, { ...bvm, bdev }, len)) : room;
    return limit < len && bvm.size === 0 ? len : Math.min(limit, len);
  };
}
