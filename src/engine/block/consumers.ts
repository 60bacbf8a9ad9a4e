import { PAGE_SIZE } from '../../model/address';
import { NULL_PAGE } from '../posting';
import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';
import type { KmapRange } from '../kmap/ranges';
import { page_address, pfn_to_page } from '../memory/address-space';
import { Oops } from '../oops';
import { BioWalk, bio_has_data, bio_iter_dev, bio_iter_offset, bio_iter_pfn } from './iter';
import type { Bio } from './tables';

/**
 * The code that wants a page, or a kernel address, for what is in a bio: right for memory that has pages, and what each
 * posting makes of memory that has none. Nothing here checks first, because the kernel's does not.
 */

/** A page as the posting gives it: a pfn, or NULL_PAGE. */
export function bio_page(kernel: Kernel, bio: Bio): number {
  return kernel.posting.bvec_page(bio_iter_pfn(kernel, bio), bio_iter_dev(kernel, bio));
}

/** The series' `__pfn_t`, before any packing. */
export function bio_pfn(kernel: Kernel, bio: Bio): { readonly pfn: number; readonly dev: boolean } {
  return { pfn: bio_iter_pfn(kernel, bio), dev: bio_iter_dev(kernel, bio) !== 0 };
}

/** The direct map's address, computed whether or not anything is mapped there; 0 (NULL) only for a bio without data. */
export function bio_data(kernel: Kernel, bio: Bio): bigint {
  if (!bio_has_data(bio)) return 0n;
  return (
    page_address(pagePointer(kernel, bio_page(kernel, bio)), kernel.map.space) +
    BigInt(bio_iter_offset(kernel, bio))
  );
}

function pagePointer(kernel: Kernel, page: number): bigint {
  return page === NULL_PAGE ? 0n : pfn_to_page(BigInt(page), kernel.map.space);
}

/**
 * What an unconverted reader of a vector's `bv_page` gets, with the series' option on or off: a pointer to a page, or
 * `undefined` where it does not compile. With the option off no pfn is page-less: PFN_DEV does not exist.
 */
export function bv_page(kernel: Kernel, pfn: number, option: boolean): bigint | undefined {
  const reads = kernel.posting.bv_page[option ? 'on' : 'off'];
  return reads === 'page' ? pfn_to_page(BigInt(pfn), kernel.map.space) : undefined;
}

/**
 * The first physical byte that a helper's mapping of a vector reaches, `offset` included. Throws Oops in the name of
 * `where` when nothing is mapped there. `ranges`: what drivers registered (`devm_register_kmap_pfn_range`), newest
 * first. A pfn that none of them has gives NULL, to which the helpers add the offset as if it were an address.
 */
export function physOfVec(
  kernel: Kernel,
  pfn: number,
  dev: number,
  offset: number,
  ranges: readonly KmapRange[],
  where: string,
): number {
  const { posting } = kernel;
  if (!posting.kmapsPfns || dev === 0) {
    return physThroughKmap(kernel, posting.bvec_page(pfn, dev), where) + offset;
  }
  const at = pfn * PAGE_SIZE;
  for (const range of ranges) {
    if (at >= range.start && at <= range.end) return at + offset;
  }
  const text = offset.toString(16).padStart(kernel.map.space.wordBits / 4, '0');
  const message = `BUG: unable to handle kernel NULL pointer dereference at ${text}, in ${where}`;
  throw new Oops(message, BigInt(offset), where);
}

/** 4.1 and v1: `kmap_atomic` of the current vector; v3 and v5: `kmap_atomic_pfn_t`. Gives physical bytes. */
export function __bio_kmap_atomic(kernel: Kernel, bio: Bio, ranges: readonly KmapRange[] = []): number {
  return kmapCurrent(kernel, bio, ranges, '__bio_kmap_atomic');
}

/** As `__bio_kmap_atomic`, with interrupts off where there is HIGHMEM. */
export function bvec_kmap_irq(kernel: Kernel, bio: Bio, ranges: readonly KmapRange[] = []): number {
  return kmapCurrent(kernel, bio, ranges, 'bvec_kmap_irq');
}

function kmapCurrent(kernel: Kernel, bio: Bio, ranges: readonly KmapRange[], where: string): number {
  const offset = bio_iter_offset(kernel, bio);
  return physOfVec(kernel, bio_iter_pfn(kernel, bio), bio_iter_dev(kernel, bio), offset, ranges, where);
}

const from = new BioWalk();
const to = new BioWalk();

/** Copies what remains of `src` and of those chained to it over `dst` and its own; as far as both go. */
export function bio_copy_data(kernel: Kernel, dst: Bio, src: Bio, ranges: readonly KmapRange[] = []): void {
  from.start(src);
  to.start(dst);
  for (;;) {
    while (!from.nextPage(kernel)) {
      if (src.bi_next === undefined) return;
      src = src.bi_next;
      from.start(src);
    }
    while (!to.nextPage(kernel)) {
      if (dst.bi_next === undefined) return;
      dst = dst.bi_next;
      to.start(dst);
    }
    const bytes = Math.min(from.len, to.len);
    const source = physOfVec(kernel, from.pfn, from.dev, from.offset, ranges, 'bio_copy_data');
    const target = physOfVec(kernel, to.pfn, to.dev, to.offset, ranges, 'bio_copy_data');
    kernel.copy(dst.bi_bdev.id, dst, source, target, bytes);
    from.shorten(bytes);
    to.shorten(bytes);
  }
}

/** Fills what remains of a bio with zeroes. */
export function zero_fill_bio(kernel: Kernel, bio: Bio, ranges: readonly KmapRange[] = []): void {
  to.start(bio);
  while (to.nextPage(kernel)) {
    const target = physOfVec(kernel, to.pfn, to.dev, to.offset, ranges, 'zero_fill_bio');
    kernel.zero(bio.bi_bdev.id, bio, target, to.len);
  }
}
