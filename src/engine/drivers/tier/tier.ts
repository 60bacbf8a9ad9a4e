import type { DeviceSpec } from '../../../model/device-spec';
import { bio_endio } from '../../block/bio';
import { REQ_DISCARD, REQ_FLUSH, REQ_FUA, REQ_WRITE, QUEUE_FLAG_DISCARD } from '../../block/flags';
import { bio_end_sector, bio_sectors } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { blk_queue_discard, type Disk, type RequestQueue } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { Streams } from '../bcache/streams';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { Parts } from '../parts';
import { stackLimits } from '../stack';
import { copyRange } from './copy-range';
import { decide, TIER_DECISIONS, type BlockInput, type Decided, type TierDecision } from './decide';
import { TierCache } from './cache';
import { Writeback } from './writeback';

type TierSpec = Extract<DeviceSpec, { driver: 'tier' }>;

/**
 * A tier of our own: persistent memory in front of any slow disk, what the cover letter names as the use of the series. Hits
 * and writes are memcpy's by the CPU; what leaves for the slow disk goes one of three ways (`move.ts`).
 */
export const tier: Driver<'tier'> = {
  name: 'tier',
  access: 'kmap',
  pageless: 'The CPU copies between the bio’s pages and its own memory: without a page, the copy faults.',
  probe(kernel, spec, id, find) {
    const cache = find(spec.cache);
    const origin = find(spec.origin);
    const memory = cache.disk.memory;
    if (!memory)
      throw new RangeError(`${spec.cache} is no pmem disk: ${spec.name} has no memory to keep blocks in`);
    const limits = blk_set_stacking_limits();
    stackLimits(kernel, spec.name, id, limits, origin.bdev, 0);
    const driver = new Tier(kernel, spec, id, origin.bdev, memory);
    const queue: RequestQueue = {
      limits,
      flags: blk_queue_discard(origin.disk.queue) ? QUEUE_FLAG_DISCARD : 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (_k, _disk, bio) => {
        driver.make_request(bio);
      },
    };
    const { nr_sects: capacity, store } = origin;
    return { name: spec.name, id, capacity, queue: withSpec(queue, spec.queue), store };
  },
};

const NOTHING: Decided = { decision: 'miss', because: '' };

class Tier {
  private readonly cache: TierCache;
  private readonly writeback: Writeback;
  private readonly parts: Parts;
  private readonly streams = new Streams();
  /** Bios that wait for a slot. */
  private readonly waiting: Bio[] = [];
  private readonly mode;
  private readonly cutoff: number;
  private readonly blockSectors: number;
  private recovered = false;
  /** What is asked about a block: one object, filled anew for each. */
  private readonly input: Input;

  constructor(
    private readonly kernel: Kernel,
    spec: TierSpec,
    private readonly id: number,
    private readonly origin: number,
    memory: NonNullable<Disk['memory']>,
  ) {
    this.mode = spec.mode ?? 'write-back';
    this.cutoff = spec.sequentialCutoff ?? 0;
    this.blockSectors = spec.block ?? 8;
    this.cache = new TierCache(kernel, id, memory, spec);
    this.writeback = new Writeback(kernel, id, origin, spec, this.cache, () => {
      this.slotsCameFree();
    });
    this.parts = new Parts(kernel, id);
    this.input = new Input(this.mode, this.cache);
  }

  make_request(bio: Bio): void {
    if (!this.recovered) {
      this.recovered = true;
      this.cache.recover();
    }
    if (bio.bi_rw & REQ_FLUSH) this.flush(bio);
    else if (bio.bi_rw & REQ_DISCARD) this.discard(bio);
    else this.data(bio);
  }

  /** Persistent memory needs no flush; the slow disk does, for what went there. Data follows when that is done. */
  private flush(bio: Bio): void {
    const { kernel } = this;
    const { trace } = kernel;
    const because =
      'FLUSH: what is in persistent memory is durable; the slow disk is flushed for what went around';
    trace.bio(
      trace.id.tier_map,
      this.id,
      bio,
      bio.bi_sector,
      -1,
      bio_sectors(bio),
      0,
      bio.bi_rw,
      trace.note(because),
    );
    this.parts.emptyFlush(this.origin, (error) => {
      bio.bi_rw &= ~REQ_FLUSH;
      if (error !== 0 || bio.bi_size === 0) bio_endio(kernel, bio, error);
      else this.data(bio);
    });
  }

  private discard(bio: Bio): void {
    const { trace } = this.kernel;
    const first = Math.ceil(bio.bi_sector / this.blockSectors);
    const end = Math.floor(bio_end_sector(bio) / this.blockSectors);
    for (const block of this.cache.blocksWithin(first, end)) this.cache.drop(block, false);
    this.cache.persistCleared();
    const because = 'discard: what the cache has of it is dropped, and the slow disk is told';
    trace.bio(
      trace.id.tier_map,
      this.id,
      bio,
      bio.bi_sector,
      -1,
      bio_sectors(bio),
      0,
      bio.bi_rw,
      trace.note(because),
    );
    this.parts.begin(bio);
    this.parts.send(bio, this.origin, bio.bi_sector, 0, bio_sectors(bio));
    this.parts.done(bio, 0);
  }

  private data(bio: Bio): void {
    const { kernel, parts, cache } = this;
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    const first = bio.bi_sector;
    const end = bio_end_sector(bio);
    if (write && !cache.roomFor(first, end)) {
      this.wait(bio);
      return;
    }
    const now = kernel.clock.now;
    const sequential = this.sequential(bio, now);
    const congested = this.writeback.congested;
    // Neighbours that go to the slow disk go there together.
    let run = -1;
    let decided: Decided = NOTHING;
    let inParts = false;
    for (let at = first; at < end;) {
      const block = Math.floor(at / this.blockSectors);
      const within = at - block * this.blockSectors;
      const next = Math.min(end, at - within + this.blockSectors);
      const slot = cache.slotOf(block);
      const io = this.input;
      io.write = write;
      io.cached = slot < 0 ? 'no' : cache.isDirty(slot) ? 'dirty' : 'clean';
      io.whole = next - at === this.blockSectors;
      io.sequential = sequential;
      io.congested = congested;
      io.block = block;
      io.now = now;
      const found = decide(io);
      const { decision, because } = found;
      if (decision === 'hit' || decision === 'write-back') {
        if (run >= 0) this.toSlow(bio, decided, run, at);
        run = -1;
        this.say(bio, decision, because, at, next - at, slot);
        const from = (at - first) * 512;
        if (decision === 'hit') {
          cache.policy.hit(block, false, now);
          const memory = cache.metadata.at(slot) + within * 512;
          copyRange(kernel, this.id, bio, from, (next - at) * 512, memory, false);
        } else cache.write(bio, block, from, within * 512, (next - at) * 512, now);
      } else {
        if (!inParts) parts.begin(bio);
        inParts = true;
        if (run >= 0 && (decided.decision !== decision || decided.because !== because)) {
          this.toSlow(bio, decided, run, at);
          run = -1;
        }
        if (run < 0) [run, decided] = [at, found];
      }
      at = next;
    }
    if (run >= 0) this.toSlow(bio, decided, run, end);
    // May complete it, so nothing looks at it after this.
    if (inParts) parts.done(bio, 0);
    else bio_endio(kernel, bio, 0);
    if (write) this.writeback.wake();
  }

  /** Sectors [from, to) go to the slow disk: read or written there, and what the decision asks for besides. */
  private toSlow(bio: Bio, { decision, because }: Decided, from: number, to: number): void {
    const { cache, blockSectors, kernel } = this;
    this.say(bio, decision, because, from, to - from, -1);
    const blocks: number[] = [];
    for (let block = Math.floor(from / blockSectors); block * blockSectors < to; block++) blocks.push(block);
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    if (write) {
      for (const block of blocks) {
        cache.goesAround(block);
        if (cache.stateOf(block) !== 'no') cache.drop(block, false);
      }
    }
    const fills = decision === 'promote' || decision === 'through';
    const tickets = fills ? blocks.map((block) => cache.ticket(block)) : [];
    this.parts.send(bio, this.origin, from, from - bio.bi_sector, to - from, (error, offset) => {
      if (write) for (const block of blocks) cache.cameBack(block);
      if (error !== 0) return undefined;
      for (const [i, ticket] of tickets.entries())
        cache.fill(bio, ticket, offset + i * blockSectors * 512, kernel.clock.now);
      return undefined;
    });
  }

  private sequential(bio: Bio, now: number): string {
    if (this.cutoff === 0) return '';
    const bytes = this.streams.note(0, bio.bi_sector, bio.bi_size, now / 1e9);
    if (bytes < this.cutoff) return '';
    return `sequential: ${bytes} bytes in a row, the cut-off is ${this.cutoff}`;
  }

  private wait(bio: Bio): void {
    const because =
      'a dirty block needs a second slot for its new copy, and none is free: it waits for writeback';
    this.say(bio, 'waits', because, bio.bi_sector, bio_sectors(bio), -1);
    this.waiting.push(bio);
    this.writeback.wake(true);
  }

  private slotsCameFree(): void {
    for (const bio of this.waiting.splice(0)) this.data(bio);
  }

  private say(
    bio: Bio,
    decision: TierDecision,
    because: string,
    sector: number,
    sectors: number,
    slot: number,
  ) {
    const { trace } = this.kernel;
    const code = TIER_DECISIONS.indexOf(decision);
    const note = trace.note(`${decision}: ${because}`);
    trace.bio(trace.id.tier_map, this.id, bio, sector, slot, sectors, code, bio.bi_rw, note);
  }
}

/** What `decide` looks at. */
class Input implements BlockInput {
  write = false;
  cached: BlockInput['cached'] = 'no';
  whole = false;
  sequential = '';
  congested = '';
  block = 0;
  now = 0;

  constructor(
    readonly mode: BlockInput['mode'],
    private readonly cache: TierCache,
  ) {}

  get room(): boolean {
    return this.cache.hasRoom(this.block);
  }

  wants(): boolean {
    return this.cache.policy.wants(this.block, this.write, this.now);
  }

  get because(): string {
    return this.cache.policy.because;
  }
}
