import { EIO } from '../errno';
import type { Kernel } from '../kernel';
import { BIO_TRACE_COMPLETION, BIO_RESET_BITS, BIO_UPTODATE } from './flags';
import { NONE } from './tables';

/** A bio for at most `max_vecs` vectors (0 to 256) at a sector of 512 bytes. `bdev`: an index into `kernel.bdevs`. */
export function bio_alloc(
  kernel: Kernel,
  bdev: number,
  rw: number,
  sector: number,
  max_vecs: number,
): number {
  const { bios } = kernel;
  const bio = bios.alloc();
  bio_init(kernel, bio, BIO_UPTODATE);
  bios.bi_bdev[bio] = bdev;
  bios.bi_rw[bio] = rw;
  bios.bi_sector[bio] = sector;
  bios.bi_max_vecs[bio] = max_vecs;
  bios.bi_io_vec[bio] = max_vecs === 0 ? 0 : kernel.bvecs.alloc(max_vecs);
  bios.owns_vec[bio] = 1;
  return bio;
}

/** What both a new and a reset bio start with. */
function bio_init(kernel: Kernel, bio: number, flags: number): void {
  const { bios } = kernel;
  bios.bi_next[bio] = NONE;
  bios.bi_bdev[bio] = NONE;
  bios.bi_rw[bio] = 0;
  bios.bi_flags[bio] = flags;
  bios.bi_sector[bio] = 0;
  bios.bi_size[bio] = 0;
  bios.bi_idx[bio] = 0;
  bios.bi_bvec_done[bio] = 0;
  bios.bi_vcnt[bio] = 0;
  bios.bi_phys_segments[bio] = 0;
  bios.bi_seg_front_size[bio] = 0;
  bios.bi_seg_back_size[bio] = 0;
  bios.bi_remaining[bio] = 1;
  bios.bi_private[bio] = NONE;
  bios.bi_error[bio] = 0;
  bios.done[bio] = 0;
  bios.bi_end_io[bio] = undefined;
}

export function bio_put(kernel: Kernel, bio: number): void {
  const { bios } = kernel;
  const max_vecs = bios.bi_max_vecs[bio]!;
  if (bios.owns_vec[bio] === 1 && max_vecs > 0) kernel.bvecs.release(bios.bi_io_vec[bio]!, max_vecs);
  bios.release(bio);
}

/** As after `bio_alloc`, but for the device, the direction and the sector, which the caller sets anew. */
export function bio_reset(kernel: Kernel, bio: number): void {
  const kept = (kernel.bios.bi_flags[bio]! >>> BIO_RESET_BITS) << BIO_RESET_BITS;
  bio_init(kernel, bio, kept | BIO_UPTODATE);
}

/** `bi_end_io` of a chained bio: one thing less for its parent to wait for. */
export function bio_chain_endio(kernel: Kernel, bio: number, error: number): void {
  bio_endio(kernel, kernel.bios.bi_private[bio]!, error);
  bio_put(kernel, bio);
}

/**
 * Completes a bio with 0 or a negative errno; chained parents with it when nothing else remains of them. A parent gets
 * the errno of the last completion, and -EIO when that was 0 but an earlier one was not. Throws if it has completed
 * before: that is a bug of ours.
 */
export function bio_endio(kernel: Kernel, bio: number, error: number): void {
  const { bios } = kernel;
  for (;;) {
    if (bios.bi_remaining[bio]! <= 0) throw new Error(`bio ${bio} completed twice`);
    error = kernel.block.stickyError(kernel, bio, error);
    if (--bios.bi_remaining[bio]! > 0) return;

    bios.done[bio]!++;
    bios.bi_error[bio] = error;
    const { trace } = kernel;
    trace.bio(
      trace.id.bio_endio,
      bios.bi_bdev[bio]!,
      bio,
      bios.bi_sector[bio]!,
      0,
      bios.bi_size[bio]!,
      error,
      bios.bi_rw[bio]!,
    );
    if (bios.bi_flags[bio]! & BIO_TRACE_COMPLETION) {
      trace.queued(trace.id.block_bio_complete, bio, error);
      bios.bi_flags[bio]! &= ~BIO_TRACE_COMPLETION;
    }
    const end = bios.bi_end_io[bio];
    if (end !== bio_chain_endio) {
      end?.(kernel, bio, error);
      return;
    }
    // Not by calling it: a long chain must not become a deep stack.
    const parent = bios.bi_private[bio]!;
    bio_put(kernel, bio);
    bio = parent;
  }
}

/** 4.1: BIO_UPTODATE remembers that something failed, but not with what: -EIO where the last part went well. */
export function uptodateError(kernel: Kernel, bio: number, error: number): number {
  const { bios } = kernel;
  if (error !== 0) bios.bi_flags[bio]! &= ~BIO_UPTODATE;
  else if ((bios.bi_flags[bio]! & BIO_UPTODATE) === 0) return -EIO;
  return error;
}

/** Since 4.13, `bi_status`: the first error stays. */
export function firstError(kernel: Kernel, bio: number, error: number): number {
  const { bios } = kernel;
  if (bios.bi_error[bio] === 0) bios.bi_error[bio] = error;
  if (bios.bi_error[bio] !== 0) bios.bi_flags[bio]! &= ~BIO_UPTODATE;
  return bios.bi_error[bio]!;
}

/** For drivers that put their own `bi_end_io` in a bio and gave it back: the bio completes a second time. */
export function bio_endio_nodec(kernel: Kernel, bio: number, error: number): void {
  kernel.bios.bi_remaining[bio]!++;
  bio_endio(kernel, bio, error);
}
