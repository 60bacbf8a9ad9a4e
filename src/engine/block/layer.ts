import type { Kernel } from '../kernel';
import type { Plug } from '../task';
import type { DriverName } from '../../model/device-spec';
import type { SchedulerName } from '../../model/queue-spec';
import type { Disk, MakeRequest } from './queue';
import type { DriverDefaults } from '../drivers/defaults-6.12';
import type { DmQueue } from '../drivers/dm/dm';
import type { MdFlush } from '../drivers/md/flush';
import type { GapRule } from './gap';
import type { QueueLimits } from './limits';
import type { Request } from './requests';
import type { Bio } from './tables';

/** How a request-based disk takes bios, and how a request of it ends. */
export interface RequestPath {
  /** Whether requests are sorted before the driver sees them: `must`: there is no way around a scheduler. */
  readonly scheduler: 'must' | 'may' | 'never';
  readonly make_request_fn: MakeRequest;
  /** The device is done with a request: 0 or a negative errno. */
  end(kernel: Kernel, disk: Disk, rq: Request, error: number): void;
}

/**
 * What differs between the block layers of 4.1 and 6.12, chosen once for a machine. Names as 4.1 has them; 6.12 calls
 * `generic_make_request` `submit_bio_noacct`.
 */
export interface BlockLayer {
  submit_bio(kernel: Kernel, rw: number, bio: Bio): void;
  generic_make_request(kernel: Kernel, bio: Bio): void;
  /** Request-based disks: with 4.1's single queue and its scheduler, or multi-queue. 6.12 has only the latter. */
  readonly singleQueue: RequestPath;
  readonly multiQueue: RequestPath;
  /** How a mapped device takes bios. */
  readonly dm: DmQueue;
  /** md announces where it sends its bios (6.12). `from`: the array's sector. */
  md_remap(kernel: Kernel, bio: Bio, array: number, from: number): void;
  /** An array cuts a bio to its own limits first (6.12). Gives the bio to go on with. */
  md_split(kernel: Kernel, disk: Disk, bio: Bio): Bio;
  /** What an array does first with a bio that has REQ_FLUSH. True: there is nothing left to do. */
  md_flush(kernel: Kernel, flush: MdFlush, bio: Bio): boolean;
  /** raid1 flushes its devices before a write with FLUSH, instead of passing the flag on. */
  readonly md_flushes_first: boolean;
  /** raid1 without a bitmap sends its writes itself; its thread has them in 4.1. */
  readonly md_submits_at_once: boolean;
  /** raid1 gives a device up that failed too many reads, as raid10 always did. */
  readonly raid1_counts_read_errors: boolean;
  /** Holes between the vectors of two that would merge. */
  readonly gap: GapRule;
  /** Where two requests become one, the segments that meet may count as one; not any more in 6.12. */
  readonly joinsAtSeam: boolean;
  /** A request counts the segments of a bio's tags each time it is asked whether the bio may join; not any more in 6.12. */
  readonly countsTagsWhenAsked: boolean;
  /** Sectors that a cache sends of a bio at once to a device: what it takes, or (6.12) all. */
  max_part(kernel: Kernel, bio: Bio): number;
  flushPlug(kernel: Kernel, plug: Plug, asleep: boolean): void;
  /** What a bio that ends with `error` now has for an error, with what its parts left behind. */
  stickyError(bio: Bio, error: number): number;
  /** The scheduler a disk gets that asks for none: of a single hardware queue, or of many. */
  readonly defaultScheduler: { readonly single: SchedulerName; readonly many: SchedulerName };
  /** What its drivers set where 4.1's set something else. */
  readonly drivers: Readonly<Partial<Record<DriverName, DriverDefaults>>>;
  /** QUEUE_FLAG_* that this kernel still has. */
  readonly queueFlags: number;
  bio_add_page(kernel: Kernel, bio: Bio, pfn: number, len: number, offset: number): number;
  /** Entries of the scatterlist in `kernel.sg`. */
  blk_rq_map_sg(kernel: Kernel, rq: Request): number;
  /** Gives -1 where the stack is misaligned. `start`: where `bottom` is used from, in sectors. */
  blk_stack_limits(
    top: QueueLimits,
    bottom: QueueLimits,
    start: number,
    changed?: (field: keyof QueueLimits, before: number, after: number) => void,
  ): number;
}
