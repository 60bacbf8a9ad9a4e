import type { DeviceSpec } from '../../../model/device-spec';
import { bio_endio, bio_put } from '../../block/bio';
import { QUEUE_FLAG_DISCARD, REQ_DISCARD, REQ_FLUSH, REQ_FUA, REQ_WRITE } from '../../block/flags';
import { bio_end_sector, bio_sectors } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { EIO } from '../../errno';
import { blk_queue_discard, type Disk } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { copyRun } from '../copy-run';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { Parts } from '../parts';
import { stackLimits } from '../stack';
import { copyRange } from '../tier/copy-range';
import { moveToSlow } from '../tier/move';
import type { WcEntry } from './entries';
import { Writecache, type WcPart } from './writecache';

type WritecacheSpec = Extract<DeviceSpec, { driver: 'dm-writecache' }>;

const METADATA_BLOCK = 4096;

/** drivers/md/dm-writecache.c: caches writes only (captures: writecache-*). */
export const dmWritecache: Driver<'dm-writecache'> = {
  name: 'dm-writecache',
  access: 'kmap',
  pageless: 'On pmem it copies by the CPU from the bio’s pages: without a page, the copy faults.',
  probe(kernel, spec, id, find) {
    const cache = find(spec.cache);
    const origin = find(spec.origin);
    const limits = blk_set_stacking_limits();
    stackLimits(kernel, spec.name, id, limits, origin.bdev, 0);
    const blockBytes = (spec.block ?? 8) * 512;
    limits.logical_block_size = Math.max(limits.logical_block_size, blockBytes);
    limits.physical_block_size = Math.max(limits.physical_block_size, blockBytes);
    limits.io_min = Math.max(limits.io_min, blockBytes);
    if ((spec.kind ?? 'p') === 'p' && !cache.disk.memory)
      throw new RangeError(`${spec.name} is of kind p: ${spec.cache} must be a pmem disk`);
    const device = new DmWritecache(
      kernel,
      spec,
      id,
      cache.bdev,
      origin.bdev,
      cache.nr_sects,
      cache.disk.memory,
    );
    const queue = {
      limits,
      flags: blk_queue_discard(origin.disk.queue) ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (_k: Kernel, _disk: unknown, bio: Bio) => {
        device.make_request(bio);
      },
    };
    const { nr_sects: capacity, store } = origin;
    return { name: spec.name, id, capacity, queue: withSpec(queue, spec.queue), store };
  },
};

/** How often a worker asks for memory before it gives up. */
const MOST_TRIES = 1000;

class DmWritecache {
  private readonly wc: Writecache;
  private readonly parts: Parts;
  private readonly waiting: Bio[] = [];
  private readonly mode: 'p' | 's';
  private readonly blockSectors: number;
  private inFlight = 0;
  /** Writes on their way to an SSD, and the writeback that waits for them (`writecache_wait_for_ios`). */
  private writing = 0;
  private later: (() => void) | undefined;
  /** `writecache_has_error`: something could not be written back, and nothing is taken any more. */
  private failed = false;

  constructor(
    private readonly kernel: Kernel,
    spec: WritecacheSpec,
    private readonly id: number,
    private readonly cache: number,
    private readonly origin: number,
    cacheSectors: number,
    private readonly memory: Disk['memory'],
  ) {
    this.mode = spec.kind ?? 'p';
    this.blockSectors = spec.block ?? 8;
    const blockSize = this.blockSectors * 512;
    this.wc = new Writecache({
      mode: this.mode,
      blocks: Math.max(1, Math.floor((cacheSectors * 512 - 2 * METADATA_BLOCK) / (blockSize + 16))),
      blockSize,
      ...(spec.highWatermark === undefined ? {} : { high_watermark: spec.highWatermark }),
      ...(spec.lowWatermark === undefined ? {} : { low_watermark: spec.lowWatermark }),
      ...(spec.autocommitBlocks === undefined ? {} : { autocommit_blocks: spec.autocommitBlocks }),
    });
    this.parts = new Parts(kernel, id);
  }

  make_request(bio: Bio): void {
    const { wc, parts } = this;
    if (this.failed) {
      this.kernel.refusal = 'writecache_map: a block could not be written back, and all I/O fails since';
      bio_endio(this.kernel, bio, -EIO);
      return;
    }
    if (bio.bi_rw & REQ_FLUSH) {
      this.flush(bio);
      return;
    }
    const op = this.opOf(bio);
    const needed = bio_sectors(bio) / this.blockSectors;
    if (
      op === 'write' &&
      this.mode === 'p' &&
      wc.entries.freelist_size < needed &&
      needed <= wc.entries.blocks
    ) {
      this.say(bio, 'wait', 'writecache_wait_on_freelist: the free list is empty, it waits for writeback');
      this.waiting.push(bio);
      this.wake(true);
      return;
    }
    parts.begin(bio);
    if (op === 'discard') this.discard(bio);
    else this.data(bio, op);
    parts.done(bio, 0);
    this.wake(false);
  }

  private opOf({ bi_rw }: Bio): 'discard' | 'write' | 'read' {
    if (bi_rw & REQ_DISCARD) return 'discard';
    return bi_rw & REQ_WRITE ? 'write' : 'read';
  }

  /** dm sends an empty flush first, and the data of the bio after it. */
  private flush(bio: Bio): void {
    const { because, parts } = this.wc.writecache_map({ op: 'flush', sector: 0, sectors: 0, fua: false });
    this.say(bio, 'commit', because);
    this.kernel.persistent.fenceAll();
    const rest = (error: number) => {
      bio.bi_rw &= ~REQ_FLUSH;
      if (error !== 0 || bio.bi_size === 0) bio_endio(this.kernel, bio, error);
      else this.make_request(bio);
    };
    if (this.mode === 's' || parts.length > 0) this.parts.flushBoth(this.cache, this.origin, rest);
    else rest(0);
  }

  private discard(bio: Bio): void {
    const io = { op: 'discard', sector: bio.bi_sector, sectors: bio_sectors(bio), fua: false } as const;
    this.say(bio, 'discard', this.wc.writecache_map(io).because);
    this.tell('cache_drop', io.sector, io.sectors);
    this.parts.send(bio, this.origin, bio.bi_sector, 0, bio_sectors(bio));
  }

  /** dm gives what a map call did not take to the next one. */
  private data(bio: Bio, op: 'read' | 'write'): void {
    const start = bio.bi_sector;
    const end = bio_end_sector(bio);
    for (let at = start; at < end;) {
      const fua = (bio.bi_rw & REQ_FUA) !== 0;
      const { parts, because } = this.wc.writecache_map({ op, sector: at, sectors: end - at, fua });
      this.say(bio, op, because);
      if (parts.length === 0) break;
      for (const part of parts) {
        this.part(bio, part, at - start, op === 'write');
        at += part.sectors;
      }
      if (fua && op === 'write') this.kernel.persistent.fenceAll();
    }
  }

  private part(bio: Bio, { to, sector, sectors }: WcPart, skip: number, write: boolean): void {
    if (write && to !== 'origin') this.tell('cache_insert', bio.bi_sector + skip, sectors, 1);
    if (to === 'copy') {
      const at = this.memory!.start + sector * 512;
      if (write) this.kernel.persistent.store(at, sectors * 512);
      copyRange(this.kernel, this.id, bio, skip * 512, sectors * 512, at, write);
      if (write) this.kernel.persistent.clwb(at, sectors * 512);
    } else if (to === 'fast' && write) {
      this.writing++;
      this.parts.send(bio, this.cache, sector, skip, sectors, () => this.written());
    } else this.parts.send(bio, to === 'fast' ? this.cache : this.origin, sector, skip, sectors);
  }

  private written(): undefined {
    if (--this.writing > 0 || !this.later) return;
    this.kernel.loop.soon(this.later, undefined);
    this.later = undefined;
  }

  /** Starts at the high watermark (or where somebody waits), goes on to the low one. */
  private wake(urgent: boolean): void {
    const { entries, freelist_high_watermark } = this.wc;
    if (this.inFlight > 0) return;
    if (!urgent && entries.freelist_size + entries.writeback.size > freelist_high_watermark) return;
    this.inFlight++;
    const work = () => {
      let more = this.writeback(this.wc.takeForWriteback(urgent ? 1 : undefined));
      while (more && this.wc.wantsWriteback && this.inFlight < 64)
        more = this.writeback(this.wc.takeForWriteback());
      this.ended([]);
    };
    this.kernel.loop.soon(() => {
      if (this.writing > 0) this.later = work;
      else work();
    }, this);
  }

  /** False: there was nothing to take. */
  private writeback(run: readonly WcEntry[]): boolean {
    const { kernel, wc } = this;
    const [first] = run;
    if (!first) return false;
    this.inFlight++;
    const end = (error: number) => {
      if (error !== 0) this.failed = true;
      this.ended(run);
    };
    if (this.mode === 's') {
      const from = { bdev: this.cache, sector: wc.cacheSector(first) };
      copyRun(
        kernel,
        from,
        { bdev: this.origin, sector: first.original_sector },
        run.length * this.blockSectors,
        end,
      );
      return true;
    }
    const bytes = this.blockSectors * 512;
    const pieces = run.map((entry) => ({ at: this.memory!.start + wc.cacheSector(entry) * 512, bytes }));
    const way = kernel.map.hasPage(Math.floor(pieces[0]!.at / 4096)) ? 'pages' : 'copy';
    let from = 0;
    let tries = 0;
    const next = () => {
      if (from === run.length) {
        end(0);
        return;
      }
      const sector = run[from]!.original_sector;
      const sent = moveToSlow(kernel, this.id, this.origin, sector, pieces.slice(from), way);
      if (!sent) {
        if (++tries > MOST_TRIES) throw new RangeError(`${run.length} blocks cannot be written back`);
        kernel.loop.soon(next, undefined);
        return;
      }
      tries = 0;
      from += sent.pieces;
      const { bio, pages } = sent.moved;
      bio.bi_rw |= REQ_FUA;
      bio.bi_end_io = (k, ended, error) => {
        for (const page of pages) k.allocator.free_page(page);
        bio_put(k, ended);
        if (error !== 0) this.failed = true;
        k.loop.soon(next, undefined);
      };
      kernel.block.generic_make_request(kernel, bio);
    };
    next();
    return true;
  }

  private ended(run: readonly WcEntry[]): void {
    for (const entry of run) {
      this.wc.writebackEnded(entry);
      const { original_sector: sector } = entry;
      this.tell('cache_clean', sector, this.blockSectors);
      if (!this.wc.entries.find(sector)) this.tell('cache_drop', sector, this.blockSectors);
    }
    this.inFlight--;
    if (this.inFlight > 0) return;
    for (const bio of this.waiting.splice(0)) this.make_request(bio);
    if (this.wc.wantsWriteback) this.wake(false);
  }

  private tell(
    what: 'cache_insert' | 'cache_clean' | 'cache_drop',
    sector: number,
    sectors: number,
    dirty = 0,
  ): void {
    const { trace } = this.kernel;
    trace.bio(trace.id[what], this.id, undefined, sector, 0, sectors, dirty, 0);
  }

  private say(bio: Bio, decision: string, because: string): void {
    const { trace } = this.kernel;
    const note = trace.note(`${decision}: ${because}`);
    trace.bio(trace.id.cache_decision, this.id, bio, bio.bi_sector, 0, bio_sectors(bio), 0, bio.bi_rw, note);
  }
}
