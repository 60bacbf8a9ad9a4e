import { PAGE_SIZE } from '../../model/address';
import { bio_endio, bio_sectors } from '../block/bio';
import { memoryDiskLimits, type Disk } from '../block/queue';
import { READ } from '../block/tables';
import { EIO, ENOSPC } from '../errno';
import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';

const PAGE_SECTORS = 8;

/** A RAM disk: its blocks are RAM pages, allocated when first written (4.1 drivers/block/brd.c). */
export function brd(name: string, id: number, capacity: number, pfn: boolean): Disk {
  /** Page index on the disk -> pfn. */
  const pages = new Map<number, number>();
  return {
    name,
    id,
    capacity,
    queue: {
      limits: memoryDiskLimits(),
      pfn,
      sg_gaps: false,
      no_sg_merge: false,
      make_request_fn: (kernel, disk, bio) => brd_make_request(kernel, disk, pages, bio),
    },
  };
}

function brd_make_request(kernel: Kernel, disk: Disk, pages: Map<number, number>, bio: number): void {
  const { bios, bvecs } = kernel;
  let sector = bios.bi_sector[bio]!;
  if (sector + bio_sectors(kernel, bio) > disk.capacity) {
    bio_endio(kernel, bio, -EIO);
    return;
  }
  const first = bios.bi_io_vec[bio]!;
  for (let bv = first; bv < first + bios.bi_vcnt[bio]!; bv++) {
    const error = brd_do_bvec(kernel, disk, pages, bio, bv, sector);
    if (error !== 0) {
      bio_endio(kernel, bio, error);
      return;
    }
    sector += bvecs.len[bv]! >>> 9;
  }
  bio_endio(kernel, bio, 0);
}

function brd_do_bvec(
  kernel: Kernel,
  disk: Disk,
  pages: Map<number, number>,
  bio: number,
  bv: number,
  sector: number,
): number {
  const { bios, bvecs } = kernel;
  const len = bvecs.len[bv]!;
  const read = bios.bi_rw[bio] === READ;
  if (!read) {
    const error = copy_to_brd_setup(kernel, disk, pages, bio, sector, len);
    if (error !== 0) return error;
  }
  const page = kernel.posting.bvec_page(bvecs.pfn[bv]!, bvecs.dev[bv]!);
  const mem = physThroughKmap(kernel, page, 'brd_do_bvec') + bvecs.offset[bv]!;
  eachBlock(sector, len, (index, offset, run, done) => {
    const pfn = pages.get(index);
    if (!read) kernel.copy(disk, bio, mem + done, pfn! * PAGE_SIZE + offset, run);
    else if (pfn !== undefined) kernel.copy(disk, bio, pfn * PAGE_SIZE + offset, mem + done, run);
    else kernel.zero(disk, bio, mem + done, run);
  });
  return 0;
}

/** Makes sure the disk has a page for every byte about to be written. */
function copy_to_brd_setup(
  kernel: Kernel,
  disk: Disk,
  pages: Map<number, number>,
  bio: number,
  sector: number,
  len: number,
): number {
  let error = 0;
  eachBlock(sector, len, (index) => {
    if (error === 0 && !brd_insert_page(kernel, disk, pages, bio, index)) error = -ENOSPC;
  });
  return error;
}

function brd_insert_page(
  kernel: Kernel,
  disk: Disk,
  pages: Map<number, number>,
  bio: number,
  index: number,
): boolean {
  if (pages.has(index)) return true;
  const pfn = kernel.allocator.alloc_page();
  if (pfn === undefined) {
    kernel.refusal = `no free page for block ${index} of ${disk.name}`;
    return false;
  }
  pages.set(index, pfn);
  kernel.bytes.drop(pfn);
  kernel.trace.brd_insert_page(disk.id, bio, index, pfn);
  return true;
}

/** Visits the disk pages under a run of bytes: a vector touches two at most. */
function eachBlock(
  sector: number,
  len: number,
  visit: (index: number, offset: number, run: number, done: number) => void,
): void {
  let done = 0;
  while (done < len) {
    const offset = ((sector % PAGE_SECTORS) * 512 + done) % PAGE_SIZE;
    const index = Math.floor((sector * 512 + done) / PAGE_SIZE);
    const run = Math.min(len - done, PAGE_SIZE - offset);
    visit(index, offset, run, done);
    done += run;
  }
}
