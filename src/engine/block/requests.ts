import { Columns } from '../columns';
import { NONE } from './tables';

/** struct request as columns; a request is an index. Sectors of 512 bytes, lengths in bytes. */
export class RequestTable extends Columns {
  /** The disk's index in `kernel.bdevs`. */
  disk = new Int16Array(256);
  cmd_flags = new Uint32Array(256);
  __sector = new Float64Array(256);
  __data_len = new Uint32Array(256);
  /** First and last bio; NONE for a request without one. */
  bio = new Int32Array(256);
  biotail = new Int32Array(256);
  nr_phys_segments = new Uint32Array(256);
  /** When it was made, and its deadline where an elevator sets one. Time of `kernel.clock`. */
  start_time = new Float64Array(256);
  fifo_time = new Float64Array(256);
  /** For the elevator's hash: the sector it ends at while it is in it, else -1; and the next one of its bucket. */
  hash_key = new Float64Array(256);
  hash_next = new Int32Array(256);
  /** REQ_FSEQ_* steps of a FLUSH/FUA request that are done. */
  flush_seq = new Uint8Array(256);
  /** 1 where somebody waits for it: which of the two counts of a single queue it belongs to. */
  sync = new Uint8Array(256);
  /** What its device will answer: 0 or a negative errno. */
  error = new Int32Array(256);
  /** The number a request goes by in the Recording. */
  serial = new Uint32Array(256);
  private used = 0;
  private born = 0;
  private readonly free: number[] = [];
  live = 0;

  alloc(): number {
    this.live++;
    let rq = this.free.pop();
    if (rq === undefined) {
      if (this.used === this.bio.length) this.widen();
      rq = this.used++;
    }
    this.serial[rq] = this.born++;
    this.hash_key[rq] = -1;
    this.cmd_flags[rq] = 0;
    this.bio[rq] = this.biotail[rq] = NONE;
    this.__sector[rq] = -1;
    this.__data_len[rq] = 0;
    this.nr_phys_segments[rq] = 0;
    this.flush_seq[rq] = 0;
    return rq;
  }

  release(rq: number): void {
    this.live--;
    this.free.push(rq);
  }
}
