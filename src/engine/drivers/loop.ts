import { PAGE_SIZE } from '../../model/address';
import { QUEUE_FLAG_DISCARD } from '../block/flags';
import { blk_set_default_limits } from '../block/limits';
import type { Driver } from './driver';
import { deviceError, endRequest, requestDisk } from './request-disk';

/**
 * A disk that is a file (4.1 drivers/block/loop.c). A worker reads and writes the file through the page cache, so
 * nothing reaches the disk below before its writeback; the file's own I/O is not part of this machine's workload. What is
 * discarded becomes a hole in the file.
 */
export const loop: Driver<'loop'> = {
  name: 'loop',
  access: 'stores-page',
  pageless:
    'The worker hands the bio’s pages to the file system as an iov_iter: it copies from them through kmap_atomic().',
  probe(kernel, spec, id) {
    const media = kernel.media(spec.name, 'zeroes');
    return requestDisk(kernel, {
      driver: 'loop',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: {
        ...blk_set_default_limits(),
        discard_granularity: PAGE_SIZE,
        max_discard_sectors: 0xffffffff >>> 9,
        discard_zeroes_data: 1,
      },
      flags: QUEUE_FLAG_DISCARD,
      flush_flags: 0,
      spec: spec.queue,
      medium: media.bytes,
      depth: 128,
      nr_requests: 128,
      queue_rq(k, disk, rq) {
        const error = deviceError(k, disk);
        k.loop.soon((handled) => {
          if (error === 0) media.copyThroughPages(k, disk, handled, 'copy_from_iter');
          endRequest(k, disk, handled, error);
        }, rq);
      },
    });
  },
};
