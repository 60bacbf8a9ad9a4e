import type { Kernel } from '../kernel';
import { REQ_DISCARD, REQ_WRITE_SAME } from './flags';
import { bio_iter_dev, bio_iter_len } from './iter';
import type { QueueLimits } from './limits';
import type { Request } from './requests';
import { bio_to_phys } from './segments';
import type { SgTable } from './sg-table';
import type { Bio } from './tables';

/**
 * 4.1: fills the scatterlist of a request and gives its entries, which are at most `nr_phys_segments`: that estimate
 * joins nothing where two bios meet, this does. The phys of a page-less vector is right; whether a driver gets a page
 * for it is the posting's to say.
 */
export function blk_rq_map_sg(kernel: Kernel, rq: Request, sg: SgTable): number {
  sg.clear();
  const bio = rq.bio;
  if (bio !== undefined) __blk_bios_map_sg(kernel, rq.disk.queue.limits, bio, sg);
  traceSg(kernel, rq, sg);
  return sg.nents;
}

function __blk_bios_map_sg(kernel: Kernel, limits: QueueLimits, first: Bio, sg: SgTable): void {
  const { bvecs } = kernel;
  const rw = first.bi_rw;
  if (rw & REQ_DISCARD) {
    // A driver may have given it one page, in which it tells the device what to discard.
    if (first.bi_vcnt > 0) single_segment(kernel, first, sg);
    return;
  }
  if (rw & REQ_WRITE_SAME) {
    single_segment(kernel, first, sg);
    return;
  }

  const { max_segment_size } = limits;
  const cluster = limits.cluster !== 0;
  const perWindow = 1 / (limits.seg_boundary_mask + 1);
  let start = 0;
  let end = -1;
  // The entry that may still grow: none yet.
  let phys = 0;
  let length = 0;
  let dev = 0;
  for (let bio: Bio | undefined = first; bio; bio = bio.bi_next) {
    let bv = bio.bi_io_vec + bio.bi_idx;
    let done = bio.bi_bvec_done;
    let left = bio.bi_size;
    while (left > 0) {
      const len = Math.min(left, bvecs.len[bv]! - done);
      const at = bvecs.pfn[bv]! * 4096 + bvecs.offset[bv]! + done;
      if (
        end === at &&
        cluster &&
        length + len <= max_segment_size &&
        Math.floor(start * perWindow) === Math.floor((at + len - 1) * perWindow)
      ) {
        length += len;
      } else {
        if (end >= 0) sg.add(phys, length, dev);
        phys = at;
        length = len;
        dev = bvecs.dev[bv]!;
      }
      start = at;
      end = at + len;
      left -= len;
      done = 0;
      bv++;
    }
  }
  if (end >= 0) sg.add(phys, length, dev);
}

function single_segment(kernel: Kernel, bio: Bio, sg: SgTable): void {
  sg.add(bio_to_phys(kernel, bio), bio_iter_len(kernel, bio), bio_iter_dev(kernel, bio));
}

/** What was mapped, with the estimate beside it, and each entry as it ended up. */
export function traceSg(kernel: Kernel, rq: Request, sg: SgTable): void {
  const { trace } = kernel;
  const disk = rq.disk.id;
  const bio = rq.bio;
  const serial = rq.serial;
  const estimate = rq.nr_phys_segments;
  const sector = rq.__sector;
  trace.bio(trace.id.blk_rq_map_sg, disk, bio, sector, serial, sg.nents, estimate, rq.cmd_flags);
  for (let i = 0; i < sg.nents; i++) {
    trace.bio(trace.id.sg_set_page, disk, bio, sg.phys[i]!, serial, sg.length[i]!, i, 0);
  }
}
