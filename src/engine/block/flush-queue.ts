import type { Request } from './requests';

/** FLUSH requests of one queue: those that wait, those a flush runs for, and writes between two flushes (4.1 blk-flush.c). */
export class FlushQueue {
  /** Requests that wait for the next flush; while one runs, the other list is the one it runs for. */
  readonly flush_queue: [Request[], Request[]] = [[], []];
  flush_pending_idx = 0;
  flush_running_idx = 0;
  flush_pending_since = 0;
  readonly flush_data_in_flight: Request[] = [];
  /** A request was held back because a flush runs and the device cannot queue behind it. */
  flush_queue_delayed = false;
  /** The one flush request, while it runs. */
  flush_rq: Request | undefined = undefined;
}
