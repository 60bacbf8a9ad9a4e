import type { DeviceSpec } from '../../../model/device-spec';
import { bio_endio } from '../../block/bio';
import {
  QUEUE_FLAG_DISCARD,
  REQ_DISCARD,
  REQ_FLUSH,
  REQ_FUA,
  REQ_META,
  REQ_PRIO,
  REQ_RAHEAD,
  REQ_SYNC,
  REQ_WRITE,
} from '../../block/flags';
import { bio_end_sector, bio_sectors } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { blk_queue_discard } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { allocPages, copyRun, submitPages } from '../copy-run';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { Parts } from '../parts';
import { stackLimits } from '../stack';
import { storedBelow } from '../stored-below';
import { copyRange } from '../tier/copy-range';
import { Congestion } from './congested';
import { Contents } from './contents';
import { cached_dev_submit_bio } from './decide';
import { Streams } from './streams';

type BcacheSpec = Extract<DeviceSpec, { driver: 'bcache' }>;

/** Where the data begins, on the backing device and on the cache (its superblock and journal come first). */
const DATA_OFFSET = 16;
/** Microseconds from which on an I/O to the cache counts as slow: what sysfs shows by default. */
const CONGESTED_US = { read: 2000, write: 20000 };
/** Dirty data in percent of the cache from which on it is written back (`writeback_percent`). */
const WRITEBACK_PERCENT = 10;

/** drivers/md/bcache, by the decisions that real kernels were seen to take (captures: bcache-*). */
export const bcache: Driver<'bcache'> = {
  name: 'bcache',
  access: 'passes-on',
  pageless:
    'Its clones share the vectors; what a miss fills is copied from the bio’s pages, and faults without.',
  probe(kernel, spec, id, find) {
    const cache = find(spec.cache);
    const origin = find(spec.origin);
    const limits = blk_set_stacking_limits();
    stackLimits(kernel, spec.name, id, limits, cache.bdev, 0);
    stackLimits(kernel, spec.name, id, limits, origin.bdev, DATA_OFFSET);
    const device = new Bcache(kernel, spec, id, cache.bdev, origin.bdev, cache.nr_sects);
    const queue = {
      limits,
      flags: blk_queue_discard(origin.disk.queue) ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (_k: Kernel, _disk: unknown, bio: Bio) => {
        device.make_request(bio);
      },
    };
    return {
      name: spec.name,
      id,
      capacity: origin.nr_sects - DATA_OFFSET,
      queue: withSpec(queue, spec.queue),
      ...storedBelow([origin], (sector) => [[origin.bdev, sector + DATA_OFFSET]]),
    };
  },
};

/** Sectors [from, to) on their way from the backing device into the cache. `stale`: written in the meantime. */
interface Miss {
  readonly from: number;
  readonly to: number;
  stale: boolean;
}

class Bcache {
  private readonly misses = new Set<Miss>();
  private readonly contents: Contents;
  private readonly streams = new Streams();
  private readonly congestion: Congestion;
  private readonly parts: Parts;
  private readonly sectors: number;
  private writingBack = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly spec: BcacheSpec,
    private readonly id: number,
    private readonly cache: number,
    private readonly origin: number,
    cacheSectors: number,
  ) {
    const bucket = spec.bucket ?? 1024;
    this.sectors = cacheSectors;
    const buckets = Math.max(1, Math.floor(cacheSectors / bucket) - 1);
    this.contents = new Contents(bucket, buckets, (from, to) => {
      this.tell('cache_drop', from, to);
    });
    this.parts = new Parts(kernel, id);
    let seed = 1;
    this.congestion = new Congestion(CONGESTED_US, () => (seed = Math.imul(seed, 1664525) + 1013904223));
  }

  make_request(bio: Bio): void {
    const { spec, contents, parts, origin, kernel } = this;
    const { trace } = kernel;
    const start = bio.bi_sector;
    const end = bio_end_sector(bio);
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    const op = bio.bi_rw & REQ_DISCARD ? 'discard' : write ? 'write' : 'read';
    const has = (flags: number) => (bio.bi_rw & flags) !== 0;
    const cached = bio.bi_size > 0 && contents.cached.covers(start, end);
    const { decision, because } = cached_dev_submit_bio(
      {
        op,
        sector: start + DATA_OFFSET,
        bytes: bio.bi_size,
        ahead: has(REQ_RAHEAD),
        meta: has(REQ_META | REQ_PRIO),
        sync: !write || has(REQ_SYNC),
        task: 0,
        now: kernel.clock.now / 1e9,
        detaching: spec.detaching ?? false,
        mode: spec.mode ?? 'writethrough',
        in_use: Math.min(100, (spec.inUse ?? 0) + contents.in_use),
        readaheadMetaOnly: spec.readahead === 'meta-only',
        blockSectors: 1,
        sequential_cutoff: spec.sequentialCutoff ?? 4 * 2 ** 20,
        congested: () => spec.congested ?? this.congestion.bch_get_congested(kernel.clock.now / 1000),
        cached,
        overlaps: false,
      },
      this.streams,
    );
    trace.bio(
      trace.id.cache_decision,
      this.id,
      bio,
      start,
      0,
      bio_sectors(bio),
      0,
      bio.bi_rw,
      trace.note(`${decision}: ${because}`),
    );
    if (decision === 'flush') {
      this.flushBoth(bio);
      return;
    }
    parts.begin(bio);
    if (write) for (const miss of this.misses) if (miss.from < end && start < miss.to) miss.stale = true;
    switch (decision) {
      case 'hit':
      case 'bypass-hit':
        this.toCache(bio, true);
        contents.hit(start, end);
        break;
      case 'miss':
        this.fromOrigin(bio, true);
        break;
      case 'bypass-miss':
        this.fromOrigin(bio, false);
        break;
      case 'bypass':
        this.drop(start, end);
        parts.send(bio, origin, start + DATA_OFFSET, 0, bio_sectors(bio));
        break;
      case 'writeback':
        this.reserve(start, end, true);
        this.toCache(bio);
        break;
      case 'writethrough':
        this.reserve(start, end, false);
        this.toCache(bio, true);
        parts.send(bio, origin, start + DATA_OFFSET, 0, bio_sectors(bio));
        break;
    }
    parts.done(bio, 0);
    this.wakeWriteback();
  }

  /** `cached_dev_nodata`: the journal on the cache, then the backing device. */
  private flushBoth(bio: Bio): void {
    this.parts.flushBoth(this.cache, this.origin, (error) => bio_endio(this.kernel, bio, error));
  }

  /** Room for new data, given back first where there is none. */
  private reserve(start: number, end: number, dirty: boolean): void {
    while (this.contents.full && this.contents.invalidate());
    this.contents.add(start, end, dirty, 0);
    this.tell('cache_insert', start, end, dirty ? 1 : 0);
  }

  private drop(start: number, end: number): void {
    if (this.contents.cached.meets(start, end)) this.tell('cache_drop', start, end);
    this.contents.remove(start, end);
  }

  private tell(
    what: 'cache_insert' | 'cache_drop' | 'cache_clean',
    from: number,
    to: number,
    dirty = 0,
  ): void {
    const { trace } = this.kernel;
    trace.bio(trace.id[what], this.id, undefined, from, 0, to - from, dirty, 0);
  }

  /** `spare`: the backing device has it, too, so that an error of the cache is nobody's (`recoverable`). */
  private toCache(bio: Bio, spare = false): void {
    const start = bio.bi_sector;
    const { clock } = this.kernel;
    const began = clock.now / 1000;
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    for (const { from, to, at } of this.contents.places(start, bio_end_sector(bio)))
      this.parts.send(bio, this.cache, this.place(at), from - start, to - from, (error) => {
        this.congestion.ended(write, began, clock.now / 1000);
        if (error === 0 || !spare || this.contents.dirty.meets(from, to)) return undefined;
        this.drop(from, to);
        if (!write) this.readAgain(bio, from, to);
        return 0;
      });
  }

  /** `cached_dev_read_error`, by a worker: once more, from the backing device. */
  private readAgain(bio: Bio, from: number, to: number): void {
    const { kernel, parts } = this;
    const skip = from - bio.bi_sector;
    parts.hold(bio);
    kernel.loop.soon(() => {
      parts.send(bio, this.origin, from + DATA_OFFSET, skip, to - from);
      parts.done(bio, 0);
    }, undefined);
  }

  /** Buckets follow the superblock. */
  private place(at: number): number {
    return Math.min(DATA_OFFSET + at, this.sectors - 1);
  }

  /** A read of what the cache does not have all of: dirty parts come from the cache. The bio ends before its data is kept. */
  private fromOrigin(bio: Bio, fill: boolean): void {
    const { contents } = this;
    const start = bio.bi_sector;
    const end = bio_end_sector(bio);
    let at = start;
    for (const [from, to] of [...contents.dirty.within(start, end)]) {
      this.read(bio, start, at, from, fill);
      for (const piece of contents.places(from, to))
        this.parts.send(bio, this.cache, this.place(piece.at), piece.from - start, piece.to - piece.from);
      at = to;
    }
    this.read(bio, start, at, end, fill);
  }

  private read(bio: Bio, start: number, from: number, to: number, fill: boolean): void {
    if (to <= from) return;
    const { kernel } = this;
    const wanted = { from, to, stale: false };
    if (fill) this.misses.add(wanted);
    this.parts.send(bio, this.origin, from + DATA_OFFSET, from - start, to - from, (error, offset) => {
      if (!fill) return undefined;
      if (error !== 0 || wanted.stale || this.contents.cached.meets(from, to)) {
        this.misses.delete(wanted);
        return undefined;
      }
      const pages = allocPages(kernel, to - from);
      if (pages.length * 8 < to - from) {
        for (const page of pages) kernel.allocator.free_page(page);
        this.misses.delete(wanted);
        return undefined;
      }
      for (const [i, page] of pages.entries()) {
        const bytes = Math.min(4096, (to - from) * 512 - i * 4096);
        copyRange(kernel, this.id, bio, offset + i * 4096, bytes, page * 4096, true);
      }
      kernel.loop.soon(() => {
        this.misses.delete(wanted);
        this.fill(wanted, pages);
      }, this);
      return undefined;
    });
  }

  /** What was read meanwhile is not kept where a write came in between: its key is not the one that was looked for. */
  private fill({ from, to, stale }: Miss, pages: readonly number[]): void {
    const { kernel } = this;
    let left = 0;
    const free = () => {
      if (left > 0) return;
      for (const page of pages) kernel.allocator.free_page(page);
    };
    if (!stale && !this.contents.cached.meets(from, to)) {
      this.reserve(from, to, false);
      for (const piece of [...this.contents.places(from, to)]) {
        left++;
        const place = { bdev: this.cache, sector: this.place(piece.at) };
        const skip = (piece.from - from) * 512;
        const end = (error: number) => {
          left--;
          if (error !== 0) this.drop(piece.from, piece.to);
          free();
        };
        submitPages(kernel, REQ_WRITE, place, piece.to - piece.from, pages, end, skip);
      }
    }
    free();
  }

  private wakeWriteback(): void {
    const { contents } = this;
    if (this.writingBack || contents.dirty.size * 100 <= this.sectors * WRITEBACK_PERCENT) return;
    this.writingBack = true;
    this.kernel.loop.soon(() => {
      this.writeKey();
    }, this);
  }

  /** One run of dirty data at a time, until there is little enough. */
  private writeKey(): void {
    const { contents, kernel } = this;
    const [key] = contents.dirty.within(0, Infinity);
    const [piece] = key ? contents.places(key[0], key[1]) : [];
    if (!piece || contents.dirty.size * 100 <= this.sectors * WRITEBACK_PERCENT) {
      this.writingBack = false;
      return;
    }
    const sectors = piece.to - piece.from;
    copyRun(
      kernel,
      { bdev: this.cache, sector: this.place(piece.at) },
      { bdev: this.origin, sector: piece.from + DATA_OFFSET },
      sectors,
      (error) => {
        contents.dirty.remove(piece.from, piece.to);
        this.tell('cache_clean', piece.from, piece.to);
        if (error === 0) this.writeKey();
        else this.writingBack = false;
      },
    );
  }
}
