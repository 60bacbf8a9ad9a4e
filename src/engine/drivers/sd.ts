import { QUEUE_FLAG_DISCARD, QUEUE_FLAG_NONROT, REQ_FLUSH } from '../block/flags';
import { Integrity } from '../block/integrity/bio-integrity';
import { blk_set_default_limits } from '../block/limits';
import type { RequestQueue } from '../block/queue';
import type { Request } from '../block/requests';
import { EIO } from '../errno';
import type { Later } from '../loop';
import type { Driver } from './driver';
import { deviceError, endRequest, requestDisk } from './request-disk';

/** Nanoseconds, ours: a small move of the heads, a move across the whole disk, and a command without any. */
const SETTLE = 1_000_000;
const FULL_STROKE = 15_000_000;
const OVERHEAD = 50_000;

const SECTORS_A_TRACK = 1024;

/** A SCSI disk behind AHCI (4.1: drivers/scsi/sd.c): one queue with a scheduler, a write cache, and a head that moves. */
export const sd: Driver<'sd'> = {
  name: 'sd',
  access: 'dma-sg',
  pageless:
    'blk_rq_map_sg() fills the scatterlist by pages: in v1 the address still comes out right and AHCI does the I/O.',
  probe(kernel, spec, id) {
    const media = kernel.media(spec.name, 'keeps');
    const rpm = spec.rpm ?? 7200;
    const turn = rpm === 0 ? 0 : 60e9 / rpm;
    const tracks = Math.max(Math.ceil(spec.sectors / SECTORS_A_TRACK), 1);
    let track = 0;
    /** When the heads are free again: one request after another, in the order they were given. */
    let free = 0;
    const serviceEnd = (now: number, sector: number, sectors: number): number => {
      const start = Math.max(now, free) + OVERHEAD;
      if (turn === 0) return (free = start);
      const to = Math.floor(sector / SECTORS_A_TRACK);
      const distance = Math.abs(to - track);
      const arrived = start + (distance === 0 ? 0 : SETTLE + FULL_STROKE * Math.sqrt(distance / tracks));
      const angle = ((sector % SECTORS_A_TRACK) / SECTORS_A_TRACK) * turn;
      const wait = (((angle - (arrived % turn)) % turn) + turn) % turn;
      track = to;
      return (free = Math.round(arrived + wait + (sectors / SECTORS_A_TRACK) * turn));
    };
    const answer: Later<Request> = (rq) => {
      endRequest(kernel, rq.disk, rq, rq.error);
    };
    const integrity = spec.integrity && new Integrity(spec.integrity);
    const disk = requestDisk(kernel, {
      driver: 'sd',
      name: spec.name,
      id,
      capacity: spec.sectors,
      limits: {
        ...blk_set_default_limits(),
        max_hw_sectors: 256,
        max_sectors: 256,
        max_segments: 168,
        bounce_pfn: 0xfffff,
        discard_granularity: 512,
        max_discard_sectors: 4194240,
      },
      flags: QUEUE_FLAG_DISCARD | (turn === 0 ? QUEUE_FLAG_NONROT : 0),
      flush_flags: REQ_FLUSH,
      spec: spec.queue,
      medium: media.bytes,
      dma: { mask: spec.dmaMask, bug: spec.dmaBug },
      depth: 31,
      nr_requests: 128,
      singleQueue: true,
      flushQueueable: false,
      queue_rq(k, disk, rq) {
        let error = deviceError(k, disk);
        const sectors = rq.__data_len / 512;
        // libata gives up a command that it cannot map.
        if (error === 0 && sectors > 0 && !media.transfer(k, disk, rq)) error = -EIO;
        if (error === 0 && sectors > 0 && integrity) error = integrity.exchange(k, disk, rq, media.bytes);
        const end = sectors === 0 ? k.clock.now + OVERHEAD : serviceEnd(k.clock.now, rq.__sector, sectors);
        rq.error = error;
        k.loop.after(end - k.clock.now, answer, rq);
      },
    });
    if (integrity) protect(disk.queue, integrity);
    return disk;
  },
};

/** `SCSI_MAX_PROT_SG_SEGMENTS`: what a host that says nothing takes. */
const MAX_PROT_SG_SEGMENTS = 0xffff;

/** `__scsi_alloc_queue` for a host that moves tags by DMA. */
function protect(queue: RequestQueue, integrity: Integrity): void {
  queue.make_request_fn = integrity.around(queue.make_request_fn);
  queue.integritySegments = (bio) => integrity.segments(bio, queue.limits);
  queue.limits.max_integrity_segments ||= MAX_PROT_SG_SEGMENTS;
}
