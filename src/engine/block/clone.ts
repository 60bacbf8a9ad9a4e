import { Oops } from '../oops';
import type { Kernel } from '../kernel';
import { bio_alloc, bio_chain_endio } from './bio';
import { BIO_CLONED, BIO_PFN, REQ_DISCARD, REQ_WRITE_SAME } from './flags';
import { bio_advance, bio_sectors, bio_segments } from './iter';
import type { Bio } from './tables';

/** Another bio over the same vectors, standing where `bio` stands. It must not outlive its parent's vectors. */
export function bio_clone_fast(kernel: Kernel, bio: Bio): Bio {
  const clone = __bio_clone_fast(kernel, bio);
  emit(kernel, kernel.trace.id.bio_clone, clone, bio);
  return clone;
}

function __bio_clone_fast(kernel: Kernel, bio: Bio): Bio {
  const clone = bio_alloc(kernel, bio.bi_bdev.id, bio.bi_rw, bio.bi_sector, 0);
  // BIO_PFN is inherited whatever the operation (captures: v1flags.csv).
  clone.bi_flags |= BIO_CLONED | (bio.bi_flags & BIO_PFN);
  clone.bi_size = bio.bi_size;
  clone.bi_idx = bio.bi_idx;
  clone.bi_bvec_done = bio.bi_bvec_done;
  clone.bi_io_vec = bio.bi_io_vec;
  clone.owns_vec = 0;
  return clone;
}

/** A bio with vectors of its own, which start where `bio` stands: its owner may change them. */
export function bio_clone_bioset(kernel: Kernel, bio: Bio): Bio {
  const { bvecs } = kernel;
  const rw = bio.bi_rw;
  const clone = bio_alloc(kernel, bio.bi_bdev.id, rw, bio.bi_sector, bio_segments(kernel, bio));
  clone.bi_size = bio.bi_size;
  if (rw & REQ_DISCARD) {
    // No vector, and no BIO_PFN.
  } else if (rw & REQ_WRITE_SAME) {
    const from = bio.bi_io_vec;
    addVec(kernel, clone, from, bvecs.offset[from]!, bvecs.len[from]!);
  } else {
    clone.bi_flags |= bio.bi_flags & BIO_PFN;
    copyVecs(kernel, clone, bio);
  }
  emit(kernel, kernel.trace.id.bio_clone, clone, bio);
  return clone;
}

function copyVecs(kernel: Kernel, clone: Bio, bio: Bio): void {
  const { bvecs } = kernel;
  let from = bio.bi_io_vec + bio.bi_idx;
  let done = bio.bi_bvec_done;
  let left = bio.bi_size;
  while (left > 0) {
    const len = Math.min(left, bvecs.len[from]! - done);
    addVec(kernel, clone, from, bvecs.offset[from]! + done, len);
    left -= len;
    done = 0;
    from++;
  }
}

function addVec(kernel: Kernel, bio: Bio, from: number, offset: number, len: number): void {
  const { bvecs } = kernel;
  const bv = bio.bi_io_vec + bio.bi_vcnt;
  bvecs.pfn[bv] = bvecs.pfn[from]!;
  bvecs.dev[bv] = bvecs.dev[from]!;
  bvecs.offset[bv] = offset;
  bvecs.len[bv] = len;
  bio.bi_vcnt++;
}

/** An empty bio on behalf of `bio`, as a mapped device sends one to each device below for a flush. `rw`: its bi_rw. */
export function emptyClone(kernel: Kernel, bio: Bio, rw: number): Bio {
  const { trace } = kernel;
  const clone = bio_alloc(kernel, bio.bi_bdev.id, rw, 0, 0);
  trace.bio(trace.id.bio_clone, bio.bi_bdev.id, clone, bio.serial, bio.bi_sector, 0, 0, rw);
  return clone;
}

/**
 * Cuts `sectors` off the front of a bio: gives a fast clone that has them, and `bio` keeps the rest. Throws Oops where
 * the kernel has a BUG_ON: a split must leave something on both sides.
 */
export function bio_split(kernel: Kernel, bio: Bio, sectors: number): Bio {
  const all = bio_sectors(bio);
  if (sectors <= 0 || sectors >= all) {
    throw new Oops(`kernel BUG: ${sectors} of ${all} sectors cannot be split off`, 0n, 'bio_split');
  }
  const split = __bio_clone_fast(kernel, bio);
  split.bi_size = sectors * 512;
  bio_advance(kernel, bio, sectors * 512);
  emit(kernel, kernel.trace.id.bio_split, split, bio);
  return split;
}

/** The parent completes only after `bio` has, too. `bio` goes away when it completes. */
export function bio_chain(kernel: Kernel, bio: Bio, parent: Bio): void {
  const { trace } = kernel;
  if (bio.bi_private !== undefined || bio.bi_end_io) {
    throw new Oops('kernel BUG: the child has a bi_private or bi_end_io', 0n, 'bio_chain');
  }
  bio.bi_private = parent;
  bio.bi_end_io = bio_chain_endio;
  parent.bi_remaining++;
  trace.bio(trace.id.bio_chain, bio.bi_bdev.id, bio, parent.serial, 0, 0, parent.bi_remaining, 0);
}

function emit(kernel: Kernel, name: number, bio: Bio, parent: Bio): void {
  kernel.trace.bio(name, bio.bi_bdev.id, bio, parent.serial, bio.bi_sector, bio_sectors(bio), 0, bio.bi_rw);
}
