import { PAGE_SIZE } from '../../model/address';
import { bio_endio } from '../block/bio';
import { QUEUE_FLAG_DISCARD, REQ_DISCARD, REQ_WRITE } from '../block/flags';
import { bio_sectors } from '../block/iter';
import { blk_set_default_limits } from '../block/limits';
import type { Disk, RequestQueue } from '../block/queue';
import type { Bio } from '../block/tables';
import { EIO, ENOSPC } from '../errno';
import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';
import { withSpec } from './disk';
import type { Driver } from './driver';

const PAGE_SECTORS = 8;

/** A RAM disk: its blocks are RAM pages, allocated when first written (4.1 drivers/block/brd.c). */
export const brd: Driver<'brd'> = {
  name: 'brd',
  access: 'kmap',
  pageless: 'brd_do_bvec() maps the bio’s page with kmap_atomic(): without one, the copy faults.',
  probe({ block, allocator, bytes: kernelBytes }, spec, id) {
    /** Page index on the disk -> pfn. */
    const pages = new Map<number, number>();
    const queue: RequestQueue = {
      limits: {
        ...blk_set_default_limits(),
        max_hw_sectors: 1024,
        max_sectors: 1024,
        physical_block_size: 4096,
        io_min: 4096,
        discard_granularity: 4096,
        max_discard_sectors: 0xffffffff,
        discard_zeroes_data: 1,
      },
      flags: QUEUE_FLAG_DISCARD,
      flush_flags: 0,
      make_request_fn: (kernel, disk, bio) => {
        brd_make_request(kernel, disk, pages, bio);
      },
    };
    return {
      name: spec.name,
      id,
      capacity: spec.sectors,
      queue: withSpec(queue, spec.queue, block.drivers.brd),
      store(at, bytes) {
        for (let done = 0; done < bytes.length; done += PAGE_SIZE - ((at + done) % PAGE_SIZE)) {
          const offset = (at + done) % PAGE_SIZE;
          const index = Math.floor((at + done) / PAGE_SIZE);
          const pfn = pages.get(index) ?? allocator.takePage()!;
          pages.set(index, pfn);
          kernelBytes.write(pfn * PAGE_SIZE + offset, bytes.subarray(done, done + PAGE_SIZE - offset));
        }
      },
    };
  },
};

function brd_make_request(kernel: Kernel, disk: Disk, pages: Map<number, number>, bio: Bio): void {
  const { bvecs } = kernel;
  let sector = bio.bi_sector;
  if (sector + bio_sectors(bio) > disk.capacity) {
    kernel.refusal = `brd_make_request: end sector ${sector + bio_sectors(bio)} > capacity ${disk.capacity} of ${disk.name}`;
    bio_endio(kernel, bio, -EIO);
    return;
  }
  if (bio.bi_rw & REQ_DISCARD) {
    discard_from_brd(kernel, pages, sector, bio.bi_size);
    bio_endio(kernel, bio, 0);
    return;
  }
  let bv = bio.bi_io_vec + bio.bi_idx;
  let done = bio.bi_bvec_done;
  for (let left = bio.bi_size; left > 0;) {
    // A page at a time: a vector of later kernels may hold several.
    const offset = bvecs.offset[bv]! + done;
    const len = Math.min(left, bvecs.len[bv]! - done, PAGE_SIZE - (offset % PAGE_SIZE));
    const pfn = bvecs.pfn[bv]! + Math.floor(offset / PAGE_SIZE);
    const error = brd_do_bvec(kernel, disk, pages, bio, pfn, bvecs.dev[bv]!, offset % PAGE_SIZE, len, sector);
    if (error !== 0) {
      bio_endio(kernel, bio, error);
      return;
    }
    sector += len >>> 9;
    left -= len;
    done += len;
    if (done === bvecs.len[bv]) {
      bv++;
      done = 0;
    }
  }
  bio_endio(kernel, bio, 0);
}

function brd_do_bvec(
  kernel: Kernel,
  disk: Disk,
  pages: Map<number, number>,
  bio: Bio,
  pfn: number,
  dev: number,
  offset: number,
  len: number,
  sector: number,
): number {
  const write = (bio.bi_rw & REQ_WRITE) !== 0;
  if (write) {
    const error = copy_to_brd_setup(kernel, disk, pages, bio, sector, len);
    if (error !== 0) return error;
  }
  const page = kernel.posting.bvec_page(pfn, dev);
  const mem = physThroughKmap(kernel, page, 'brd_do_bvec') + offset;
  let done = 0;
  while (done < len) {
    const at = sector * 512 + done;
    const run = Math.min(len - done, PAGE_SIZE - (at % PAGE_SIZE));
    const own = pages.get(Math.floor(at / PAGE_SIZE));
    if (write) kernel.copy(disk.id, bio, mem + done, own! * PAGE_SIZE + (at % PAGE_SIZE), run);
    else if (own !== undefined)
      kernel.copy(disk.id, bio, own * PAGE_SIZE + (at % PAGE_SIZE), mem + done, run);
    else kernel.zero(disk.id, bio, mem + done, run);
    done += run;
  }
  return 0;
}

/** Makes sure the disk has a page for every byte about to be written. */
function copy_to_brd_setup(
  kernel: Kernel,
  disk: Disk,
  pages: Map<number, number>,
  bio: Bio,
  sector: number,
  len: number,
): number {
  const last = Math.floor((sector * 512 + len - 1) / PAGE_SIZE);
  for (let index = Math.floor(sector / PAGE_SECTORS); index <= last; index++) {
    if (!brd_insert_page(kernel, disk, pages, bio, index)) return -ENOSPC;
  }
  return 0;
}

function brd_insert_page(
  kernel: Kernel,
  disk: Disk,
  pages: Map<number, number>,
  bio: Bio,
  index: number,
): boolean {
  if (pages.has(index)) return true;
  const pfn = kernel.allocator.alloc_page();
  if (pfn === undefined) {
    kernel.refusal = `brd_insert_page: no free page for block ${index} of ${disk.name}`;
    return false;
  }
  pages.set(index, pfn);
  kernel.bytes.drop(pfn);
  kernel.trace.bio(kernel.trace.id.brd_insert_page, disk.id, bio, index, pfn, 0, 0, 0);
  return true;
}

/** Whole pages only: they are zeroed, for freeing them could end in a deadlock (4.1 `discard_from_brd`). */
function discard_from_brd(kernel: Kernel, pages: Map<number, number>, sector: number, bytes: number): void {
  for (let at = sector * 512; bytes >= PAGE_SIZE; at += PAGE_SIZE, bytes -= PAGE_SIZE) {
    const pfn = pages.get(Math.floor(at / PAGE_SIZE));
    if (pfn !== undefined && kernel.copyBytes) kernel.bytes.zero(pfn * PAGE_SIZE, PAGE_SIZE);
  }
}
