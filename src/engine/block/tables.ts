/** bi_flags bits (4.1: include/linux/blk_types.h; BIO_PFN: the v1 branch, captures const.csv). */
export const BIO_UPTODATE = 1 << 0;
export const BIO_EOF = 1 << 2;
export const BIO_SEG_VALID = 1 << 3;
export const BIO_CLONED = 1 << 4;
export const BIO_PFN = 1 << 11;

export const READ = 0;
export const WRITE = 1;

export const BIO_MAX_PAGES = 256;

/** Sizes of the biovec pools of 4.1; a bio takes its vectors from the smallest that fits. */
const POOLS = [1, 4, 16, 64, 128, 256] as const;

/** bio_vecs as columns. A vector is an index; `pfn` and `dev` are its __pfn_t before any packing. */
export class BvecTable {
  pfn = new Float64Array(1024);
  /** 1 where PFN_DEV is set: the page frame has no struct page. */
  dev = new Uint8Array(1024);
  len = new Uint32Array(1024);
  offset = new Uint32Array(1024);
  private used = 0;
  private readonly free: number[][] = POOLS.map(() => []);
  /** Vectors that some bio holds, for leak checks. */
  live = 0;

  /** A run of vectors for `count`; gives its first index. Throws RangeError above BIO_MAX_PAGES. */
  alloc(count: number): number {
    const pool = poolOf(count);
    this.live += POOLS[pool]!;
    const run = this.free[pool]!.pop();
    if (run !== undefined) return run;
    const first = this.used;
    this.used += POOLS[pool]!;
    while (this.used > this.pfn.length) this.grow();
    return first;
  }

  release(first: number, count: number): void {
    const pool = poolOf(count);
    this.live -= POOLS[pool]!;
    this.free[pool]!.push(first);
  }

  private grow(): void {
    const size = this.pfn.length * 2;
    this.pfn = widen(this.pfn, new Float64Array(size));
    this.dev = widen(this.dev, new Uint8Array(size));
    this.len = widen(this.len, new Uint32Array(size));
    this.offset = widen(this.offset, new Uint32Array(size));
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

/** struct bio as columns. A bio is an index. Error is 0 or a negative errno; `done` counts completions. */
export class BioTable {
  bi_rw = new Uint8Array(256);
  bi_flags = new Uint32Array(256);
  bi_bdev = new Int16Array(256);
  bi_sector = new Float64Array(256);
  bi_size = new Uint32Array(256);
  bi_idx = new Uint16Array(256);
  bi_bvec_done = new Uint32Array(256);
  bi_vcnt = new Uint16Array(256);
  bi_max_vecs = new Uint16Array(256);
  bi_io_vec = new Uint32Array(256);
  bi_phys_segments = new Uint32Array(256);
  bi_error = new Int32Array(256);
  done = new Uint8Array(256);
  /** The number a bio goes by in the Recording: indices are reused, these are not. */
  serial = new Uint32Array(256);
  private used = 0;
  private born = 0;
  private readonly free: number[] = [];
  live = 0;

  alloc(): number {
    this.live++;
    let bio = this.free.pop();
    if (bio === undefined) {
      if (this.used === this.bi_rw.length) this.grow();
      bio = this.used++;
    }
    this.serial[bio] = this.born++;
    return bio;
  }

  release(bio: number): void {
    this.live--;
    this.free.push(bio);
  }

  private grow(): void {
    const size = this.bi_rw.length * 2;
    this.bi_rw = widen(this.bi_rw, new Uint8Array(size));
    this.bi_flags = widen(this.bi_flags, new Uint32Array(size));
    this.bi_bdev = widen(this.bi_bdev, new Int16Array(size));
    this.bi_sector = widen(this.bi_sector, new Float64Array(size));
    this.bi_size = widen(this.bi_size, new Uint32Array(size));
    this.bi_idx = widen(this.bi_idx, new Uint16Array(size));
    this.bi_bvec_done = widen(this.bi_bvec_done, new Uint32Array(size));
    this.bi_vcnt = widen(this.bi_vcnt, new Uint16Array(size));
    this.bi_max_vecs = widen(this.bi_max_vecs, new Uint16Array(size));
    this.bi_io_vec = widen(this.bi_io_vec, new Uint32Array(size));
    this.bi_phys_segments = widen(this.bi_phys_segments, new Uint32Array(size));
    this.bi_error = widen(this.bi_error, new Int32Array(size));
    this.done = widen(this.done, new Uint8Array(size));
    this.serial = widen(this.serial, new Uint32Array(size));
  }
}

function widen<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array | Int16Array | Int32Array>(
  from: T,
  to: T,
): T {
  to.set(from);
  return to;
}
