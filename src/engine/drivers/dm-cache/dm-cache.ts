import type { DeviceSpec } from '../../../model/device-spec';
import { bio_endio } from '../../block/bio';
import { QUEUE_FLAG_DISCARD, REQ_DISCARD, REQ_FLUSH, REQ_FUA, REQ_WRITE } from '../../block/flags';
import { bio_end_sector, bio_sectors } from '../../block/iter';
import { blk_set_stacking_limits } from '../../block/limits';
import { blk_queue_discard } from '../../block/queue';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { copyRun } from '../copy-run';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { Parts } from '../parts';
import { stackLimits } from '../stack';
import { smq } from '../tier/policies/smq';
import type { TierPolicy } from '../tier/policies/policy';
import { map_bio, remap_to_cache, type DmCacheDecision } from './map-bio';

type DmCacheSpec = Extract<DeviceSpec, { driver: 'dm-cache' }>;

/** drivers/md/dm-cache-target.c with smq, whose moment of promotion is told by what captures show (dmcache-*). */
export const dmCache: Driver<'dm-cache'> = {
  name: 'dm-cache',
  access: 'passes-on',
  pageless:
    'Its clones share the vectors: each device below is asked again. Blocks are copied through DRAM pages.',
  probe(kernel, spec, id, find) {
    const fast = find(spec.cache);
    const origin = find(spec.origin);
    const limits = blk_set_stacking_limits();
    stackLimits(kernel, spec.name, id, limits, fast.bdev, 0);
    stackLimits(kernel, spec.name, id, limits, origin.bdev, 0);
    const device = new DmCache(kernel, spec, id, fast.bdev, origin.bdev, fast.nr_sects);
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

class DmCache {
  private readonly cblocks = new Map<number, number>();
  private readonly free: number[] = [];
  private readonly dirty = new Set<number>();
  private readonly discarded = new Set<number>();
  /** Blocks that are being copied, and the bios that wait for them. */
  private readonly migrating = new Map<number, Bio[]>();
  private readonly policy: TierPolicy;
  private readonly blockSectors: number;
  private readonly parts: Parts;

  constructor(
    private readonly kernel: Kernel,
    private readonly spec: DmCacheSpec,
    private readonly id: number,
    private readonly fast: number,
    private readonly origin: number,
    fastSectors: number,
  ) {
    this.blockSectors = spec.block ?? 128;
    const count = Math.floor(fastSectors / this.blockSectors);
    for (let cblock = count - 1; cblock >= 0; cblock--) this.free.push(cblock);
    this.policy = smq(count);
    this.parts = new Parts(kernel, id);
  }

  make_request(bio: Bio): void {
    if (bio.bi_rw & REQ_FLUSH) {
      this.commit(bio);
      return;
    }
    const held = this.heldBy(bio);
    if (held) {
      this.say(
        bio,
        bio.bi_sector,
        bio_sectors(bio),
        'wait',
        'the block is being copied: the bio waits in its cell',
      );
      held.push(bio);
      return;
    }
    this.parts.begin(bio);
    const end = bio_end_sector(bio);
    for (let at = bio.bi_sector; at < end;) {
      const next = Math.min(end, (Math.floor(at / this.blockSectors) + 1) * this.blockSectors);
      this.piece(bio, at, next);
      at = next;
    }
    this.parts.done(bio, 0);
  }

  /** Held until the metadata is committed; both devices are flushed. */
  private commit(bio: Bio): void {
    const { because } = this.decide(bio, 0, 0);
    this.say(bio, bio.bi_sector, bio_sectors(bio), 'wait', because);
    this.parts.flushBoth(this.fast, this.origin, (error) => {
      bio.bi_rw &= ~REQ_FLUSH;
      if (error !== 0 || bio.bi_size === 0) bio_endio(this.kernel, bio, error);
      else this.make_request(bio);
    });
  }

  /** A write of a block that is being copied waits. */
  private heldBy(bio: Bio): Bio[] | undefined {
    if ((bio.bi_rw & REQ_WRITE) === 0) return undefined;
    const end = bio_end_sector(bio);
    for (
      let oblock = Math.floor(bio.bi_sector / this.blockSectors);
      oblock * this.blockSectors < end;
      oblock++
    ) {
      const waiting = this.migrating.get(oblock);
      if (waiting) return waiting;
    }
    return undefined;
  }

  private decide(bio: Bio, oblock: number, sectors: number): DmCacheDecision {
    const { bi_rw } = bio;
    const op =
      bi_rw & REQ_FLUSH ? 'flush' : bi_rw & REQ_DISCARD ? 'discard' : bi_rw & REQ_WRITE ? 'write' : 'read';
    return map_bio({
      op,
      // Its commit has been waited for when it comes here.
      fua: false,
      mode: this.spec.mode ?? 'writeback',
      cached: this.cblocks.has(oblock),
      optimisable: sectors === this.blockSectors || this.discarded.has(oblock),
      migrating: false,
      mayPromote: this.spec.policy !== 'cleaner' && this.makeRoom(oblock),
    });
  }

  private piece(bio: Bio, from: number, to: number): void {
    const { parts, blockSectors, kernel } = this;
    const oblock = Math.floor(from / blockSectors);
    const skip = from - bio.bi_sector;
    const sectors = to - from;
    const decision = this.decide(bio, oblock, sectors);
    const { goes, lookup } = decision;
    const now = kernel.clock.now;
    const wants =
      goes === 'origin' && lookup === 'miss' && this.policy.wants(oblock, (bio.bi_rw & REQ_WRITE) !== 0, now);
    const promoted =
      wants && (this.spec.mode ?? 'writeback') !== 'passthrough' && this.spec.policy !== 'cleaner';
    const said =
      goes === 'origin' && lookup === 'miss'
        ? `${decision.because}; ${this.policy.because}`
        : decision.because;
    this.say(bio, from, sectors, goes, said);
    if (lookup === 'hit') this.policy.hit(oblock, (bio.bi_rw & REQ_WRITE) !== 0, now);
    switch (goes) {
      case 'discard':
        if (sectors === blockSectors) this.discarded.add(oblock);
        parts.send(bio, this.origin, from, skip, sectors);
        return;
      case 'invalidate':
        this.forget(oblock);
        parts.send(bio, this.origin, from, skip, sectors);
        return;
      case 'promote':
        this.keep(oblock, this.free.pop()!);
        this.toFast(bio, oblock, from, skip, sectors);
        return;
      case 'fast':
        this.toFast(bio, oblock, from, skip, sectors);
        return;
      case 'both':
        this.toFast(bio, oblock, from, skip, sectors, false);
        parts.send(bio, this.origin, from, skip, sectors);
        return;
      default:
        // The copy follows what is in the origin when the bio is done.
        parts.send(bio, this.origin, from, skip, sectors, (error) => {
          if (error === 0 && promoted) this.promote(oblock);
          return undefined;
        });
    }
  }

  private toFast(
    bio: Bio,
    oblock: number,
    from: number,
    skip: number,
    sectors: number,
    dirties = true,
  ): void {
    const write = (bio.bi_rw & REQ_WRITE) !== 0;
    if (write) this.discarded.delete(oblock);
    if (write && dirties) {
      this.dirty.add(oblock);
      this.tell('cache_insert', oblock, 1);
    }
    const sector = remap_to_cache(from, this.blockSectors, this.cblocks.get(oblock)!);
    this.parts.send(bio, this.fast, sector, skip, sectors);
  }

  /** Whether a block is free, or a clean one can go. */
  private makeRoom(oblock: number): boolean {
    if (this.free.length > 0) return true;
    const victim = this.policy.victim(
      (block) => !this.dirty.has(block) && !this.migrating.has(block),
      oblock,
    );
    if (victim === undefined) return false;
    this.forget(victim);
    return true;
  }

  private keep(oblock: number, cblock: number): void {
    this.cblocks.set(oblock, cblock);
    this.policy.inserted(oblock);
    this.tell('cache_insert', oblock, 0);
  }

  private tell(what: 'cache_insert' | 'cache_drop', oblock: number, dirty: number): void {
    const { trace } = this.kernel;
    const { blockSectors } = this;
    trace.bio(trace.id[what], this.id, undefined, oblock * blockSectors, 0, blockSectors, dirty, 0);
  }

  private forget(oblock: number): void {
    this.free.push(this.cblocks.get(oblock)!);
    this.cblocks.delete(oblock);
    this.dirty.delete(oblock);
    this.policy.removed(oblock, true);
    this.tell('cache_drop', oblock, 0);
  }

  /** Copies a block from the origin; writes to it wait. */
  private promote(oblock: number): void {
    if (this.cblocks.has(oblock) || this.migrating.has(oblock) || !this.makeRoom(oblock)) return;
    const cblock = this.free.pop()!;
    const sector = oblock * this.blockSectors;
    this.migrating.set(oblock, []);
    const sectors = Math.min(this.blockSectors, this.kernel.bdevs[this.origin]!.nr_sects - sector);
    const to = { bdev: this.fast, sector: cblock * this.blockSectors };
    const copied = (error: number) => {
      const waiting = this.migrating.get(oblock) ?? [];
      this.migrating.delete(oblock);
      if (error === 0) this.keep(oblock, cblock);
      else this.free.push(cblock);
      for (const bio of waiting) this.make_request(bio);
    };
    const { loop } = this.kernel;
    loop.soon(() => copyRun(this.kernel, { bdev: this.origin, sector }, to, sectors, copied), undefined);
  }

  private say(bio: Bio, sector: number, sectors: number, goes: string, because: string): void {
    const { trace } = this.kernel;
    const note = trace.note(`${goes}: ${because}`);
    trace.bio(trace.id.cache_decision, this.id, bio, sector, 0, sectors, 0, bio.bi_rw, note);
  }
}
