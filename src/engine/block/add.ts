import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { BIO_CLONED, BIO_PFN, BIO_SEG_VALID } from './flags';
import { blk_max_size_offset, blk_queue_pfn, queue_sg_gaps, type Disk } from './queue';
import { ruleText } from './rule';
import { BIOVEC_PHYS_MERGEABLE, blk_recount_segments } from './segments';
import { type Bio, BIO_MAX_PAGES } from './tables';

/** 4.1: adds a page-backed vector. Gives `len`, or 0 when the queue or the bio refuses. */
export function bio_add_page(kernel: Kernel, bio: Bio, pfn: number, len: number, offset: number): number {
  const disk = bio.bi_bdev.disk;
  const added = __bio_add(kernel, disk, bio, 'bio_add_page', pfn, 0, len, offset, sectorsFor(disk, bio, len));
  emit(kernel, kernel.trace.id.bio_add_page, bio, pfn, offset, len, added);
  return added;
}

/** For requests that are no file I/O: only the hardware's limit holds. */
export function bio_add_pc_page(kernel: Kernel, bio: Bio, pfn: number, len: number, offset: number): number {
  const disk = bio.bi_bdev.disk;
  const { max_hw_sectors } = disk.queue.limits;
  const added = __bio_add(kernel, disk, bio, 'bio_add_pc_page', pfn, 0, len, offset, max_hw_sectors);
  emit(kernel, kernel.trace.id.bio_add_pc_page, bio, pfn, offset, len, added);
  return added;
}

/** The series' way to add memory that may have no page. Sets BIO_PFN even when the vector is then refused. */
export function bio_add_pfn(
  kernel: Kernel,
  bio: Bio,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
): number {
  const disk = bio.bi_bdev.disk;
  let added = 0;
  if (blk_queue_pfn(disk.queue)) {
    bio.bi_flags |= BIO_PFN;
    added = __bio_add(kernel, disk, bio, 'bio_add_pfn', pfn, dev, len, offset, sectorsFor(disk, bio, len));
  } else {
    kernel.refusal = ruleText('bio_add_pfn', 0, 'flag', '!=', 'QUEUE_FLAG_PFN', 1, disk.name);
  }
  emit(kernel, kernel.trace.id.bio_add_pfn, bio, pfn, offset, len, added);
  return added;
}

/** What a careless caller does: fills the vector without asking the queue. Throws RangeError past the last vector. */
export function fillByHand(
  kernel: Kernel,
  bio: Bio,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
  setsFlag: boolean,
): number {
  if (bio.bi_vcnt >= bio.bi_max_vecs) {
    throw new RangeError(`bio ${bio.serial} has only ${bio.bi_max_vecs} vectors`);
  }
  setVec(kernel, bio, pfn, dev, len, offset);
  if (setsFlag) bio.bi_flags |= BIO_PFN;
  kernel.trace.bio(kernel.trace.id.bv_pfn, bio.bi_bdev.id, bio, pfn, offset, len, len, 0);
  return len;
}

/** Vectors that a bio for this device is worth having. A guess of the kernel's: `bio_add_page` decides. */
export function bio_get_nr_vecs(kernel: Kernel, bdev: number): number {
  const { max_segments, max_sectors } = kernel.disk(bdev).queue.limits;
  const pages = Math.floor(max_sectors / (PAGE_SIZE / 512)) + 1;
  return Math.min(max_segments, pages, BIO_MAX_PAGES);
}

/** Sectors that a bio may have. One vector alone may be larger: a caller must always be able to add one. */
function sectorsFor(disk: Disk, bio: Bio, len: number): number {
  const max_sectors = blk_max_size_offset(disk.queue, bio.bi_sector);
  return bio.bi_size === 0 ? Math.max(max_sectors, len >>> 9) : max_sectors;
}

/** What `merge_bvec_fn` is asked: one object, so that asking allocates nothing. */
const bvm = { bdev: 0, sector: 0, size: 0, rw: 0 };

/** Bytes the driver takes of a vector of `len` after the `size` bytes before it; `len` where it has no such function. */
function merge_bvec(kernel: Kernel, disk: Disk, bio: Bio, size: number, len: number): number {
  const { merge_bvec_fn } = disk.queue;
  if (!merge_bvec_fn) return len;
  bvm.bdev = bio.bi_bdev.id;
  bvm.sector = bio.bi_sector;
  bvm.size = size;
  bvm.rw = bio.bi_rw;
  return merge_bvec_fn(kernel, disk, bvm, len);
}

/** 4.1 `__bio_add_page` and v1's `__bio_add_pfn`, in their order: every refusal leaves its rule in `kernel.refusal`. */
function __bio_add(
  kernel: Kernel,
  disk: Disk,
  bio: Bio,
  caller: string,
  pfn: number,
  dev: number,
  len: number,
  offset: number,
  max_sectors: number,
): number {
  const { bvecs } = kernel;
  const { queue } = disk;
  if (bio.bi_flags & BIO_CLONED) {
    return refuse(kernel, disk, caller, 1, 'flag', '!=', 'BIO_CLONED', 0);
  }
  const size = bio.bi_size;
  const sectors = (size + len) >>> 9;
  if (sectors > max_sectors) {
    return refuse(kernel, disk, caller, sectors, 'sectors', '>', sectorLimit(disk, caller), max_sectors);
  }

  const count = bio.bi_vcnt;
  const bv = bio.bi_io_vec + count;
  if (count > 0) {
    const previous = bv - 1;
    const before = bvecs.len[previous]!;
    const end = bvecs.offset[previous]! + before;
    if (bvecs.pfn[previous] === pfn && bvecs.dev[previous] === dev && offset === end) {
      // The driver is asked about the longer vector as if it were new.
      const takes = merge_bvec(kernel, disk, bio, size - before, before + len);
      if (takes < before + len) {
        return refuse(kernel, disk, caller, before + len, 'bytes', '>', 'merge_bvec_fn', takes);
      }
      bvecs.len[previous] = before + len;
      bio.bi_size = size + len;
      return len;
    }
    if (queue_sg_gaps(queue) && bvec_gap_to_prev(end, offset)) {
      const gap = offset !== 0 ? offset : PAGE_SIZE - (end % PAGE_SIZE);
      return refuse(kernel, disk, caller, gap, 'bytes', '>', 'QUEUE_FLAG_SG_GAPS', 0);
    }
  }
  const max_vecs = bio.bi_max_vecs;
  if (count >= max_vecs)
    return refuse(kernel, disk, caller, count + 1, 'vectors', '>', 'bi_max_vecs', max_vecs);

  setVec(kernel, bio, pfn, dev, len, offset);
  bio.bi_phys_segments++;
  const { max_segments } = queue.limits;
  if (bio.bi_phys_segments > max_segments) {
    blk_recount_segments(kernel, queue, bio);
    const segments = bio.bi_phys_segments;
    if (segments > max_segments) {
      undo(kernel, disk, bio, len);
      return refuse(kernel, disk, caller, segments, 'segments', '>', 'max_segments', max_segments);
    }
  }
  const takes = merge_bvec(kernel, disk, bio, size, len);
  if (takes < len) {
    undo(kernel, disk, bio, len);
    return refuse(kernel, disk, caller, len, 'bytes', '>', 'merge_bvec_fn', takes);
  }
  if (count > 0 && BIOVEC_PHYS_MERGEABLE(kernel, bv - 1, bv)) bio.bi_flags &= ~BIO_SEG_VALID;
  return len;
}

/** Would a vector at `offset` leave a gap after one that ends at `end` of its page? */
export function bvec_gap_to_prev(end: number, offset: number): boolean {
  return offset !== 0 || end % PAGE_SIZE !== 0;
}

function setVec(kernel: Kernel, bio: Bio, pfn: number, dev: number, len: number, offset: number): void {
  const { bvecs } = kernel;
  const bv = bio.bi_io_vec + bio.bi_vcnt;
  bvecs.pfn[bv] = pfn;
  // `| 0`: V8 stores an integer it has seen as one at once, and anything else by way of a double.
  bvecs.dev[bv] = dev | 0;
  bvecs.len[bv] = len | 0;
  bvecs.offset[bv] = offset | 0;
  bio.bi_vcnt++;
  bio.bi_size += len;
}

/** The count is taken anew rather than lowered: that is what makes BIO_SEG_VALID true after a refusal. */
function undo(kernel: Kernel, disk: Disk, bio: Bio, len: number): void {
  bio.bi_vcnt--;
  bio.bi_size -= len;
  blk_recount_segments(kernel, disk.queue, bio);
}

function sectorLimit(disk: Disk, caller: string): string {
  if (caller === 'bio_add_pc_page') return 'max_hw_sectors';
  return disk.queue.limits.chunk_sectors === 0 ? 'max_sectors' : 'chunk_sectors_left';
}

function refuse(
  kernel: Kernel,
  disk: Disk,
  caller: string,
  value: number,
  unit: string,
  comparison: '>' | '!=',
  limitName: string,
  limit: number,
): 0 {
  kernel.refusal = ruleText(caller, value, unit, comparison, limitName, limit, disk.name);
  return 0;
}

function emit(
  kernel: Kernel,
  name: number,
  bio: Bio,
  pfn: number,
  offset: number,
  len: number,
  added: number,
): void {
  const { trace } = kernel;
  const note = added === 0 ? trace.note(kernel.refusal) : 0;
  trace.bio(name, bio.bi_bdev.id, bio, pfn, offset, len, added, 0, note);
}
