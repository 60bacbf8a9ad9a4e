import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { bio_chain, bio_split } from './clone';
import { BIO_SEG_VALID, REQ_DISCARD, REQ_NOMERGE } from './flags';
import { bio_sectors } from './iter';
import type { QueueLimits } from './limits';
import { bvec_split_segs, type SegmentCount } from './map-sg-6.12';
import type { Disk } from './queue';
import { submit_bio_noacct } from './submit-6.12';
import type { Bio } from './tables';

const count: SegmentCount = { nsegs: 0, bytes: 0 };
/** Why the last measured bio has to be split. */
let reason = '';

/**
 * `bio_split_to_limits`: cuts off the front of a bio what the queue takes at once, and submits the rest again. Gives the
 * bio to go on with, its segments counted.
 */
export function bio_split_to_limits(kernel: Kernel, disk: Disk, bio: Bio): Bio {
  const { trace } = kernel;
  const { limits } = disk.queue;
  const sectors = bio.bi_rw & REQ_DISCARD ? discardSplit(limits, bio) : bio_split_rw_at(kernel, limits, bio);
  const nsegs = count.nsegs;
  const part = sectors === 0 ? bio : bio_split(kernel, bio, sectors);
  if (part !== bio) {
    part.bi_rw |= REQ_NOMERGE;
    bio_chain(kernel, part, bio);
    trace.bio(
      trace.id.block_split,
      disk.id,
      part,
      part.bi_sector,
      bio.bi_sector,
      sectors,
      0,
      part.bi_rw & ~REQ_NOMERGE,
      trace.note(`${reason} of ${disk.name}`),
    );
    submit_bio_noacct(kernel, bio);
  }
  part.bi_phys_segments = nsegs;
  part.bi_flags |= BIO_SEG_VALID;
  return part;
}

/** Sectors that may go in one request from where the bio starts: whole physical blocks, if any fit. */
function get_max_io_size(limits: QueueLimits, sector: number): number {
  const pbs = limits.physical_block_size / 512;
  const lbs = limits.logical_block_size / 512;
  let max = limits.max_sectors;
  const { chunk_sectors } = limits;
  if (chunk_sectors !== 0) max = Math.min(max, chunk_sectors - (sector % chunk_sectors));
  const start = sector % pbs;
  const end = Math.floor((start + max) / pbs) * pbs;
  return end > start ? end - start : Math.floor(max / lbs) * lbs;
}

/** Counts segments until something does not fit. Gives the sectors before it, or 0 where all of the bio fits. */
function bio_split_rw_at(kernel: Kernel, limits: QueueLimits, bio: Bio): number {
  const { bvecs } = kernel;
  const sector = bio.bi_sector;
  const max_sectors = get_max_io_size(limits, sector);
  const max_bytes = max_sectors * 512;
  const first = bio.bi_io_vec;
  count.nsegs = count.bytes = 0;
  let bv = first + bio.bi_idx;
  let done = bio.bi_bvec_done;
  let previousEnd = -1;
  for (let left = bio.bi_size; left > 0;) {
    const len = Math.min(left, bvecs.len[bv]! - done);
    const offset = bvecs.offset[bv]! + done;
    if (previousEnd >= 0 && gapBetween(limits, previousEnd, offset)) {
      reason = `bvec_gap_to_prev: offset ${offset} after end ${previousEnd} against virt_boundary_mask ${limits.virt_boundary_mask}`;
      return splitAt(limits);
    }
    const fits =
      count.nsegs < limits.max_segments &&
      count.bytes + len <= max_bytes &&
      (offset % PAGE_SIZE) + len <= PAGE_SIZE &&
      offset < PAGE_SIZE;
    if (fits) {
      count.nsegs++;
      count.bytes += len;
    } else {
      const paddr = bvecs.pfn[bv]! * PAGE_SIZE + offset;
      if (bvec_split_segs(limits, paddr, offset, len, count, limits.max_segments, max_bytes)) {
        reason =
          count.nsegs >= limits.max_segments
            ? `bio_split_rw: more than ${count.nsegs} segments, max_segments ${limits.max_segments}`
            : sizeReason(limits, bio_sectors(bio), max_sectors, sector);
        return splitAt(limits);
      }
    }
    previousEnd = offset + len;
    left -= len;
    done = 0;
    bv++;
  }
  return 0;
}

function sizeReason(limits: QueueLimits, sectors: number, max: number, sector: number): string {
  const { chunk_sectors, max_sectors } = limits;
  if (chunk_sectors !== 0 && max < max_sectors)
    return `bio_split_rw: ${sectors} sectors > ${max} to the next multiple of chunk_sectors ${chunk_sectors} after sector ${sector}`;
  return `bio_split_rw: ${sectors} sectors > max_sectors ${max_sectors}`;
}

function gapBetween(limits: QueueLimits, end: number, offset: number): boolean {
  const { virt_boundary_mask } = limits;
  if (virt_boundary_mask === 0) return false;
  const window = virt_boundary_mask + 1;
  return end % window !== 0 || offset % window !== 0;
}

/** Whole logical blocks only: a vector may end inside one. */
function splitAt(limits: QueueLimits): number {
  return Math.floor(count.bytes / limits.logical_block_size) * (limits.logical_block_size / 512);
}

/** A discard is cut at its own limit, so that the next one starts aligned to the granularity. */
function discardSplit(limits: QueueLimits, bio: Bio): number {
  count.nsegs = 1;
  const granularity = Math.max(limits.discard_granularity / 512, 1);
  const max = Math.floor(Math.min(limits.max_discard_sectors, 0xffffffff >>> 9) / granularity) * granularity;
  const sectors = bio_sectors(bio);
  if (max === 0 || sectors <= max) return 0;
  reason = `bio_split_discard: ${sectors} sectors > max_discard_sectors ${max}`;
  const alignment = (limits.discard_alignment / 512) % granularity;
  const end = bio.bi_sector + max - alignment;
  const over = end % granularity;
  return max > over ? max - over : max;
}
