import { PAGE_SIZE } from '../../../model/address';
import { bio_alloc, bio_put } from '../../block/bio';
import { bio_add_page } from '../../block/add';
import { REQ_SYNC, REQ_WRITE } from '../../block/flags';
import { io_schedule } from '../../block/plug';
import { EIO } from '../../errno';
import type { Kernel } from '../../kernel';

const PAGE_SECTORS = PAGE_SIZE / 512;
/** `MD_DEFAULT_MAX_CORRECTED_READ_ERRORS`: reads a device may fail (in an hour or so) before it is given up. */
export const MAX_CORR_READ_ERRORS = 20;

/** Where one copy of the data is: which device of the array, and the sector on its disk. */
export interface CopyAt {
  readonly at: number;
  readonly bdev: number;
  readonly sector: number;
}

/** What a repair has to ask of an array, and tell it. */
export interface Repairable {
  faulty(at: number): boolean;
  /** `md_error`. `error`: a negative errno. */
  fail(at: number, error: number): void;
  /** What has happened, for the Recording. */
  say(rule: string): void;
}

/**
 * After a read that failed: page by page, data from any copy that can be read is written over the bad place and read back
 * (`fix_read_error` of 4.1's and 6.12's raid1.c and raid10.c). A device that fails these has failed altogether: there is no
 * log of bad blocks. `copies`: in the array's order; `slot`: the one that could not be read. Gives false where none can be
 * read, which costs that one's device its place.
 */
export function fix_read_error(
  kernel: Kernel,
  array: Repairable,
  copies: readonly CopyAt[],
  slot: number,
  sectors: number,
): boolean {
  const page = kernel.allocator.alloc_page();
  const bad = copies[slot]!.at;
  if (page === undefined) {
    array.fail(bad, -EIO);
    return false;
  }
  const n = copies.length;
  const io = (copy: CopyAt, done: number, length: number, rw: number) =>
    sync_page_io(kernel, copy.bdev, copy.sector + done, length, page, rw);
  let good = true;
  for (let done = 0; done < sectors && good; done += PAGE_SECTORS) {
    const length = Math.min(PAGE_SECTORS, sectors - done);
    const order = Array.from({ length: n }, (_, i) => (slot + i) % n);
    const from = order.find((i) => !array.faulty(copies[i]!.at) && io(copies[i]!, done, length, 0));
    if (from === undefined) {
      array.fail(bad, -EIO);
      good = false;
      break;
    }
    for (const rw of [REQ_WRITE, 0]) {
      for (let to = from; to !== slot;) {
        to = (to + n - 1) % n;
        const copy = copies[to]!;
        if (array.faulty(copy.at)) continue;
        if (!io(copy, done, length, rw)) array.fail(copy.at, -EIO);
        else if (rw === 0) {
          const device = kernel.bdevs[copy.bdev]!.name;
          array.say(
            `fix_read_error: ${device} gives back what was written over sector ${copy.sector + done}`,
          );
        }
      }
    }
  }
  kernel.allocator.free_page(page);
  return good;
}

/** Reads or writes one page of the array's own, and waits for it. Gives whether it went well. */
function sync_page_io(
  kernel: Kernel,
  bdev: number,
  sector: number,
  sectors: number,
  page: number,
  rw: number,
): boolean {
  const bio = bio_alloc(kernel, bdev, 0, sector, 1);
  bio_add_page(kernel, bio, page, sectors * 512, 0);
  let error: number | undefined;
  bio.bi_end_io = (_kernel, _bio, result) => {
    error = result;
  };
  kernel.block.submit_bio(kernel, rw | REQ_SYNC, bio);
  while (error === undefined) {
    if (!io_schedule(kernel)) throw new Error('an array waits for a page that nothing will bring');
  }
  bio_put(kernel, bio);
  return error === 0;
}
