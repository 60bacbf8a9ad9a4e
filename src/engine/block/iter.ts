import { PAGE_SIZE } from '../../model/address';
import type { Kernel } from '../kernel';
import { BIO_NO_ADVANCE_ITER_MASK, REQ_DISCARD } from './flags';
import type { Bio } from './tables';

/** Where a bio stands in its vectors (`bvec_iter`): bi_sector, bi_size, bi_idx and bi_bvec_done, as columns. */

/** The vector that the bio stands in. */
function currentVec(bio: Bio): number {
  return bio.bi_io_vec + bio.bi_idx;
}

/** Bytes that remain of the current vector; never more than what remains of the bio. */
export function bio_iter_len(kernel: Kernel, bio: Bio): number {
  const { bvecs } = kernel;
  return Math.min(bio.bi_size, bvecs.len[currentVec(bio)]! - bio.bi_bvec_done);
}

/** Bytes from the start of the vector's page; beyond it where 6.12 has more pages in a vector. */
export function bio_iter_offset(kernel: Kernel, bio: Bio): number {
  const { bvecs } = kernel;
  return bvecs.offset[currentVec(bio)]! + bio.bi_bvec_done;
}

export function bio_iter_pfn(kernel: Kernel, bio: Bio): number {
  return kernel.bvecs.pfn[currentVec(bio)]!;
}

/** 1 where the current vector's page frame has no struct page. */
export function bio_iter_dev(kernel: Kernel, bio: Bio): number {
  return kernel.bvecs.dev[currentVec(bio)]!;
}

/** Takes `bytes` off the front. Throws RangeError past the end, where the kernel only warns and then never stops. */
export function bvec_iter_advance(kernel: Kernel, bio: Bio, bytes: number): void {
  const { bvecs } = kernel;
  const size = bio.bi_size;
  if (bytes > size) throw new RangeError(`bio ${bio.serial} advanced by ${bytes} of its ${size} bytes`);
  let bv = currentVec(bio);
  let done = bio.bi_bvec_done + bytes;
  // At the end of a vector the bio stands at the start of the next, even where it needs no more of it.
  while (bytes > 0 && done >= bvecs.len[bv]!) {
    done -= bvecs.len[bv]!;
    bv++;
    if (done === 0) break;
  }
  bio.bi_idx = bv - bio.bi_io_vec;
  bio.bi_bvec_done = done;
  bio.bi_size = size - bytes;
}

export function bio_advance_iter(kernel: Kernel, bio: Bio, bytes: number): void {
  bio.bi_sector += Math.floor(bytes / 512);
  if (bio.bi_rw & BIO_NO_ADVANCE_ITER_MASK) bio.bi_size -= bytes;
  else bvec_iter_advance(kernel, bio, bytes);
}

export function bio_advance(kernel: Kernel, bio: Bio, bytes: number): void {
  bio_advance_iter(kernel, bio, bytes);
}

/** Vectors that the rest of a bio touches. */
export function bio_segments(kernel: Kernel, bio: Bio): number {
  const { bvecs } = kernel;
  if (bio.bi_rw & BIO_NO_ADVANCE_ITER_MASK) return 1;
  let left = bio.bi_size + bio.bi_bvec_done;
  const first = currentVec(bio);
  let bv = first;
  while (left > 0) left -= bvecs.len[bv++]!;
  return bv - first;
}

export function bio_sectors(bio: Bio): number {
  return bio.bi_size >>> 9;
}

export function bio_end_sector(bio: Bio): number {
  return bio.bi_sector + bio_sectors(bio);
}

export function bio_has_data(bio: Bio): boolean {
  return bio.bi_size > 0 && (bio.bi_rw & REQ_DISCARD) === 0;
}

/**
 * Walks what remains of a bio and leaves the bio where it is: `bio_for_each_segment`. One object serves any number of
 * walks, one after the other. Lengths and offsets in bytes, sectors of 512.
 */
export class BioWalk {
  pfn = 0;
  dev = 0;
  offset = 0;
  len = 0;
  /** Where on the device the current piece starts. */
  sector = 0;
  /** Bytes that remain after the current piece. */
  left = 0;
  private bv = 0;
  private done = 0;

  start(bio: Bio): void {
    this.bv = currentVec(bio);
    this.done = bio.bi_bvec_done;
    this.left = bio.bi_size;
    this.sector = bio.bi_sector;
    this.len = 0;
  }

  /** The next vector, or what remains of it. False: there is none. */
  next(kernel: Kernel): boolean {
    return this.take(kernel, Infinity);
  }

  /** The next piece that lies in one page: since 5.1 a vector may have many. */
  nextPage(kernel: Kernel): boolean {
    return this.take(kernel, PAGE_SIZE);
  }

  /** Gives back the end of the current piece, so that the next one starts there. */
  shorten(len: number): void {
    const back = this.len - len;
    this.left += back;
    this.len = len;
    if (back === 0) return;
    if (this.done === 0) {
      this.bv--;
      this.done = this.vecLen;
    }
    this.done -= back;
  }

  /** Length of the vector that the current piece is of. */
  private vecLen = 0;

  private take({ bvecs }: Kernel, page: number): boolean {
    this.sector += Math.floor(this.len / 512);
    if (this.left <= 0) return false;
    const { bv } = this;
    const at = bvecs.offset[bv]! + this.done;
    const pages = page === PAGE_SIZE ? Math.floor(at / PAGE_SIZE) : 0;
    this.pfn = bvecs.pfn[bv]! + pages;
    this.dev = bvecs.dev[bv]!;
    this.offset = at - pages * PAGE_SIZE;
    this.vecLen = bvecs.len[bv]!;
    this.len = Math.min(this.left, this.vecLen - this.done, page - (page === PAGE_SIZE ? this.offset : 0));
    this.left -= this.len;
    this.done += this.len;
    if (this.done === this.vecLen) {
      this.done = 0;
      this.bv++;
    }
    return true;
  }
}
