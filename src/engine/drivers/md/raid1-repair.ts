import { PAGE_SIZE } from '../../../model/address';
import { bio_alloc, bio_put } from '../../block/bio';
import { bio_add_page } from '../../block/add';
import { REQ_SYNC, REQ_WRITE } from '../../block/flags';
import { io_schedule } from '../../block/plug';
import type { Kernel } from '../../kernel';
import type { Mirrors } from './raid1-mirrors';

const PAGE_SECTORS = PAGE_SIZE / 512;

/**
 * After a read that failed: page by page, data from any device that can be read is written over the bad place and read
 * back (4.1 raid1.c). `failed`: called where no device can be read, which costs the first one its place.
 */
export function fix_read_error(
  kernel: Kernel,
  mirrors: Mirrors,
  read_disk: number,
  sector: number,
  sectors: number,
  failed: () => void,
): void {
  const page = kernel.allocator.alloc_page();
  if (page === undefined) {
    failed();
    return;
  }
  const n = mirrors.count;
  for (let done = 0; done < sectors; done += PAGE_SECTORS) {
    const length = Math.min(PAGE_SECTORS, sectors - done);
    const at = sector + done;
    const readable = (disk: number) =>
      !mirrors.faulty(disk) && sync_page_io(kernel, mirrors, disk, at, length, page, 0);
    const order = Array.from({ length: n }, (_, i) => (read_disk + i) % n);
    const from = order.find(readable);
    if (from === undefined) {
      failed();
      break;
    }
    for (const rw of [REQ_WRITE, 0]) {
      for (let to = from; to !== read_disk;) {
        to = (to + n - 1) % n;
        if (!mirrors.faulty(to)) sync_page_io(kernel, mirrors, to, at, length, page, rw);
      }
    }
  }
  kernel.allocator.free_page(page);
}

/** Reads or writes one page of the array's own, and waits for it. Gives whether it went well. */
function sync_page_io(
  kernel: Kernel,
  mirrors: Mirrors,
  at: number,
  sector: number,
  sectors: number,
  page: number,
  rw: number,
): boolean {
  const { bdev, offset } = mirrors.leg(at);
  const bio = bio_alloc(kernel, bdev, 0, sector + offset, 1);
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
