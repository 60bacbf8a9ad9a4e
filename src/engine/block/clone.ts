import { Oops } from '../oops';
import type { Kernel } from '../kernel';
import { bio_alloc, bio_chain_endio } from './bio';
import { BIO_CLONED, BIO_PFN, REQ_DISCARD, REQ_WRITE_SAME } from './flags';
import { bio_advance, bio_sectors, bio_segments } from './iter';
import { NONE } from './tables';

/** Another bio over the same vectors, standing where `bio` stands. It must not outlive its parent's vectors. */
export function bio_clone_fast(kernel: Kernel, bio: number): number {
  const clone = __bio_clone_fast(kernel, bio);
  emit(kernel, kernel.trace.id.bio_clone, clone, bio);
  return clone;
}

function __bio_clone_fast(kernel: Kernel, bio: number): number {
  const { bios } = kernel;
  const clone = bio_alloc(kernel, bios.bi_bdev[bio]!, bios.bi_rw[bio]!, bios.bi_sector[bio]!, 0);
  // BIO_PFN is inherited whatever the operation (captures: v1flags.csv).
  bios.bi_flags[clone]! |= BIO_CLONED | (bios.bi_flags[bio]! & BIO_PFN);
  bios.bi_size[clone] = bios.bi_size[bio]!;
  bios.bi_idx[clone] = bios.bi_idx[bio]!;
  bios.bi_bvec_done[clone] = bios.bi_bvec_done[bio]!;
  bios.bi_io_vec[clone] = bios.bi_io_vec[bio]!;
  bios.owns_vec[clone] = 0;
  return clone;
}

/** A bio with vectors of its own, which start where `bio` stands: its owner may change them. */
export function bio_clone_bioset(kernel: Kernel, bio: number): number {
  const { bios, bvecs } = kernel;
  const rw = bios.bi_rw[bio]!;
  const clone = bio_alloc(kernel, bios.bi_bdev[bio]!, rw, bios.bi_sector[bio]!, bio_segments(kernel, bio));
  bios.bi_size[clone] = bios.bi_size[bio]!;
  if (rw & REQ_DISCARD) {
    // No vector, and no BIO_PFN.
  } else if (rw & REQ_WRITE_SAME) {
    const from = bios.bi_io_vec[bio]!;
    addVec(kernel, clone, from, bvecs.offset[from]!, bvecs.len[from]!);
  } else {
    bios.bi_flags[clone]! |= bios.bi_flags[bio]! & BIO_PFN;
    copyVecs(kernel, clone, bio);
  }
  emit(kernel, kernel.trace.id.bio_clone, clone, bio);
  return clone;
}

function copyVecs(kernel: Kernel, clone: number, bio: number): void {
  const { bios, bvecs } = kernel;
  let from = bios.bi_io_vec[bio]! + bios.bi_idx[bio]!;
  let done = bios.bi_bvec_done[bio]!;
  let left = bios.bi_size[bio]!;
  while (left > 0) {
    const len = Math.min(left, bvecs.len[from]! - done);
    addVec(kernel, clone, from, bvecs.offset[from]! + done, len);
    left -= len;
    done = 0;
    from++;
  }
}

function addVec(kernel: Kernel, bio: number, from: number, offset: number, len: number): void {
  const { bios, bvecs } = kernel;
  const bv = bios.bi_io_vec[bio]! + bios.bi_vcnt[bio]!;
  bvecs.pfn[bv] = bvecs.pfn[from]!;
  bvecs.dev[bv] = bvecs.dev[from]!;
  bvecs.offset[bv] = offset;
  bvecs.len[bv] = len;
  bios.bi_vcnt[bio]!++;
}

/** An empty bio on behalf of `bio`, as a mapped device sends one to each device below for a flush. `rw`: its bi_rw. */
export function emptyClone(kernel: Kernel, bio: number, rw: number): number {
  const { bios, trace } = kernel;
  const clone = bio_alloc(kernel, bios.bi_bdev[bio]!, rw, 0, 0);
  trace.bio(trace.id.bio_clone, bios.bi_bdev[bio]!, clone, bios.serial[bio]!, bios.bi_sector[bio]!, 0, 0, rw);
  return clone;
}

/**
 * Cuts `sectors` off the front of a bio: gives a fast clone that has them, and `bio` keeps the rest. Throws Oops where
 * the kernel has a BUG_ON: a split must leave something on both sides.
 */
export function bio_split(kernel: Kernel, bio: number, sectors: number): number {
  const all = bio_sectors(kernel, bio);
  if (sectors <= 0 || sectors >= all) {
    throw new Oops(`kernel BUG: ${sectors} of ${all} sectors cannot be split off`, 0n, 'bio_split');
  }
  const split = __bio_clone_fast(kernel, bio);
  kernel.bios.bi_size[split] = sectors * 512;
  bio_advance(kernel, bio, sectors * 512);
  emit(kernel, kernel.trace.id.bio_split, split, bio);
  return split;
}

/** The parent completes only after `bio` has, too. `bio` goes away when it completes. */
export function bio_chain(kernel: Kernel, bio: number, parent: number): void {
  const { bios, trace } = kernel;
  if (bios.bi_private[bio] !== NONE || bios.bi_end_io[bio]) {
    throw new Oops('kernel BUG: the child has a bi_private or bi_end_io', 0n, 'bio_chain');
  }
  bios.bi_private[bio] = parent;
  bios.bi_end_io[bio] = bio_chain_endio;
  bios.bi_remaining[parent]!++;
  trace.bio(
    trace.id.bio_chain,
    bios.bi_bdev[bio]!,
    bio,
    bios.serial[parent]!,
    0,
    0,
    bios.bi_remaining[parent]!,
    0,
  );
}

function emit(kernel: Kernel, name: number, bio: number, parent: number): void {
  const { bios } = kernel;
  kernel.trace.bio(
    name,
    bios.bi_bdev[bio]!,
    bio,
    bios.serial[parent]!,
    bios.bi_sector[bio]!,
    bio_sectors(kernel, bio),
    0,
    bios.bi_rw[bio]!,
  );
}
