import { EIO } from '../errno';
import { Elevator } from '../block/elevator/elevator';
import { deadline } from '../block/elevator/deadline';
import { noop } from '../block/elevator/noop';
import type { RequestPath } from '../block/layer';
import type { QueueLimits } from '../block/limits';
import type { Disk, RequestQueue } from '../block/queue';
import { RequestState, type QueueRq } from '../block/request-state';
import type { Request } from '../block/requests';
import type { DriverName } from '../../model/device-spec';
import type { QueueSpec, SchedulerName } from '../../model/queue-spec';
import type { DmaBug } from '../../model/dma-spec';
import { dmaDevice, type DmaDevice } from '../dma/dma-ops';
import type { Kernel } from '../kernel';
import type { PhysicalBytes } from '../memory/bytes';
import { withSpec } from './disk';

export interface RequestDiskOptions {
  readonly driver: DriverName;
  readonly name: string;
  readonly id: number;
  readonly capacity: number;
  readonly limits: QueueLimits;
  readonly flags: number;
  readonly flush_flags: number;
  readonly spec: QueueSpec | undefined;
  readonly queue_rq: QueueRq;
  /** Requests the device takes at once, and tags or BLKDEV_MAX_RQ. */
  readonly depth: number;
  readonly nr_requests: number;
  /** A scheduler by default: the disk has 4.1's single queue. */
  readonly singleQueue?: boolean;
  readonly flushQueueable?: boolean;
  /** Where it keeps bytes, if it does. */
  readonly medium?: PhysicalBytes;
  /** What its driver says of DMA, where it does any. */
  readonly dma?: DmaNeeds;
}

interface DmaNeeds {
  /** `dmaMask` and `dmaBug` of the spec. */
  readonly mask: string | undefined;
  readonly bug: DmaBug | undefined;
  /** `dma_set_min_align_mask`, since 5.12. */
  readonly min_align_mask?: number;
}

/** A disk whose driver is given requests, not bios. */
export function requestDisk(kernel: Kernel, options: RequestDiskOptions): Disk {
  const { spec } = options;
  const single = options.singleQueue ?? false;
  const path = single ? kernel.block.singleQueue : kernel.block.multiQueue;
  const { defaultScheduler, queueFlags } = kernel.block;
  const scheduler = spec?.scheduler ?? (single ? defaultScheduler.single : defaultScheduler.many);
  const queue: RequestQueue = {
    limits: options.limits,
    flags: options.flags & queueFlags,
    flush_flags: options.flush_flags,
    make_request_fn: path.make_request_fn,
    requests: new RequestState(
      path,
      watched(kernel, options.queue_rq),
      spec?.depth ?? options.depth,
      spec?.nrRequests ?? options.nr_requests,
      elevatorOf(scheduler, path),
      options.flushQueueable ?? true,
    ),
  };
  const disk = {
    name: options.name,
    id: options.id,
    capacity: options.capacity,
    queue: withSpec(queue, spec, kernel.block.drivers[options.driver]),
    ...storeIn(options.medium),
  };
  const { dma } = kernel;
  if (options.dma && dma) {
    const device = deviceOf(disk, options.dma);
    dma.addDevice(disk.id, device, options.dma.bug);
    shorten(disk.queue.limits, kernel.block.drivers[options.driver]?.mapping_size?.(dma, device));
  }
  return disk;
}

/** No request is longer than what the driver wants to have mapped at once. Bytes. */
function shorten(limits: QueueLimits, bytes = Infinity): void {
  const sectors = Math.floor(bytes / 512);
  limits.max_hw_sectors = Math.min(limits.max_hw_sectors, sectors);
  limits.max_sectors = Math.min(limits.max_sectors, sectors);
}

/** Where the power may fail, what the disk is given must be known. */
function watched({ powerFailure }: Kernel, queue_rq: QueueRq): QueueRq {
  if (!powerFailure) return queue_rq;
  return (kernel, disk, rq) => {
    powerFailure.caches.issued(disk, rq);
    queue_rq(kernel, disk, rq);
  };
}

function deviceOf({ name, queue }: Disk, { mask, min_align_mask = 0 }: DmaNeeds): DmaDevice {
  const { max_segment_size } = queue.limits;
  return { ...dmaDevice(name, mask), max_segment_size, min_align_mask };
}

/** `store` of a disk that keeps bytes. */
export const storeIn = (medium: PhysicalBytes | undefined): Pick<Disk, 'store'> =>
  medium ? { store: (at, bytes) => medium.write(at, bytes) } : {};

/** What cannot go without a scheduler has the one that does least. */
function elevatorOf(scheduler: SchedulerName, path: RequestPath): Elevator | undefined {
  if (path.scheduler === 'never' || (scheduler === 'none' && path.scheduler === 'may')) return undefined;
  return new Elevator(scheduler === 'deadline' ? deadline() : noop());
}

/** How a device ends the request it was given last: an injected fault, or success. 0 or a negative errno. */
export function deviceError(kernel: Kernel, disk: Disk): number {
  if (!kernel.failRequests.has(kernel.requestsIssued)) return 0;
  kernel.refusal = `${disk.name} fails request ${kernel.requestsIssued}, as it was told to`;
  return -EIO;
}

/** The device is done with a request. */
export function endRequest(kernel: Kernel, disk: Disk, rq: Request, error: number): void {
  kernel.dma?.dma_unmap_sg(disk, rq);
  kernel.powerFailure?.caches.ended(disk, rq);
  disk.queue.requests!.path.end(kernel, disk, rq, error);
}
