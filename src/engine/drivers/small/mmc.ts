import { QUEUE_FLAG_NONROT } from '../../block/flags';
import { blk_set_default_limits } from '../../block/limits';
import { EIO } from '../../errno';
import type { Driver } from '../driver';
import { Media } from '../media';
import { deviceError, endRequest, requestDisk } from '../request-disk';

const ANSWERS = 500_000;

/** An SD card: the host controller does DMA by the scatterlist of a request (4.1 drivers/mmc/card/queue.c). */
export const mmc: Driver<'mmc'> = {
  name: 'mmc',
  access: 'dma-sg',
  pageless:
    'mmc_queue_map_sg() is blk_rq_map_sg(): its entries hold addresses, and the joints of packed writes are unmarked by a helper.',
  probe(kernel, spec, id) {
    const media = new Media('keeps');
    return requestDisk(kernel, {
      driver: 'mmc',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: { ...blk_set_default_limits(), max_hw_sectors: 1024, max_sectors: 1024 },
      flags: QUEUE_FLAG_NONROT,
      flush_flags: 0,
      spec: spec.queue,
      medium: media.bytes,
      dma: { mask: spec.dmaMask, bug: spec.dmaBug },
      depth: 2,
      nr_requests: 128,
      singleQueue: true,
      queue_rq(k, disk, rq) {
        let error = deviceError(k, disk);
        if (error === 0 && rq.__data_len > 0 && !media.transfer(k, disk, rq)) error = -EIO;
        k.loop.after(ANSWERS, (late) => endRequest(k, disk, late, error), rq);
      },
    });
  },
};
