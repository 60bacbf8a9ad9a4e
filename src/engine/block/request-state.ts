import type { Disk } from './queue';
import type { Kernel } from '../kernel';
import type { Elevator } from './elevator/elevator';
import { FlushQueue } from './flush-queue';
import type { RequestPath } from './layer';
import type { Request } from './requests';

/** What a request-based driver does with a request it was given: sooner or later it calls `endRequest`. */
export type QueueRq = (kernel: Kernel, disk: Disk, rq: Request) => void;

/** The part of a request_queue that bio-based disks do not have. */
export class RequestState {
  /** Multi-queue: requests of this CPU's software queue, and those to be inserted again. */
  readonly rq_list: Request[] = [];
  readonly requeue_list: Request[] = [];
  readonly fq = new FlushQueue();
  /** Requests the device works on. */
  in_flight = 0;
  /** Single-queue: allocated requests, async and sync; 4.1 counts them apart. Multi-queue: all in the first. */
  readonly count: [number, number] = [0, 0];
  readonly full: [boolean, boolean] = [false, false];
  /** Requests that a task which found the queue full, or slept for it, may still take (`BLK_BATCH_REQ`). */
  batch = 0;
  /** A worker is on its way to run the queue, or to insert the requeued. */
  runPending = false;
  requeuePending = false;
  /** The driver is being run: a nested call has nothing to add. */
  running = false;

  constructor(
    readonly path: RequestPath,
    readonly queue_rq: QueueRq,
    /** Requests the device takes at once. */
    readonly depth: number,
    /** BLKDEV_MAX_RQ of a single queue, or the tags of a multi-queue one. */
    readonly nr_requests: number,
    /** Where the disk sorts its requests; multi-queue disks of 4.1 have none. */
    readonly elevator: Elevator | undefined,
    /** Whether other requests may follow a flush into the device before it is done. libata says no. */
    readonly flushQueueable: boolean,
  ) {}
}
