import { PAGE_SIZE } from '../../../model/address';
import type { TierMove } from '../../../model/cache-spec';
import { bio_add_pfn } from '../../block/add';
import { bio_alloc, bio_put } from '../../block/bio';
import { REQ_WRITE } from '../../block/flags';
import { blk_queue_pfn } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';

/** A run of blocks on its way from persistent memory to the slow disk. */
export interface Moved {
  readonly bio: Bio;
  /** DRAM pages that hold a copy meanwhile. */
  readonly pages: readonly number[];
}

/** The way that data really takes, and the rule that ruled out the one that was asked for; '' if none did. */
export function wayOf(kernel: Kernel, bdev: number, pfn: number, wanted: TierMove) {
  const { disk } = kernel.bdevs[bdev]!;
  const copies = (because: string) => ({ way: 'copy' as const, because });
  if (wanted === 'pages')
    return kernel.map.hasPage(pfn)
      ? { way: wanted, because: '' }
      : copies('its memory has no struct pages: bio_add_page() has nothing to be given, so a DRAM page is');
  if (wanted === 'pfn') {
    if (!kernel.posting.hasPfnBios) return copies('this kernel has no bio_add_pfn(): only the series does');
    if (!blk_queue_pfn(disk.queue))
      return copies(`${disk.name} has no QUEUE_FLAG_PFN: its driver promises nothing about page-less bios`);
  }
  return { way: wanted, because: '' };
}

/**
 * A write of [at, at + bytes) of persistent memory to a sector of the slow disk: a copy in DRAM, the memory's own struct
 * pages, or its bare page frames. Gives nothing where there is no DRAM or the bio takes less than one block.
 */
export function moveToSlow(
  kernel: Kernel,
  device: number,
  bdev: number,
  sector: number,
  pieces: readonly { readonly at: number; readonly bytes: number }[],
  way: TierMove,
): { readonly moved: Moved; readonly pieces: number } | undefined {
  const vectors = pieces.reduce((sum, { bytes }) => sum + Math.ceil(bytes / PAGE_SIZE), 0);
  const bio = bio_alloc(kernel, bdev, REQ_WRITE, sector, Math.min(vectors, 256));
  const pages: number[] = [];
  let taken = 0;
  for (const { at, bytes } of pieces) {
    if (!addPiece(kernel, device, bio, at, bytes, way, pages)) break;
    taken++;
  }
  // A block whose end the bio refused is written with the next one.
  bio.bi_size = pieces.slice(0, taken).reduce((sum, { bytes }) => sum + bytes, 0);
  if (taken > 0) return { moved: { bio, pages }, pieces: taken };
  for (const page of pages) kernel.allocator.free_page(page);
  bio_put(kernel, bio);
  return undefined;
}

function addPiece(
  kernel: Kernel,
  device: number,
  bio: Bio,
  at: number,
  bytes: number,
  way: TierMove,
  pages: number[],
): boolean {
  for (let done = 0; done < bytes;) {
    const offset = (at + done) % PAGE_SIZE;
    const len = Math.min(bytes - done, PAGE_SIZE - offset);
    const pfn = (at + done - offset) / PAGE_SIZE;
    if (way === 'copy') {
      const page = kernel.allocator.alloc_page();
      if (page === undefined) return false;
      pages.push(page);
      kernel.copy(device, bio, at + done, page * PAGE_SIZE, len);
      if (kernel.block.bio_add_page(kernel, bio, page, len, 0) === 0) return false;
    } else if (way === 'pages') {
      if (kernel.block.bio_add_page(kernel, bio, pfn, len, offset) === 0) return false;
    } else if (bio_add_pfn(kernel, bio, pfn, kernel.map.hasPage(pfn) ? 0 : 1, len, offset) === 0)
      return false;
    done += len;
  }
  return true;
}
