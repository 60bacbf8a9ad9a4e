/** One cached block (`struct wc_entry`). Sectors of 512 bytes. */
export interface WcEntry {
  /** Its place in the cache: block number. */
  readonly index: number;
  original_sector: number;
  committed: boolean;
  write_in_progress: boolean;
}

/**
 * The blocks of a dm-writecache by where they belong: a block may be there twice, committed and then written anew. The
 * oldest copy comes first. `lru` has those that are not being written back, least recently written first.
 */
export class WcEntries {
  private readonly byPlace = new Map<number, WcEntry[]>();
  private places: number[] = [];
  readonly lru = new Set<WcEntry>();
  /** Being written back, in the order they were taken. */
  readonly writeback = new Set<WcEntry>();
  private readonly free: number[] = [];
  /** Where a sorted free list goes on. */
  private current = 0;

  /** `sorted`: an SSD's free list is kept in the order of its blocks; pmem's is first in, first out. */
  constructor(
    readonly blocks: number,
    private readonly sorted: boolean,
  ) {
    for (let i = 0; i < blocks; i++) this.free.push(i);
  }

  get freelist_size(): number {
    return this.free.length;
  }

  /** The newest copy of a block. */
  find(sector: number): WcEntry | undefined {
    return this.byPlace.get(sector)?.at(-1);
  }

  /** All copies, the oldest first. */
  copies(sector: number): readonly WcEntry[] {
    return this.byPlace.get(sector) ?? [];
  }

  /** The first place at `sector` or after it that has a block; `undefined`: none. */
  following(sector: number): number | undefined {
    return this.places[this.placeAt(sector)];
  }

  /** A block off the free list; with `expected`, only if the next one is that. */
  pop(expected = -1): number | undefined {
    if (this.free.length === 0) return undefined;
    let at = 0;
    if (this.sorted) {
      at = this.free.findIndex((index) => index >= this.current);
      if (at < 0) at = 0;
    }
    const index = this.free[at]!;
    if (expected >= 0 && index !== expected) return undefined;
    this.free.splice(at, 1);
    this.current = index + 1;
    return index;
  }

  insert(index: number, original_sector: number): WcEntry {
    const entry = { index, original_sector, committed: false, write_in_progress: false };
    const copies = this.byPlace.get(original_sector);
    if (copies) copies.push(entry);
    else {
      this.byPlace.set(original_sector, [entry]);
      this.places.splice(this.placeAt(original_sector), 0, original_sector);
    }
    this.lru.add(entry);
    return entry;
  }

  release(entry: WcEntry): void {
    const copies = this.byPlace.get(entry.original_sector)!;
    copies.splice(copies.indexOf(entry), 1);
    if (copies.length === 0) {
      this.byPlace.delete(entry.original_sector);
      this.places.splice(this.placeAt(entry.original_sector), 1);
    }
    this.lru.delete(entry);
    this.writeback.delete(entry);
    if (this.sorted) {
      const at = this.free.findIndex((index) => index > entry.index);
      this.free.splice(at < 0 ? this.free.length : at, 0, entry.index);
    } else this.free.push(entry.index);
  }

  *all(): Generator<WcEntry> {
    for (const copies of this.byPlace.values()) yield* copies;
  }

  private placeAt(sector: number): number {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.places[middle]! < sector) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
