import { PAGE_SIZE, phys } from '../../model/address';
import { bio_endio } from '../block/bio';
import { REQ_FLUSH, REQ_FUA, REQ_WRITE } from '../block/flags';
import { bio_sectors } from '../block/iter';
import { blk_set_default_limits } from '../block/limits';
import type { Disk, RequestQueue } from '../block/queue';
import type { Bio } from '../block/tables';
import { EIO } from '../errno';
import type { Kernel } from '../kernel';
import { physThroughKmap } from '../kmap/page';
import { withSpec } from './disk';
import type { Driver } from './driver';

/**
 * A disk that is a run of physical memory (4.1 drivers/block/pmem.c). The driver reaches its own bytes through an
 * ioremap made at probe, so they need no `struct page`; the caller's buffer does.
 */
export const pmem: Driver<'pmem'> = {
  name: 'pmem',
  access: 'kmap',
  pageless: 'pmem_do_bvec() maps the bio’s page with kmap_atomic(): without one, the copy faults.',
  probe(kernel, spec, id) {
    const { block, posting } = kernel;
    const start = phys(spec.start);
    if (posting.kmapsPfns) {
      // Where in the kernel's addresses the ioremap lies is nobody's business here.
      const range = { owner: spec.name, start, end: phys(spec.end) - 1, base: 0n };
      kernel.kmapRanges = [range, ...kernel.kmapRanges];
    }
    const queue: RequestQueue = {
      limits: { ...blk_set_default_limits(), max_hw_sectors: 1024, max_sectors: 1024 },
      flags: 0,
      flush_flags: 0,
      make_request_fn: (k, disk, bio) => {
        pmem_make_request(k, disk, start, bio);
      },
    };
    const capacity = (phys(spec.end) - start) / 512;
    const memory = { start, end: phys(spec.end) };
    return {
      name: spec.name,
      id,
      capacity,
      memory,
      queue: withSpec(queue, spec.queue, block.drivers.pmem),
      store: (at, bytes) => kernel.bytes.write(start + at, bytes),
    };
  },
};

function pmem_make_request(kernel: Kernel, disk: Disk, start: number, bio: Bio): void {
  const { bvecs } = kernel;
  const sector = bio.bi_sector;
  if (sector + bio_sectors(bio) > disk.capacity) {
    kernel.refusal = `pmem_make_request: end sector ${sector + bio_sectors(bio)} > capacity ${disk.capacity} of ${disk.name}`;
    bio_endio(kernel, bio, -EIO);
    return;
  }
  let media = start + sector * 512;
  let bv = bio.bi_io_vec + bio.bi_idx;
  let done = bio.bi_bvec_done;
  for (let left = bio.bi_size; left > 0;) {
    // A page at a time: a vector of later kernels may hold several.
    const offset = bvecs.offset[bv]! + done;
    const len = Math.min(left, bvecs.len[bv]! - done, PAGE_SIZE - (offset % PAGE_SIZE));
    const pfn = bvecs.pfn[bv]! + Math.floor(offset / PAGE_SIZE);
    pmem_do_bvec(kernel, disk, media, bio, pfn, bvecs.dev[bv]!, offset % PAGE_SIZE, len);
    media += len;
    left -= len;
    done += len;
    if (done === bvecs.len[bv]) {
      bv++;
      done = 0;
    }
  }
  if (bio.bi_rw & (REQ_FUA | REQ_FLUSH)) kernel.persistent.fenceAll();
  bio_endio(kernel, bio, 0);
}

function pmem_do_bvec(
  kernel: Kernel,
  disk: Disk,
  media: number,
  bio: Bio,
  pfn: number,
  dev: number,
  offset: number,
  len: number,
): void {
  const page = kernel.posting.bvec_page(pfn, dev);
  const mem = physThroughKmap(kernel, page, 'pmem_do_bvec') + offset;
  if (bio.bi_rw & REQ_WRITE) {
    kernel.persistent.store(media, len);
    kernel.copy(disk.id, bio, mem, media, len);
    // 6.12 copies with a cache flush; 4.1's memory is not cached.
    kernel.persistent.clwb(media, len);
  } else kernel.copy(disk.id, bio, media, mem, len);
}
