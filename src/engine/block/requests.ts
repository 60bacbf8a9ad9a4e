import type { Disk } from './queue';
import type { Bio } from './tables';

/** struct request. Sectors of 512 bytes, lengths in bytes. One shape for all, as with `Bio`. */
export class Request {
  cmd_flags = 0;
  __sector = -1;
  __data_len = 0;
  /** First and last bio; undefined for a request without one. */
  bio: Bio | undefined = undefined;
  biotail: Bio | undefined = undefined;
  nr_phys_segments = 0;
  nr_integrity_segments = 0;
  /** When it was made, and its deadline where an elevator sets one. Time of `kernel.clock`. */
  start_time = 0;
  fifo_time = 0;
  /** For the elevator's hash: the sector it ends at while it is in it, else -1; and the next one of its bucket. */
  hash_key = -1;
  hash_next: Request | undefined = undefined;
  /** REQ_FSEQ_* steps of a FLUSH/FUA request that are done. */
  flush_seq = 0;
  /** 1 where somebody waits for it: which of the two counts of a single queue it belongs to. */
  sync = 0;
  /** What its device will answer: 0 or a negative errno. */
  error = 0;
  /** The number a request goes by in the Recording. */
  serial = 0;

  /** Its place in the pool: where lists keep its neighbours. */
  constructor(
    readonly index: number,
    public disk: Disk,
  ) {}
}

/** Requests that nobody uses are kept for the next one. */
export class RequestPool {
  private readonly free: Request[] = [];
  private made = 0;
  private born = 0;
  live = 0;

  alloc(disk: Disk): Request {
    this.live++;
    const rq = this.free.pop() ?? new Request(this.made++, disk);
    rq.disk = disk;
    rq.serial = this.born++;
    rq.hash_key = -1;
    rq.cmd_flags = 0;
    rq.bio = rq.biotail = undefined;
    rq.__sector = -1;
    rq.__data_len = 0;
    rq.nr_phys_segments = 0;
    rq.nr_integrity_segments = 0;
    rq.flush_seq = 0;
    return rq;
  }

  release(rq: Request): void {
    this.live--;
    this.free.push(rq);
  }
}
