import { TIER_MOVES } from '../../../model/cache-spec';
import type { DeviceSpec } from '../../../model/device-spec';
import { bio_put } from '../../block/bio';
import { Parts } from '../parts';
import type { Kernel } from '../../kernel';
import type { TierCache } from './cache';
import { moveToSlow, wayOf } from './move';

/** Blocks that one round takes, and that one bio has at most. */
const ROUND = 64;
const BIO_BLOCKS = 32;

interface InFlight {
  readonly slot: number;
  readonly seq: number;
}

/**
 * Sends dirty blocks to the slow disk, the oldest first, neighbours together. A round is over when the disk has answered all of
 * it and has been flushed: only then are its slots clean, for what a disk has answered it may still lose.
 */
export class Writeback {
  private running = false;
  private pending = 0;
  private failed = false;
  private done: InFlight[] = [];
  private readonly high: number;
  private readonly low: number;
  private readonly limit: number;
  private readonly parts: Parts;
  private urgent = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly id: number,
    private readonly origin: number,
    private readonly spec: Extract<DeviceSpec, { driver: 'tier' }>,
    private readonly cache: TierCache,
    private readonly slotsCameFree: () => void,
  ) {
    const { capacity } = cache.slots;
    this.high = Math.floor((capacity * (spec.dirtyHigh ?? 50)) / 100);
    this.low = Math.floor((capacity * (spec.dirtyLow ?? 40)) / 100);
    this.limit = spec.congestion ?? 0;
    this.parts = new Parts(kernel, id);
  }

  /** Why nothing more is promoted for now; '' if it is. */
  get congested(): string {
    if (this.limit === 0 || this.pending < this.limit) return '';
    return `congested: ${this.limit} blocks and more are on their way to the slow disk`;
  }

  /** Looks whether there is something to do. `urgent`: somebody waits for a slot. */
  wake(urgent = false): void {
    this.urgent ||= urgent;
    if (this.running || (!this.urgent && this.cache.slots.dirty.size <= this.high)) return;
    this.running = true;
    this.kernel.loop.soon(() => {
      this.round();
    }, this);
  }

  private round(): void {
    const { slots } = this.cache;
    const target = this.urgent ? Math.max(0, slots.dirty.size - ROUND) : this.low;
    const blocks: number[] = [];
    for (const slot of slots.dirty) {
      if (blocks.length >= ROUND || slots.dirty.size - blocks.length <= target) break;
      if (slots.writing[slot] === 0 && !this.cache.isAway(slots.block[slot]!))
        blocks.push(slots.block[slot]!);
    }
    this.urgent = false;
    if (blocks.length === 0) {
      this.running = false;
      return;
    }
    blocks.sort((a, b) => a - b);
    // One more than there are, so that the round is not over before all of it is sent.
    this.pending = 1;
    this.failed = false;
    this.done = [];
    for (let i = 0; i < blocks.length;) i += this.send(blocks, i);
    this.answered();
  }

  /** Sends the run that begins at `from`; gives how many blocks of it went. */
  private send(blocks: readonly number[], from: number): number {
    const { kernel, cache, spec } = this;
    const { slots, metadata } = cache;
    const { trace } = kernel;
    let to = from + 1;
    while (to < blocks.length && to - from < BIO_BLOCKS && blocks[to] === blocks[to - 1]! + 1) to++;
    const run = blocks.slice(from, to).map((block) => {
      const slot = slots.slotOf(block)!;
      return { slot, seq: slots.seq[slot]! };
    });
    const first = run[0]!;
    const sectors = metadata.blockBytes / 512;
    const pieces = run.map(({ slot }) => ({ at: metadata.at(slot), bytes: metadata.blockBytes }));
    const { way, because } = wayOf(
      kernel,
      this.origin,
      Math.floor(pieces[0]!.at / 4096),
      spec.move ?? 'copy',
    );
    const sector = blocks[from]! * sectors;
    const sent = moveToSlow(kernel, this.id, this.origin, sector, pieces, way);
    // No memory, or a disk that takes less than a block: the dirty block stays where it is.
    if (!sent) return to - from;
    const taken = run.slice(0, sent.pieces);
    for (const { slot } of taken) slots.writing[slot] = 1;
    this.pending += taken.length;
    const { bio, pages } = sent.moved;
    const code = TIER_MOVES.indexOf(way);
    const note = trace.note(because);
    trace.bio(
      trace.id.tier_writeback,
      this.id,
      bio,
      sector,
      first.slot,
      taken.length * sectors,
      code,
      0,
      note,
    );
    bio.bi_end_io = (k, ended, error) => {
      for (const page of pages) k.allocator.free_page(page);
      bio_put(k, ended);
      if (error !== 0) this.failed = true;
      else this.done.push(...taken);
      for (const { slot } of taken) slots.written(slot);
      if (k.brokenOrder === 'clean-before-flush' && error === 0)
        for (const { slot, seq } of taken) cache.becameClean(slot, seq);
      this.pending -= taken.length - 1;
      k.loop.soon(() => this.answered(), undefined);
    };
    kernel.block.generic_make_request(kernel, bio);
    return taken.length;
  }

  private answered(): void {
    if (--this.pending > 0) return;
    this.parts.emptyFlush(this.origin, (error) => {
      if (error === 0) for (const { slot, seq } of this.done) this.cache.becameClean(slot, seq);
      this.running = false;
      this.slotsCameFree();
      if (error === 0 && !this.failed) this.wake();
    });
  }
}
