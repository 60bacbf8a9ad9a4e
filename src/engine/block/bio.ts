import { EIO } from '../errno';
import type { Kernel } from '../kernel';
import { BIO_TRACE_COMPLETION, BIO_RESET_BITS, BIO_UPTODATE } from './flags';
import type { Bio } from './tables';

/** A bio for at most `max_vecs` vectors (0 to 256) at a sector of 512 bytes. `bdev`: an index into `kernel.bdevs`. */
export function bio_alloc(kernel: Kernel, bdev: number, rw: number, sector: number, max_vecs: number): Bio {
  const { bios } = kernel;
  const bio = bios.alloc(kernel.bdevs[bdev]!);
  bio_init(bio, BIO_UPTODATE);
  bio.bi_rw = rw;
  bio.bi_sector = sector;
  bio.bi_max_vecs = max_vecs;
  bio.bi_io_vec = max_vecs === 0 ? 0 : kernel.bvecs.alloc(max_vecs);
  bio.owns_vec = 1;
  return bio;
}

/** What both a new and a reset bio start with. */
function bio_init(bio: Bio, flags: number): void {
  bio.bi_next = undefined;
  bio.bi_rw = 0;
  bio.bi_flags = flags;
  bio.bi_sector = 0;
  bio.bi_size = 0;
  bio.bi_idx = 0;
  bio.bi_bvec_done = 0;
  bio.bi_vcnt = 0;
  bio.bi_phys_segments = 0;
  bio.bi_seg_front_size = 0;
  bio.bi_seg_back_size = 0;
  bio.bi_remaining = 1;
  bio.bi_private = undefined;
  bio.bi_error = 0;
  bio.done = 0;
  bio.bi_end_io = undefined;
}

export function bio_put(kernel: Kernel, bio: Bio): void {
  const { bios } = kernel;
  const max_vecs = bio.bi_max_vecs;
  if (bio.owns_vec === 1 && max_vecs > 0) kernel.bvecs.release(bio.bi_io_vec, max_vecs);
  bios.release(bio);
}

/** As after `bio_alloc`, but for the device, the direction and the sector, which the caller sets anew. */
export function bio_reset(bio: Bio): void {
  const kept = (bio.bi_flags >>> BIO_RESET_BITS) << BIO_RESET_BITS;
  bio_init(bio, kept | BIO_UPTODATE);
}

/** `bi_end_io` of a chained bio: one thing less for its parent to wait for. */
export function bio_chain_endio(kernel: Kernel, bio: Bio, error: number): void {
  bio_endio(kernel, bio.bi_private as Bio, error);
  bio_put(kernel, bio);
}

/**
 * Completes a bio with 0 or a negative errno; chained parents with it when nothing else remains of them. A parent gets
 * the errno of the last completion, and -EIO when that was 0 but an earlier one was not. Throws if it has completed
 * before: that is a bug of ours.
 */
export function bio_endio(kernel: Kernel, bio: Bio, error: number): void {
  for (;;) {
    if (bio.bi_remaining <= 0) throw new Error(`bio ${bio.serial} completed twice`);
    error = kernel.block.stickyError(bio, error);
    if (--bio.bi_remaining > 0) return;

    bio.done++;
    bio.bi_error = error;
    const { trace } = kernel;
    trace.bio(trace.id.bio_endio, bio.bi_bdev.id, bio, bio.bi_sector, 0, bio.bi_size, error, bio.bi_rw);
    if (bio.bi_flags & BIO_TRACE_COMPLETION) {
      trace.queued(trace.id.block_bio_complete, bio, error);
      bio.bi_flags &= ~BIO_TRACE_COMPLETION;
    }
    const end = bio.bi_end_io;
    if (end !== bio_chain_endio) {
      end?.(kernel, bio, error);
      return;
    }
    // Not by calling it: a long chain must not become a deep stack.
    const parent = bio.bi_private as Bio;
    bio_put(kernel, bio);
    bio = parent;
  }
}

/** 4.1: BIO_UPTODATE remembers that something failed, but not with what: -EIO where the last part went well. */
export function uptodateError(bio: Bio, error: number): number {
  if (error !== 0) bio.bi_flags &= ~BIO_UPTODATE;
  else if ((bio.bi_flags & BIO_UPTODATE) === 0) return -EIO;
  return error;
}

/** Since 4.13, `bi_status`: the first error stays. */
export function firstError(bio: Bio, error: number): number {
  if (bio.bi_error === 0) bio.bi_error = error;
  if (bio.bi_error !== 0) bio.bi_flags &= ~BIO_UPTODATE;
  return bio.bi_error;
}

/** For drivers that put their own `bi_end_io` in a bio and gave it back: the bio completes a second time. */
export function bio_endio_nodec(kernel: Kernel, bio: Bio, error: number): void {
  bio.bi_remaining++;
  bio_endio(kernel, bio, error);
}
