import { PAGE_SIZE } from '../../model/address';
import { bio_alloc, bio_put } from '../block/bio';
import { READ, REQ_WRITE } from '../block/flags';
import { EIO } from '../errno';
import type { Kernel } from '../kernel';

/** Sectors of a device. */
export interface Place {
  readonly bdev: number;
  readonly sector: number;
}

/** Sectors that one copy moves at a time. */
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

/**
 * A run of sectors from or to pages, as many bios as the device makes of it. `skip`: where in the pages it begins, in bytes.
 * A worker goes on after it: where a request ends, nothing may be sent that has to wait.
 */
export function submitPages(
  kernel: Kernel,
  rw: number,
  { bdev, sector }: Place,
  sectors: number,
  pages: readonly number[],
  end: (error: number) => void,
  skip = 0,
): void {
  let waits = 1;
  let failed = 0;
  const ended = (error: number) => {
    if (error !== 0) failed = error;
    if (--waits === 0) kernel.loop.soon(end, failed);
  };
  const bytes = sectors * 512;
  for (let done = 0; done < bytes && failed === 0;) {
    const bio = bio_alloc(kernel, bdev, rw, sector + done / 512, pages.length);
    const before = done;
    while (done < bytes) {
      const at = skip + done;
      const offset = at % PAGE_SIZE;
      const len = Math.min(bytes - done, PAGE_SIZE - offset);
      const added = kernel.block.bio_add_page(kernel, bio, pages[Math.floor(at / PAGE_SIZE)]!, len, offset);
      if (added === 0) break;
      done += len;
    }
    if (done === before) {
      bio_put(kernel, bio);
      failed = -EIO;
      break;
    }
    bio.bi_end_io = (k, one, error) => {
      bio_put(k, one);
      ended(error);
    };
    waits++;
    kernel.block.generic_make_request(kernel, bio);
  }
  ended(0);
}
