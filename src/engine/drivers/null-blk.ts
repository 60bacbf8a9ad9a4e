import { QUEUE_FLAG_NONROT, QUEUE_FLAG_NO_SG_MERGE } from '../block/flags';
import { blk_set_default_limits } from '../block/limits';
import type { Driver } from './driver';
import { deviceError, endRequest, requestDisk } from './request-disk';

/** A disk without a medium: completes what it is given at once, in softirq context (4.1 drivers/block/null_blk.c). */
export const nullBlk: Driver<'null_blk'> = {
  name: 'null_blk',
  access: 'dma-sg',
  pageless: 'Nothing: it never looks at the memory of a request.',
  probe: (kernel, spec, id) =>
    requestDisk(kernel, {
      driver: 'null_blk',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: blk_set_default_limits(),
      flags: QUEUE_FLAG_NONROT | QUEUE_FLAG_NO_SG_MERGE,
      flush_flags: 0,
      spec: spec.queue,
      depth: 64,
      nr_requests: 64,
      queue_rq: (k, disk, rq) => {
        endRequest(k, disk, rq, deviceError(k, disk));
      },
    }),
};
