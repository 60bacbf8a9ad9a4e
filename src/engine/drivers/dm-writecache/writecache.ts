import { WcEntries, type WcEntry } from './entries';

/** BIO_MAX_VECS of 6.12: blocks in a row that one writeback takes. */
const BIO_MAX_VECS = 256;
/** Bytes of the superblock and of one entry of the metadata. */
const SUPERBLOCK = 64;
const MEMORY_ENTRY = 16;

export interface WritecacheOptions {
  /** `p`: persistent memory; `s`: an SSD. */
  readonly mode: 'p' | 's';
  readonly blocks: number;
  /** Bytes. */
  readonly blockSize: number;
  /** Percent of the blocks that are free; 50 and 45 by default. */
  readonly high_watermark?: number;
  readonly low_watermark?: number;
  /** 64 for pmem and 65536 for an SSD by default. */
  readonly autocommit_blocks?: number;
}

/** What `dmsetup status` counts. */
export const WC_STATS = ['rd', 'rh', 'wr', 'whu', 'whc', 'wa', 'wal', 'wbf', 'fl', 'di'] as const;
export type WcStats = Record<(typeof WC_STATS)[number], number>;

export interface WcIo {
  readonly op: 'read' | 'write' | 'discard' | 'flush';
  readonly sector: number;
  readonly sectors: number;
  readonly fua: boolean;
  /** Which of the bios that dm sends for a flush: 0 or 1. */
  readonly bioNr?: number;
}

/** Sectors that go somewhere: `copy` is a memcpy to or from pmem, where no bio goes. */
export interface WcPart {
  readonly to: 'copy' | 'fast' | 'origin';
  /** Where it begins there. */
  readonly sector: number;
  readonly sectors: number;
}

export interface WcMapped {
  /** REMAPPED: the bio goes on to a device below, as far as `parts` say. SUBMITTED: dm-writecache ends it itself. */
  readonly mapio: 'REMAPPED' | 'SUBMITTED';
  readonly parts: readonly WcPart[];
  readonly calls: readonly ('flush' | 'discard' | 'wait_freelist')[];
  /** The decision in a sentence. */
  readonly because: string;
}

/** A cache of writes (drivers/md/dm-writecache.c). It never fills on a read. Captures: writecache-*. */
export class Writecache {
  readonly entries: WcEntries;
  readonly stats = Object.fromEntries(WC_STATS.map((name) => [name, 0])) as WcStats;
  uncommitted_blocks = 0;
  cleaner = false;
  private readonly sectors: number;
  private readonly autocommit_blocks: number;
  readonly freelist_high_watermark: number;
  readonly freelist_low_watermark: number;
  /** First sector of the first block in the cache. */
  readonly dataStart: number;

  constructor(
    private readonly options: WritecacheOptions,
    /** Where the free list is empty: lets writeback go on until there is a block. False: nothing is being written. */
    private readonly waitForBlock: (wc: Writecache) => boolean = () => false,
  ) {
    const { mode, blocks, blockSize, high_watermark = 50, low_watermark = 45 } = options;
    this.sectors = blockSize / 512;
    this.entries = new WcEntries(blocks, mode === 's');
    this.autocommit_blocks = options.autocommit_blocks ?? (mode === 'p' ? 64 : 65536);
    this.freelist_high_watermark = freeAt(blocks, high_watermark);
    this.freelist_low_watermark = freeAt(blocks, low_watermark);
    const metadata = SUPERBLOCK + blocks * MEMORY_ENTRY;
    this.dataStart = Math.ceil(metadata / blockSize) * this.sectors;
  }

  cacheSector(entry: { readonly index: number }): number {
    return this.dataStart + entry.index * this.sectors;
  }

  writecache_map(io: WcIo): WcMapped {
    switch (io.op) {
      case 'flush':
        return this.writecache_map_flush(io);
      case 'discard':
        return this.writecache_map_discard(io);
      case 'read':
        return this.writecache_map_read(io);
      case 'write':
        return this.writecache_map_write(io);
    }
  }

  /** Commits: what was written since the last time is there after a crash; older copies of it are freed. */
  writecache_flush(): void {
    this.uncommitted_blocks = 0;
    const committed: WcEntry[] = [];
    for (const entry of [...this.entries.lru].reverse()) {
      if (entry.committed) break;
      committed.push(entry);
    }
    for (const entry of committed) entry.committed = true;
    for (const entry of committed.reverse()) {
      const copies = this.entries.copies(entry.original_sector);
      const older = copies[copies.indexOf(entry) - 1];
      if (older && !older.write_in_progress) this.entries.release(older);
    }
  }

  /** Whether writeback should take more; `all`: whatever the watermark says. */
  get wantsWriteback(): boolean {
    const { freelist_size, writeback, lru } = this.entries;
    return lru.size > 0 && freelist_size + writeback.size <= this.freelist_low_watermark;
  }

  /** Takes the least recently written block and its neighbours, at most `most`; gives them. */
  takeForWriteback(most = BIO_MAX_VECS): WcEntry[] {
    const { entries } = this;
    const [first] = [...entries.lru].filter((entry) => !this.copyUnderWriteback(entry));
    if (!first) return [];
    if (!first.committed) {
      this.writecache_flush();
      // The commit has freed it, where a newer copy was committed with it.
      if (!entries.lru.has(first)) return this.takeForWriteback(most);
    }
    const taken = [first];
    this.start(first);
    while (taken.length < Math.min(most, BIO_MAX_VECS)) {
      const last = taken.at(-1)!;
      const next = entries.find(last.original_sector + this.sectors);
      if (!next?.committed || next.write_in_progress) break;
      if (entries.copies(next.original_sector).length > 1) break;
      if (this.options.mode === 's' && next.index !== last.index + 1) break;
      this.start(next);
      taken.push(next);
    }
    return taken;
  }

  writebackEnded(entry: WcEntry): void {
    entry.write_in_progress = false;
    this.entries.release(entry);
  }

  private copyUnderWriteback(entry: WcEntry): boolean {
    return this.entries.copies(entry.original_sector).some((copy) => copy.write_in_progress);
  }

  private start(entry: WcEntry): void {
    entry.write_in_progress = true;
    this.entries.lru.delete(entry);
    this.entries.writeback.add(entry);
  }

  private writecache_map_read({ sector, sectors }: WcIo): WcMapped {
    const parts: WcPart[] = [];
    const end = sector + sectors;
    for (let at = sector; at < end; at += this.sectors) {
      this.stats.rd++;
      const entry = this.entries.find(at);
      if (!entry) {
        const miss = this.toOrigin(at, end);
        this.stats.rd += Math.ceil((end - at) / this.sectors) - 1;
        this.stats.rd -= Math.ceil((end - at - miss.sectors) / this.sectors);
        parts.push(miss);
        return remapped(parts, 'a read never fills: what is not there comes from the origin');
      }
      this.stats.rh++;
      if (this.options.mode === 's') {
        parts.push({ to: 'fast', sector: this.cacheSector(entry), sectors: this.sectors });
        return remapped(parts, 'read hit: one block from the SSD');
      }
      parts.push({ to: 'copy', sector: this.cacheSector(entry), sectors: this.sectors });
    }
    return submitted(parts, 'read hit: a memcpy from persistent memory, no bio below');
  }

  private writecache_map_write(io: WcIo): WcMapped {
    const { stats, entries } = this;
    const calls: ('flush' | 'wait_freelist')[] = [];
    const parts: WcPart[] = [];
    const end = io.sector + io.sectors;
    const said = new Set<string>();
    for (let at = io.sector; at < end;) {
      let entry = entries.find(at);
      const found = entry !== undefined;
      let inPlace = false;
      if (entry && !entry.committed) {
        stats.whu++;
        inPlace = true;
        said.add('overwrite of an uncommitted block: in place');
      } else if (entry) {
        stats.whc++;
        inPlace = this.options.mode === 's' && !entry.write_in_progress;
        said.add(
          inPlace
            ? 'overwrite of a committed block: in place on an SSD'
            : 'overwrite of a committed block: a new copy, the old one stays until the commit',
        );
      } else if (this.cleaner)
        return this.around(at, end, parts, 'cleaner: a block that is not cached goes around');
      if (!inPlace) {
        const index = entries.pop();
        if (index === undefined) {
          if (this.options.mode === 's' && !found)
            return this.around(at, end, parts, 'the free list is empty: write around, to the origin');
          stats.wbf++;
          calls.push('wait_freelist');
          if (this.waitForBlock(this)) continue;
          return submitted(
            parts,
            'the free list is empty, and nothing is being written back: it waits for ever',
          );
        }
        entry = entries.insert(index, at);
        this.uncommitted_blocks++;
        stats.wal++;
        if (!found) said.add('a new block');
      }
      if (this.options.mode === 's') {
        const part = this.writecache_bio_copy_ssd(entry!, at, end, inPlace);
        return remapped([part], [...said].join('; '));
      }
      parts.push({ to: 'copy', sector: this.cacheSector(entry!), sectors: this.sectors });
      stats.wr++;
      at += this.sectors;
    }
    const full = this.uncommitted_blocks >= this.autocommit_blocks;
    if (io.fua || full) {
      this.writecache_flush();
      calls.push('flush');
      said.add(io.fua ? 'FUA: committed at once' : `autocommit: ${this.autocommit_blocks} blocks`);
    }
    return { ...submitted(parts, [...said].join('; ')), calls };
  }

  /** How far one bio to the SSD reaches: blocks that lie one after another there. */
  private writecache_bio_copy_ssd(first: WcEntry, sector: number, end: number, search_used: boolean): WcPart {
    let last = first;
    let at = sector + this.sectors;
    for (; at < end; at += this.sectors) {
      if (search_used) {
        const next = this.entries.find(at);
        if (next?.index !== last.index + 1 || next.write_in_progress) break;
        last = next;
      } else {
        const index = this.entries.pop(last.index + 1);
        if (index === undefined) break;
        last = this.entries.insert(index, at);
        this.uncommitted_blocks++;
        this.stats.wal++;
      }
    }
    this.stats.wr += (at - sector) / this.sectors;
    // The work that commits runs later; the count starts anew at once.
    if (this.uncommitted_blocks >= this.autocommit_blocks) this.writecache_flush();
    return { to: 'fast', sector: this.cacheSector(first), sectors: at - sector };
  }

  private around(at: number, end: number, parts: WcPart[], because: string): WcMapped {
    const part = this.toOrigin(at, end);
    this.stats.wa += part.sectors / this.sectors;
    this.stats.wr += part.sectors / this.sectors;
    return remapped([...parts, part], because);
  }

  /** Up to where the next cached block begins. */
  private toOrigin(at: number, end: number): WcPart {
    const next = this.entries.following(at) ?? end;
    return { to: 'origin', sector: at, sectors: Math.min(next, end) - at };
  }

  private writecache_map_flush({ bioNr = 0 }: WcIo): WcMapped {
    const origin: WcPart = { to: 'origin', sector: 0, sectors: 0 };
    if (this.options.mode === 'p') {
      this.stats.fl++;
      this.writecache_flush();
      const calls = ['flush'] as const;
      return this.cleaner
        ? {
            ...remapped([origin], 'FLUSH: a commit, and on to the origin, as the cleaner writes around'),
            calls,
          }
        : { ...submitted([], 'FLUSH: a commit, no bio below'), calls };
    }
    if (bioNr > 0) return remapped([origin], 'FLUSH: the second bio goes to the origin');
    this.stats.fl++;
    this.writecache_flush();
    return submitted([], 'FLUSH: the flush thread commits on the SSD');
  }

  private writecache_map_discard({ sector, sectors }: WcIo): WcMapped {
    this.stats.di += sectors / this.sectors;
    const end = sector + sectors;
    for (let at = this.entries.following(sector); at !== undefined && at < end;) {
      for (const entry of [...this.entries.copies(at)])
        if (!entry.write_in_progress) this.entries.release(entry);
      at = this.entries.following(at + 1);
    }
    if (this.options.mode === 's') return submitted([], 'DISCARD: the flush thread frees the blocks');
    const part: WcPart = { to: 'origin', sector, sectors };
    return {
      ...remapped([part], 'DISCARD: frees the blocks, and goes on to the origin'),
      calls: ['discard'],
    };
  }
}

/** A watermark says how much may be used; compared is what is free. */
function freeAt(blocks: number, percent: number): number {
  return Math.floor((blocks * (100 - percent) + 50) / 100);
}

function remapped(parts: readonly WcPart[], because: string): WcMapped {
  return { mapio: 'REMAPPED', parts, calls: [], because };
}

function submitted(parts: readonly WcPart[], because: string): WcMapped {
  return { mapio: 'SUBMITTED', parts, calls: [], because };
}
