import { bio_endio, bio_sectors } from '../block/bio';
import { memoryDiskLimits, type Disk } from '../block/queue';
import { READ } from '../block/tables';
import { EIO } from '../errno';
import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';

/**
 * A disk that is a run of physical memory (4.1 drivers/block/pmem.c). The driver reaches its own bytes through
 * an ioremap made at probe, so they need no `struct page`; the caller's buffer does.
 */
export function pmem(name: string, id: number, start: number, end: number, pfn: boolean): Disk {
  return {
    name,
    id,
    capacity: (end - start) / 512,
    queue: {
      limits: memoryDiskLimits(),
      pfn,
      sg_gaps: false,
      no_sg_merge: false,
      make_request_fn: (kernel, disk, bio) => pmem_make_request(kernel, disk, start, bio),
    },
  };
}

function pmem_make_request(kernel: Kernel, disk: Disk, start: number, bio: number): void {
  const { bios, bvecs } = kernel;
  let sector = bios.bi_sector[bio]!;
  if (sector + bio_sectors(kernel, bio) > disk.capacity) {
    bio_endio(kernel, bio, -EIO);
    return;
  }
  const first = bios.bi_io_vec[bio]!;
  for (let bv = first; bv < first + bios.bi_vcnt[bio]!; bv++) {
    pmem_do_bvec(kernel, disk, start + sector * 512, bio, bv);
    sector += bvecs.len[bv]! >>> 9;
  }
  bio_endio(kernel, bio, 0);
}

function pmem_do_bvec(kernel: Kernel, disk: Disk, media: number, bio: number, bv: number): void {
  const { bios, bvecs } = kernel;
  const page = kernel.posting.bvec_page(bvecs.pfn[bv]!, bvecs.dev[bv]!);
  const mem = physThroughKmap(kernel, page, 'pmem_do_bvec') + bvecs.offset[bv]!;
  if (bios.bi_rw[bio] === READ) kernel.copy(disk, bio, media, mem, bvecs.len[bv]!);
  else kernel.copy(disk, bio, mem, media, bvecs.len[bv]!);
}
