import {
  QUEUE_FLAG_DISCARD,
  QUEUE_FLAG_NOMERGES,
  QUEUE_FLAG_NONROT,
  QUEUE_FLAG_NO_SG_MERGE,
  QUEUE_FLAG_SG_GAPS,
  REQ_FLUSH,
  REQ_FUA,
} from '../block/flags';
import { blk_set_default_limits } from '../block/limits';
import type { Disk } from '../block/queue';
import type { Request } from '../block/requests';
import type { Driver } from './driver';
import { deviceError, endRequest, requestDisk } from './request-disk';

/** Nanoseconds: ours, of the order of a fast flash drive. It serves all its requests side by side. */
const ACCESS = 20_000;
const NANOSECONDS_A_SECTOR = 250;

/** An NVMe disk: merges nothing, and wants no gap between the pages of a request (4.1 drivers/block/nvme-core.c). */
export const nvme: Driver<'nvme'> = {
  name: 'nvme',
  access: 'dma-sg',
  pageless:
    'blk_rq_map_sg() fills the scatterlist by pages: in v1 the address still comes out right and the device does the I/O.',
  probe(kernel, spec, id) {
    const media = kernel.media(spec.name, 'keeps');
    /** Requests that could not be mapped: the driver is busy until another one gives its mappings back. */
    const busy: Request[] = [];
    const start = (disk: Disk, rq: Request, error: number): void => {
      if (error === 0 && !media.transfer(kernel, disk, rq)) {
        busy.push(rq);
        return;
      }
      const sectors = rq.__data_len / 512;
      kernel.loop.after(
        ACCESS + sectors * NANOSECONDS_A_SECTOR,
        (done) => {
          endRequest(kernel, disk, done, error);
          for (const again of busy.splice(0)) start(disk, again, 0);
        },
        rq,
      );
    };
    return requestDisk(kernel, {
      driver: 'nvme',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: {
        ...blk_set_default_limits(),
        max_hw_sectors: 1024,
        max_sectors: 1024,
        discard_granularity: 512,
        discard_alignment: 512,
        max_discard_sectors: 0xffffffff,
        virt_boundary_mask: 4095,
      },
      flags:
        QUEUE_FLAG_NOMERGES |
        QUEUE_FLAG_NONROT |
        QUEUE_FLAG_DISCARD |
        QUEUE_FLAG_NO_SG_MERGE |
        QUEUE_FLAG_SG_GAPS,
      flush_flags: REQ_FLUSH | REQ_FUA,
      spec: spec.queue,
      medium: media.bytes,
      // A page of its own PRP entry each: what bounces must keep its place in the page.
      dma: { mask: spec.dmaMask, bug: spec.dmaBug, min_align_mask: 4095 },
      depth: 1023,
      nr_requests: 1023,
      queue_rq: (_kernel, disk, rq) => {
        start(disk, rq, deviceError(kernel, disk));
      },
    });
  },
};
