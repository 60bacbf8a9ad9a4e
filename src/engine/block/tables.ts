import { Columns } from '../columns';
import type { Kernel } from '../kernel';
import type { BlockDevice } from './queue';

export const BIO_MAX_PAGES = 256;

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
export type EndIo = (kernel: Kernel, bio: Bio, error: number) => void;

/**
 * struct bio. Sectors of 512 bytes, sizes in bytes, errors 0 or a negative errno. Every field is set once here, so that
 * all bios have one shape and reading a field is one load.
 */
export class Bio {
  bi_next: Bio | undefined = undefined;
  bi_rw = 0;
  bi_flags = 0;
  bi_sector = 0;
  bi_size = 0;
  bi_idx = 0;
  bi_bvec_done = 0;
  bi_vcnt = 0;
  bi_max_vecs = 0;
  /** Its first vector in `kernel.bvecs`. */
  bi_io_vec = 0;
  bi_phys_segments = 0;
  bi_seg_front_size = 0;
  bi_seg_back_size = 0;
  /** Completions still to come: 1, and one more for each chained child. */
  bi_remaining = 0;
  bi_end_io: EndIo | undefined = undefined;
  /** What `bi_end_io` wants to know: the parent of a chained bio, or what its driver keeps of it. */
  bi_private: unknown = undefined;
  /** The errno that `bi_end_io` got. */
  bi_error = 0;
  /** 1 where the vectors are the bio's own to free; a fast clone shares its parent's. */
  owns_vec = 0;
  /** How often `bi_end_io` was reached: more than once is a bug of ours. */
  done = 0;
  /** The number a bio goes by in the Recording: bios are used again, these are not. */
  serial = 0;

  constructor(public bi_bdev: BlockDevice) {}
}

/** Bios that nobody uses are kept for the next one: making a bio allocates nothing once there are enough. */
export class BioPool {
  private free: Bio | undefined = undefined;
  private born = 0;
  live = 0;

  alloc(bdev: BlockDevice): Bio {
    this.live++;
    const bio = this.free ?? new Bio(bdev);
    this.free = bio.bi_next;
    bio.bi_bdev = bdev;
    bio.serial = this.born++;
    return bio;
  }

  release(bio: Bio): void {
    this.live--;
    bio.bi_end_io = undefined;
    bio.bi_private = undefined;
    bio.bi_next = this.free;
    this.free = bio;
  }
}
