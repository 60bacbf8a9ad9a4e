import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { BIOVEC_PHYS_MERGEABLE, blk_recount_segments } from './segments';
import { blk_max_size_offset, type Disk, type RequestQueue } from './queue';
import { BIO_CLONED, BIO_PFN, BIO_SEG_VALID, BIO_UPTODATE } from './tables';

/** A bio for at most `max_vecs` vectors (1 to 256) on a disk, at a sector of 512 bytes. */
export function bio_alloc(kernel: Kernel, disk: Disk, rw: number, sector: number, max_vecs: number): number {
  const { bios } = kernel;
  const bio = bios.alloc();
  bios.bi_rw[bio] = rw;
  bios.bi_flags[bio] = BIO_UPTODATE;
  bios.bi_bdev[bio] = disk.id;
  bios.bi_sector[bio] = sector;
  bios.bi_size[bio] = 0;
  bios.bi_idx[bio] = 0;
  bios.bi_bvec_done[bio] = 0;
  bios.bi_vcnt[bio] = 0;
  bios.bi_max_vecs[bio] = max_vecs;
  bios.bi_io_vec[bio] = kernel.bvecs.alloc(max_vecs);
  bios.bi_phys_segments[bio] = 0;
  bios.bi_error[bio] = 0;
  bios.done[bio] = 0;
  return bio;
}

export function bio_put(kernel: Kernel, bio: number): void {
  kernel.bvecs.release(kernel.bios.bi_io_vec[bio]!, kernel.bios.bi_max_vecs[bio]!);
  kernel.bios.release(bio);
}

export function bio_sectors(kernel: Kernel, bio: number): number {
  return kernel.bios.bi_size[bio]! >>> 9;
}

/** Adds a page-backed vector. Gives `len`, or 0 when the queue or the bio refuses. */
export function bio_add_page(
  kernel: Kernel,
  disk: Disk,
  bio: number,
  pfn: number,
  len: number,
  offset: number,
): number {
  const added = __bio_add(kernel, disk, bio, pfn, 0, len, offset);
  kernel.trace.bio_add_page(disk.id, bio, pfn, offset, len, added, added === 0 ? kernel.refusal : '');
  return added;
}

/** The series' way to add memory that may have no page. Sets BIO_PFN even when the vector is then refused. */
export function bio_add_pfn(
  kernel: Kernel,
  disk: Disk,
  bio: number,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
): number {
  let added = 0;
  if (disk.queue.pfn) {
    kernel.bios.bi_flags[bio]! |= BIO_PFN;
    added = __bio_add(kernel, disk, bio, pfn, dev, len, offset);
  } else {
    kernel.refusal = `${disk.name} has no QUEUE_FLAG_PFN: no driver of the series sets it`;
  }
  kernel.trace.bio_add_pfn(disk.id, bio, pfn, offset, len, added, added === 0 ? kernel.refusal : '');
  return added;
}

/** What a careless caller does: fills the vector and sets BIO_PFN without asking the queue. */
export function fillByHand(
  kernel: Kernel,
  disk: Disk,
  bio: number,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
): number {
  const { bios, bvecs } = kernel;
  const bv = bios.bi_io_vec[bio]! + bios.bi_vcnt[bio]!;
  bvecs.pfn[bv] = pfn;
  bvecs.dev[bv] = dev;
  bvecs.len[bv] = len;
  bvecs.offset[bv] = offset;
  bios.bi_vcnt[bio]!++;
  bios.bi_size[bio]! += len;
  if (kernel.posting.hasPfnBios) bios.bi_flags[bio]! |= BIO_PFN;
  kernel.trace.bv_pfn(disk.id, bio, pfn, offset, len, len, '');
  return len;
}

/** 4.1 `__bio_add_page`, in its order: every refusal leaves its reason in `kernel.refusal`. */
function __bio_add(
  kernel: Kernel,
  disk: Disk,
  bio: number,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
): number {
  const { bios, bvecs } = kernel;
  const { queue } = disk;
  if (bios.bi_flags[bio]! & BIO_CLONED) return refuse(kernel, 'a clone shares its vectors: BIO_CLONED');

  const size = bios.bi_size[bio]!;
  let max_sectors = blk_max_size_offset(queue, bios.bi_sector[bio]!);
  if (size === 0 && max_sectors < len >>> 9) max_sectors = len >>> 9;
  if ((size + len) >>> 9 > max_sectors) {
    return refuse(kernel, `${(size + len) >>> 9} sectors > max_sectors ${max_sectors} of ${disk.name}`);
  }

  const count = bios.bi_vcnt[bio]!;
  const bv = bios.bi_io_vec[bio]! + count;
  if (count > 0) {
    const previous = bv - 1;
    const end = bvecs.offset[previous]! + bvecs.len[previous]!;
    if (bvecs.pfn[previous] === pfn && bvecs.dev[previous] === dev && offset === end) {
      bvecs.len[previous]! += len;
      bios.bi_size[bio]! += len;
      return len;
    }
    if (queue.sg_gaps && (offset !== 0 || end % PAGE_SIZE !== 0)) {
      return refuse(kernel, `a gap before offset ${offset}: ${disk.name} has QUEUE_FLAG_SG_GAPS`);
    }
  }
  if (count >= bios.bi_max_vecs[bio]!) return refuse(kernel, `all ${count} vectors of the bio are used`);

  bvecs.pfn[bv] = pfn;
  bvecs.dev[bv] = dev;
  bvecs.len[bv] = len;
  bvecs.offset[bv] = offset;
  bios.bi_vcnt[bio]!++;
  bios.bi_phys_segments[bio]!++;
  bios.bi_size[bio]! += len;
  return fitsSegments(kernel, queue, bio) ? accept(kernel, bio, bv, len) : undo(kernel, disk, bio, len);
}

function fitsSegments(kernel: Kernel, queue: RequestQueue, bio: number): boolean {
  const { bios } = kernel;
  if (bios.bi_phys_segments[bio]! <= queue.limits.max_segments) return true;
  blk_recount_segments(kernel, queue, bio);
  return bios.bi_phys_segments[bio]! <= queue.limits.max_segments;
}

function accept(kernel: Kernel, bio: number, bv: number, len: number): number {
  const { bios } = kernel;
  if (bios.bi_vcnt[bio]! > 1 && BIOVEC_PHYS_MERGEABLE(kernel, bv - 1, bv))
    bios.bi_flags[bio]! &= ~BIO_SEG_VALID;
  return len;
}

function undo(kernel: Kernel, disk: Disk, bio: number, len: number): number {
  const { bios } = kernel;
  bios.bi_vcnt[bio]!--;
  bios.bi_size[bio]! -= len;
  blk_recount_segments(kernel, disk.queue, bio);
  return refuse(kernel, `more than max_segments ${disk.queue.limits.max_segments} of ${disk.name}`);
}

function refuse(kernel: Kernel, rule: string): 0 {
  kernel.refusal = rule;
  return 0;
}

/** Completes a bio with 0 or a negative errno. Throws if it has completed before: that is a bug of ours. */
export function bio_endio(kernel: Kernel, bio: number, error: number): void {
  const { bios } = kernel;
  if (bios.done[bio]!++ !== 0) throw new Error(`bio ${bio} completed twice`);
  if (error !== 0) bios.bi_flags[bio]! &= ~BIO_UPTODATE;
  bios.bi_error[bio] = error;
  kernel.trace.bio_endio(bios.bi_bdev[bio]!, bio, bios.bi_sector[bio]!, bios.bi_size[bio]!, error);
}
