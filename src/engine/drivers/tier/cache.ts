import type { DeviceSpec } from '../../../model/device-spec';
import type { Bio } from '../../block/tables';
import type { Kernel } from '../../kernel';
import { copyRange } from './copy-range';
import { TierMetadata } from './metadata';
import { tierPolicies } from './policies';
import type { TierPolicy } from './policies/policy';
import { SLOT_CLEAN, SLOT_DIRTY, Slots } from './slots';

/** Slots that only new copies of dirty blocks may take. */
const SPARE = 8;

/** A block that is to be filled when the slow disk has answered, if nobody wrote it meanwhile. */
export interface Ticket {
  readonly block: number;
  readonly version: number;
}

/**
 * What a tier keeps. A write never changes a slot in place: its data goes to a free one and is made durable, then one store of
 * 8 bytes says so, and is made durable. So a crash leaves either the old block or the new one, and never a mixture.
 */
export class TierCache {
  readonly slots: Slots;
  readonly policy: TierPolicy;
  readonly metadata: TierMetadata;
  private seq = 0;
  /** Writes that go around and are not back, by block: their blocks must not be written back meanwhile. */
  private readonly away = new Map<number, number>();
  /** Counts writes to blocks for which somebody holds a ticket. */
  private readonly versions = new Map<number, number>();
  private readonly spare: number;
  private readonly blockBytes: number;
  private clean = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly id: number,
    memory: { readonly start: number; readonly end: number },
    spec: Extract<DeviceSpec, { driver: 'tier' }>,
  ) {
    this.blockBytes = (spec.block ?? 8) * 512;
    this.metadata = new TierMetadata(kernel, id, memory, this.blockBytes, spec.slots ?? Infinity);
    const { slots } = this.metadata;
    this.spare = Math.min(SPARE, Math.floor(slots / 4));
    this.slots = new Slots(slots);
    this.policy = tierPolicies[spec.policy ?? 'lru'](Math.max(1, slots - this.spare));
  }

  /** Takes over what an earlier run left dirty. */
  recover(): void {
    const found = this.metadata.recover();
    for (const { slot, block, seq } of found) {
      this.slots.adopt(slot);
      this.slots.put(slot, block, SLOT_DIRTY);
      this.slots.seq[slot] = seq;
      this.seq = Math.max(this.seq, seq);
      this.policy.inserted(block);
    }
    if (found.length === 0) return;
    const { trace } = this.kernel;
    trace.bio(trace.id.tier_recover, this.id, undefined, 0, 0, found.length, 0, 0);
  }

  stateOf(block: number): 'no' | 'clean' | 'dirty' {
    const slot = this.slots.slotOf(block);
    if (slot === undefined) return 'no';
    return this.slots.state[slot] === SLOT_DIRTY ? 'dirty' : 'clean';
  }

  slotOf(block: number): number {
    return this.slots.slotOf(block) ?? -1;
  }

  isDirty(slot: number): boolean {
    return this.slots.state[slot] === SLOT_DIRTY;
  }

  *blocksWithin(first: number, end: number): Generator<number> {
    if (end - first > this.slots.cached) {
      for (const [block] of [...this.slots.blocks()]) if (block >= first && block < end) yield block;
    } else
      for (let block = first; block < end; block++) if (this.slots.slotOf(block) !== undefined) yield block;
  }

  /** Whether there is, or can be made, a slot for a block. */
  hasRoom(block: number): boolean {
    if (this.slots.free > this.spare) return true;
    const state = this.stateOf(block);
    return (state === 'dirty' && this.slots.free > 0) || this.clean > (state === 'clean' ? 1 : 0);
  }

  /** Whether every dirty block that a write replaces gets a second slot. */
  roomFor(first: number, end: number): boolean {
    const blockSectors = this.blockBytes / 512;
    if (this.slots.free + this.clean > (end - first) / blockSectors + 1) return true;
    let needed = 0;
    for (let block = Math.floor(first / blockSectors); block * blockSectors < end; block++)
      if (this.stateOf(block) === 'dirty') needed++;
    return needed === 0 || this.slots.free + this.clean >= needed;
  }

  /** Data of a bio for a block: dirty from now on, and durable. `within`: where in the block it begins. */
  write(bio: Bio, block: number, from: number, within: number, bytes: number, now: number): void {
    const { kernel, metadata, slots } = this;
    const { brokenOrder } = kernel;
    const old = slots.slotOf(block);
    const wasDirty = old !== undefined && slots.state[old] === SLOT_DIRTY;
    const slot = this.takeSlot(block);
    const at = metadata.at(slot);
    const seq = ++this.seq;
    const ordered = brokenOrder !== 'no-fence';
    if (brokenOrder === 'metadata-before-data') metadata.set(slot, block, seq, true);
    kernel.persistent.store(at, this.blockBytes);
    if (bytes < this.blockBytes) kernel.copy(this.id, bio, metadata.at(old!), at, this.blockBytes);
    copyRange(kernel, this.id, bio, from, bytes, at + within, true);
    if (ordered) metadata.persist(at, this.blockBytes);
    if (brokenOrder !== 'metadata-before-data') metadata.set(slot, block, seq, ordered);
    // The old word goes only now: until here it was what a crash would have come back to.
    if (wasDirty) metadata.clear(old, ordered);
    this.insert(slot, block, true);
    slots.seq[slot] = seq;
    this.outdate(block);
    this.policy.hit(block, true, now);
  }

  /** The slow disk has answered a read, or a write that also goes to the cache. Nothing is durable of a clean block. */
  fill(bio: Bio, { block, version }: Ticket, from: number, now: number): void {
    const current = this.versions.get(block);
    this.versions.delete(block);
    if (current !== version || this.slots.slotOf(block) !== undefined || !this.hasRoom(block)) return;
    const slot = this.takeSlot(block);
    const at = this.metadata.at(slot);
    this.kernel.persistent.store(at, this.blockBytes);
    copyRange(this.kernel, this.id, bio, from, this.blockBytes, at, true);
    this.insert(slot, block, false);
    this.policy.hit(block, false, now);
  }

  ticket(block: number): Ticket {
    const version = this.versions.get(block) ?? 0;
    this.versions.set(block, version);
    return { block, version };
  }

  /** A write to a block goes to the slow disk. */
  goesAround(block: number): void {
    this.away.set(block, (this.away.get(block) ?? 0) + 1);
    this.outdate(block);
  }

  cameBack(block: number): void {
    const left = this.away.get(block)! - 1;
    if (left > 0) this.away.set(block, left);
    else this.away.delete(block);
  }

  isAway(block: number): boolean {
    return this.away.has(block);
  }

  /** A block leaves the cache. A dirty one is told to be gone by its word, which `persistCleared` makes durable. */
  drop(block: number, forRoom: boolean): void {
    const slot = this.slots.slotOf(block)!;
    const { trace } = this.kernel;
    if (this.slots.state[slot] === SLOT_DIRTY) this.metadata.clear(slot, false);
    else this.clean--;
    trace.bio(trace.id.tier_evict, this.id, undefined, block, slot, 0, forRoom ? 1 : 0, 0);
    this.slots.drop(block);
    this.policy.removed(block, forRoom);
    this.outdate(block);
  }

  persistCleared(): void {
    this.kernel.persistent.fenceAll();
  }

  /** The slow disk has a slot's data for good, if the slot still is what the block is in. */
  becameClean(slot: number, seq: number): void {
    const { slots, kernel } = this;
    const { trace } = kernel;
    if (slots.state[slot] !== SLOT_DIRTY || slots.seq[slot] !== seq) return;
    this.metadata.clear(slot, kernel.brokenOrder !== 'no-fence');
    slots.clean(slot);
    this.clean++;
    trace.bio(trace.id.tier_clean, this.id, undefined, slots.block[slot]!, slot, 0, 0, 0);
  }

  private insert(slot: number, block: number, dirty: boolean): void {
    const { slots } = this;
    const { trace } = this.kernel;
    const old = slots.slotOf(block);
    if (old !== undefined && slots.state[old] === SLOT_CLEAN) this.clean--;
    slots.put(slot, block, dirty ? SLOT_DIRTY : SLOT_CLEAN);
    if (!dirty) this.clean++;
    if (old === undefined) this.policy.inserted(block);
    trace.bio(trace.id.tier_insert, this.id, undefined, block, slot, 0, dirty ? 1 : 0, 0);
  }

  /** A free slot; a clean block makes room where there is none. The caller has asked for room. */
  private takeSlot(forBlock: number): number {
    if (this.slots.free <= this.spare && (this.slots.free === 0 || this.stateOf(forBlock) !== 'dirty')) {
      const may = (block: number) => block !== forBlock && this.stateOf(block) === 'clean';
      const victim = this.policy.victim(may, forBlock) ?? this.anyClean(forBlock);
      if (victim !== undefined) this.drop(victim, true);
    }
    return this.slots.take();
  }

  /** A policy may have nobody to go; what must be written goes first. */
  private anyClean(forBlock: number): number | undefined {
    for (const [block] of this.slots.blocks())
      if (block !== forBlock && this.stateOf(block) === 'clean') return block;
    return undefined;
  }

  private outdate(block: number): void {
    const version = this.versions.get(block);
    if (version !== undefined) this.versions.set(block, version + 1);
  }
}
