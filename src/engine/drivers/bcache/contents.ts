import { SectorSet } from '../../sector-set';

/** Where the cache has a run: `at` counts sectors of its buckets. */
export interface CachedPlace {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

interface Bucket {
  /** Which one it is. */
  readonly index: number;
  /** What was put where in it, in order. */
  readonly pieces: CachedPlace[];
  /** Sectors of the backing device whose newest copy it has. */
  readonly holds: SectorSet;
  /** Sectors written to it; what was overwritten elsewhere takes its room until gc. */
  used: number;
  /** When it was last filled or hit: any number that grows. */
  lastUse: number;
}

/**
 * What a bcache cache device holds: data goes to an open bucket in the order it comes, and a bucket is given back as a
 * whole. Sectors are the backing device's.
 */
export class Contents {
  readonly cached = new SectorSet();
  readonly dirty = new SectorSet();
  private readonly buckets: Bucket[] = [];
  /** The open bucket of each task that writes. */
  private readonly open = new Map<number, Bucket>();
  private uses = 0;
  private readonly freed: number[] = [];
  private made = 0;

  constructor(
    private readonly bucketSectors: number,
    private readonly most = Infinity,
    /** Told what a bucket that is taken back still had. */
    private readonly dropped: (start: number, end: number) => void = () => undefined,
  ) {}

  /** Percent of the buckets that hold something, as gc counts. */
  get in_use(): number {
    return Math.floor((100 * this.buckets.length) / this.most);
  }

  /** New data for [start, end), from a task. */
  add(start: number, end: number, dirty: boolean, task: number): void {
    this.remove(start, end);
    for (let at = start; at < end;) {
      const bucket = this.bucketFor(task);
      const part = Math.min(end - at, this.bucketSectors - bucket.used);
      bucket.holds.add(at, at + part);
      bucket.pieces.push({ from: at, to: at + part, at: bucket.index * this.bucketSectors + bucket.used });
      bucket.used += part;
      bucket.lastUse = ++this.uses;
      at += part;
    }
    this.cached.add(start, end);
    if (dirty) this.dirty.add(start, end);
  }

  remove(start: number, end: number): void {
    if (!this.cached.meets(start, end)) return;
    this.cached.remove(start, end);
    this.dirty.remove(start, end);
    for (const { holds } of this.buckets) holds.remove(start, end);
  }

  /** Was read from the cache. */
  hit(start: number, end: number): void {
    for (const bucket of this.buckets) if (bucket.holds.meets(start, end)) bucket.lastUse = ++this.uses;
  }

  /** Gives the least recently used bucket without dirty data back (`bcache_invalidate`); false: there is none. */
  invalidate(): boolean {
    const clean = this.buckets.filter(
      (bucket) => bucket.used >= this.bucketSectors && !this.hasDirty(bucket),
    );
    const oldest = clean.sort((a, b) => a.lastUse - b.lastUse)[0];
    if (!oldest) return false;
    for (const [start, end] of [...oldest.holds.within(0, Infinity)]) {
      this.cached.remove(start, end);
      this.dropped(start, end);
    }
    this.giveBack(oldest);
    return true;
  }

  /** gc finds buckets in which nothing is current any more. */
  collect(): void {
    for (let i = this.buckets.length - 1; i >= 0; i--) {
      const bucket = this.buckets[i]!;
      if (bucket.holds.runs === 0 && bucket.used >= this.bucketSectors) this.giveBack(bucket);
    }
  }

  /** No bucket is left for new data. */
  get full(): boolean {
    if (this.buckets.length < this.most) return false;
    this.collect();
    return this.buckets.length >= this.most;
  }

  /** Where the newest copy of [start, end) is, in order; what is not cached is left out. */
  places(start: number, end: number): CachedPlace[] {
    const found: CachedPlace[] = [];
    for (const { holds, pieces } of this.buckets)
      for (const [from, to] of holds.within(start, end)) {
        // The last piece put there wins.
        let at = from;
        while (at < to) {
          const piece = [...pieces].reverse().find((one) => one.from <= at && at < one.to)!;
          const until = Math.min(to, piece.to);
          found.push({ from: at, to: until, at: piece.at + at - piece.from });
          at = until;
        }
      }
    return found.sort((a, b) => a.from - b.from);
  }

  private giveBack(bucket: Bucket): void {
    this.buckets.splice(this.buckets.indexOf(bucket), 1);
    this.freed.push(bucket.index);
    for (const [task, open] of [...this.open]) if (open === bucket) this.open.delete(task);
  }

  private hasDirty({ holds }: Bucket): boolean {
    for (const [start, end] of holds.within(0, Infinity)) if (this.dirty.meets(start, end)) return true;
    return false;
  }

  private bucketFor(task: number): Bucket {
    const open = this.open.get(task);
    if (open && open.used < this.bucketSectors) return open;
    const index = this.freed.pop() ?? this.made++;
    const bucket = { index, pieces: [], holds: new SectorSet(), used: 0, lastUse: ++this.uses };
    this.buckets.push(bucket);
    this.open.set(task, bucket);
    return bucket;
  }
}
