import type { DeviceSpec } from '../../../model/device-spec';
import { blk_set_default_limits } from '../../block/limits';
import type { Request } from '../../block/requests';
import { EIO } from '../../errno';
import { PhysicalBytes } from '../../memory/bytes';
import type { Driver } from '../driver';
import { byAddressList } from '../reach';
import { deviceError, endRequest, requestDisk } from '../request-disk';
import { moveSegments } from '../segments';

/** Where each discipline computes a buffer's address, its block size in bytes, and the blocks of one request. */
const DISCIPLINES = {
  eckd: { where: 'dasd_eckd_build_cp', block: 4096, blocks: 190 },
  fba: { where: 'dasd_fba_build_cp', block: 512, blocks: 96 },
  diag: { where: 'dasd_diag_build_cp', block: 4096, blocks: 254 },
} as const;

const ANSWERS = 400_000;

/**
 * Disks of s390 (4.1 drivers/s390/block/dasd*.c): a channel program, or a call of z/VM, that holds the address of each block's
 * buffer. The channel moves the data; the CPU never looks at it. Its formatted-track commands are not modelled.
 */
export const dasd: Driver<'dasd'> = {
  name: 'dasd',
  access: 'page_address',
  pageless:
    'The channel program is built of page_address(): right in v1, an address of nobody’s memory in v3, and no CPU that would fault.',
  probe(kernel, spec: Extract<DeviceSpec, { driver: 'dasd' }>, id) {
    const { where, block, blocks } = DISCIPLINES[spec.discipline];
    const medium = new PhysicalBytes();
    const touch = { read: byAddressList, write: byAddressList, where, byDevice: true };
    const max = (block / 512) * blocks;
    const serve = (rq: Request): number => {
      let at = rq.__sector * 512;
      for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) {
        const { bi_size } = bio;
        if (at % block !== 0 || bi_size % block !== 0) {
          kernel.refusal = `${where}: ${bi_size} bytes at sector ${at / 512} are no whole blocks of ${block}`;
          return -EIO;
        }
        moveSegments(kernel, rq.disk, medium, touch, bio, at);
        at += bi_size;
      }
      return 0;
    };
    return requestDisk(kernel, {
      driver: 'dasd',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: {
        ...blk_set_default_limits(),
        logical_block_size: block,
        physical_block_size: block,
        io_min: block,
        max_hw_sectors: max,
        max_sectors: max,
        max_segments: 65535,
        max_segment_size: 4096,
        seg_boundary_mask: 4095,
      },
      flags: 0,
      flush_flags: 0,
      spec: spec.queue,
      medium,
      depth: 2,
      nr_requests: 128,
      singleQueue: true,
      queue_rq(k, disk, rq) {
        const failed = deviceError(k, disk);
        k.loop.after(ANSWERS, (late) => endRequest(k, disk, late, failed === 0 ? serve(late) : failed), rq);
      },
    });
  },
};
