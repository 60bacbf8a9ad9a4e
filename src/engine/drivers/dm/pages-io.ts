import { bio_alloc, bio_put } from '../../block/bio';
import { io_schedule } from '../../block/plug';
import type { Kernel } from '../../kernel';

export interface PageIo {
  error: number | undefined;
}

/** Sends one page on its way. */
export function startPageIo(
  kernel: Kernel,
  bdev: number,
  sector: number,
  page: number,
  bytes: number,
  rw: number,
  ended?: (kernel: Kernel, error: number) => void,
): PageIo {
  const { bvecs } = kernel;
  const bio = bio_alloc(kernel, bdev, 0, sector, 1);
  const bv = bio.bi_io_vec + bio.bi_vcnt++;
  bvecs.pfn[bv] = page;
  bvecs.dev[bv] = 0;
  bvecs.offset[bv] = 0;
  bvecs.len[bv] = bytes;
  bio.bi_size = bytes;
  const pending: PageIo = { error: undefined };
  bio.bi_end_io = (k, done, error) => {
    pending.error = error;
    bio_put(k, done);
    ended?.(k, error);
  };
  kernel.block.submit_bio(kernel, rw, bio);
  return pending;
}

export function finishPageIo(kernel: Kernel, pending: PageIo): number {
  while (pending.error === undefined)
    if (!io_schedule(kernel)) throw new Error('a target waits for a page that nothing will bring');
  return pending.error;
}
