import { Columns } from '../columns';
import type { Kernel } from '../kernel';

export const BIO_MAX_PAGES = 256;

/** No bio, request or vector: what C writes as NULL. */
export const NONE = -1;

/** Sizes of the biovec pools of 4.1; a bio takes its vectors from the smallest that fits. */
const POOLS = [1, 4, 16, 64, 128, 256] as const;

/** bio_vecs as columns. A vector is an index; `pfn` and `dev` are its __pfn_t before any packing. Sizes in bytes. */
export class BvecTable extends Columns {
  pfn = new Float64Array(1024);
  /** 1 where PFN_DEV is set: the page frame has no struct page. */
  dev = new Uint8Array(1024);
  len = new Uint32Array(1024);
  offset = new Uint32Array(1024);
  private used = 0;
  private readonly pools: number[][] = POOLS.map(() => []);
  /** Vectors that some bio holds, for leak checks. */
  live = 0;

  /** A run of vectors for `count`; gives its first index. Throws RangeError above BIO_MAX_PAGES. */
  alloc(count: number): number {
    const pool = poolOf(count);
    this.live += POOLS[pool]!;
    const run = this.pools[pool]!.pop();
    if (run !== undefined) return run;
    const first = this.used;
    this.used += POOLS[pool]!;
    while (this.used > this.pfn.length) this.widen();
    return first;
  }

  release(first: number, count: number): void {
    const pool = poolOf(count);
    this.live -= POOLS[pool]!;
    this.pools[pool]!.push(first);
  }
}

/** For each count of vectors, the smallest pool that has them. */
const POOL_OF = Uint8Array.from({ length: BIO_MAX_PAGES + 1 }, (_, count) =>
  POOLS.findIndex((size) => size >= count),
);

function poolOf(count: number): number {
  const pool = POOL_OF[count];
  if (pool === undefined) throw new RangeError(`a bio has at most ${BIO_MAX_PAGES} vectors, not ${count}`);
  return pool;
}

/** `bi_end_io`: called once, when nothing of the bio remains. */
export type EndIo = (kernel: Kernel, bio: number, error: number) => void;

/** struct bio as columns; a bio is an index. Sectors of 512 bytes, sizes in bytes, errors 0 or a negative errno. */
export class BioTable extends Columns {
  bi_next = new Int32Array(256);
  /** An index into `kernel.bdevs`. */
  bi_bdev = new Int16Array(256);
  bi_rw = new Uint32Array(256);
  bi_flags = new Uint32Array(256);
  bi_sector = new Float64Array(256);
  bi_size = new Uint32Array(256);
  bi_idx = new Uint16Array(256);
  bi_bvec_done = new Uint32Array(256);
  bi_vcnt = new Uint16Array(256);
  bi_max_vecs = new Uint16Array(256);
  bi_io_vec = new Uint32Array(256);
  bi_phys_segments = new Uint32Array(256);
  bi_seg_front_size = new Uint32Array(256);
  bi_seg_back_size = new Uint32Array(256);
  /** Completions still to come: 1, and one more for each chained child. */
  bi_remaining = new Int32Array(256);
  /** What `bi_end_io` wants to know: the parent of a chained bio, or a number of its driver's. */
  bi_private = new Int32Array(256);
  /** The errno that `bi_end_io` got. */
  bi_error = new Int32Array(256);
  /** 1 where the vectors are the bio's own to free; a fast clone shares its parent's. */
  owns_vec = new Uint8Array(256);
  /** How often `bi_end_io` was reached: more than once is a bug of ours. */
  done = new Uint8Array(256);
  /** The number a bio goes by in the Recording: indices are reused, these are not. */
  serial = new Uint32Array(256);
  readonly bi_end_io: (EndIo | undefined)[] = [];
  private used = 0;
  private born = 0;
  private readonly free: number[] = [];
  live = 0;

  alloc(): number {
    this.live++;
    let bio = this.free.pop();
    if (bio === undefined) {
      if (this.used === this.bi_rw.length) this.widen();
      bio = this.used++;
    }
    this.serial[bio] = this.born++;
    return bio;
  }

  release(bio: number): void {
    this.live--;
    this.bi_end_io[bio] = undefined;
    this.free.push(bio);
  }
}
