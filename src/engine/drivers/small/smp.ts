import type { DeviceSpec } from '../../../model/device-spec';
import { blk_set_default_limits } from '../../block/limits';
import { bio_segments } from '../../block/iter';
import type { Request } from '../../block/requests';
import { PhysicalBytes } from '../../memory/bytes';
import type { Driver } from '../driver';
import { byPageAddress, byPciMapPage } from '../reach';
import { deviceError, endRequest, requestDisk } from '../request-disk';
import { moveSegments, type Touch } from '../segments';

const ANSWERS = 1_000_000;

/**
 * The pass-through of a SAS expander behind an mpt2sas or mpt3sas controller (4.1 drivers/scsi/mpt*sas/mpt*sas_transport.c): no
 * disk, but a queue that user space gives SMP requests to. A write is what is asked, a read what the expander answered. A
 * request of one segment is mapped from bio_data(), one of several is copied by page_address().
 */
export const smp: Driver<'smp'> = {
  name: 'smp',
  access: 'page_address',
  pageless:
    'Several segments are copied by page_address(), which faults; one is mapped from bio_data(), an address that is only right in v1.',
  probe(kernel, spec: Extract<DeviceSpec, { driver: 'smp' }>, id) {
    const medium = new PhysicalBytes();
    const where =
      spec.controller === 'mpt2sas' ? '_transport_smp_handler' : '_transport_smp_handler (mpt3sas)';
    const copied: Touch = { read: byPageAddress, write: byPageAddress, where };
    const mapped: Touch = { read: byPciMapPage, write: byPciMapPage, where, byDevice: true };
    const serve = (rq: Request): void => {
      let at = rq.__sector * 512;
      for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) {
        const { bi_size } = bio;
        const touch = bio_segments(kernel, bio) > 1 ? copied : mapped;
        moveSegments(kernel, rq.disk, medium, touch, bio, at);
        at += bi_size;
      }
    };
    return requestDisk(kernel, {
      driver: 'smp',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: blk_set_default_limits(),
      flags: 0,
      flush_flags: 0,
      spec: spec.queue,
      medium,
      depth: 1,
      nr_requests: 128,
      singleQueue: true,
      queue_rq(k, disk, rq) {
        const failed = deviceError(k, disk);
        k.loop.after(
          ANSWERS,
          (late) => {
            if (failed === 0) serve(late);
            endRequest(k, disk, late, failed);
          },
          rq,
        );
      },
    });
  },
};
