import { PAGE_SIZE } from '../../model/address';
import { bio_alloc, bio_put } from '../block/bio';
import { READ, REQ_WRITE } from '../block/flags';
import type { Kernel } from '../kernel';

/** Sectors of a device. */
export interface Place {
  readonly bdev: number;
  readonly sector: number;
}

/** Sectors that one copy moves at a time: what every disk of the machine takes. */
const PIECE = 64;

/**
 * Copies a run from one device to another through DRAM pages, as kcopyd and bcache's writeback do: read, then write, piece by
 * piece. `end` gets 0 or the first errno.
 */
export function copyRun(
  kernel: Kernel,
  from: Place,
  to: Place,
  sectors: number,
  end: (error: number) => void,
): void {
  const piece = Math.min(sectors, PIECE);
  const pages = allocPages(kernel, piece);
  const finish = (error: number) => {
    for (const page of pages) kernel.allocator.free_page(page);
    if (error !== 0 || piece === sectors) end(error);
    else {
      const [next, at] = [from, to].map(({ bdev, sector }) => ({ bdev, sector: sector + piece }));
      copyRun(kernel, next!, at!, sectors - piece, end);
    }
  };
  if (pages.length * 8 < piece) {
    finish(-12);
    return;
  }
  submitPages(kernel, READ, from, piece, pages, (error) => {
    if (error !== 0) finish(error);
    else submitPages(kernel, REQ_WRITE, to, piece, pages, finish);
  });
}

/** Pages for so many sectors; fewer where there is no memory. */
export function allocPages(kernel: Kernel, sectors: number): number[] {
  const pages: number[] = [];
  for (let left = sectors; left > 0; left -= 8) {
    const page = kernel.allocator.alloc_page();
    if (page === undefined) break;
    pages.push(page);
  }
  return pages;
}

/** One bio over whole pages. */
export function submitPages(
  kernel: Kernel,
  rw: number,
  { bdev, sector }: Place,
  sectors: number,
  pages: readonly number[],
  end: (error: number) => void,
): void {
  const bio = bio_alloc(kernel, bdev, rw, sector, pages.length);
  let left = sectors * 512;
  for (const page of pages) {
    const len = Math.min(left, PAGE_SIZE);
    if (len > 0 && kernel.block.bio_add_page(kernel, bio, page, len, 0) === 0) break;
    left -= len;
  }
  if (left > 0) {
    bio_put(kernel, bio);
    end(-5);
    return;
  }
  bio.bi_end_io = (k, ended, error) => {
    bio_put(k, ended);
    end(error);
  };
  kernel.block.generic_make_request(kernel, bio);
}
