import { Columns } from '../../columns';

export const SLOT_FREE = 0;
export const SLOT_CLEAN = 1;
export const SLOT_DIRTY = 2;

/**
 * The slots of a tier as columns, and which block is in which. A slot that is being written back may already be replaced: it
 * then has no block any more, and is free when the disk is done with it. Made as they are needed: there may be 2^28.
 */
export class Slots extends Columns {
  /** The block in it; -1: none that is current. */
  block = new Float64Array(256);
  state = new Uint8Array(256);
  /** 1 while the slow disk is given its data. */
  writing = new Uint8Array(256);
  seq = new Uint32Array(256);
  private readonly map = new Map<number, number>();
  private readonly freed: number[] = [];
  private used = 0;
  private taken = 0;
  readonly dirty = new Set<number>();

  constructor(readonly capacity: number) {
    super();
  }

  get free(): number {
    return this.capacity - this.taken;
  }

  get cached(): number {
    return this.map.size;
  }

  slotOf(block: number): number | undefined {
    return this.map.get(block);
  }

  blocks(): IterableIterator<readonly [block: number, slot: number]> {
    return this.map.entries();
  }

  /** A free slot; the caller has seen that there is one. */
  take(): number {
    this.taken++;
    const slot = this.freed.pop() ?? this.used++;
    while (slot >= this.state.length) this.widen();
    return slot;
  }

  /** A slot that is in use since before the machine was started. */
  adopt(slot: number): void {
    for (; this.used <= slot; this.used++) {
      while (this.used >= this.state.length) this.widen();
      if (this.used !== slot) this.freed.push(this.used);
    }
    const at = this.freed.indexOf(slot);
    if (at >= 0) this.freed.splice(at, 1);
    this.taken++;
  }

  /** The block is in this slot from now on. Gives the slot it was in, or -1. */
  put(slot: number, block: number, state: number): number {
    const old = this.map.get(block) ?? -1;
    if (old >= 0) this.forget(old);
    this.block[slot] = block;
    this.state[slot] = state;
    this.map.set(block, slot);
    if (state === SLOT_DIRTY) this.dirty.add(slot);
    return old;
  }

  clean(slot: number): void {
    this.state[slot] = SLOT_CLEAN;
    this.dirty.delete(slot);
  }

  /** The block is not in the cache any more. */
  drop(block: number): number {
    const slot = this.map.get(block)!;
    this.map.delete(block);
    this.forget(slot);
    return slot;
  }

  /** The slow disk is done with a slot. */
  written(slot: number): void {
    this.writing[slot] = 0;
    if (this.state[slot] === SLOT_FREE) this.release(slot);
  }

  private forget(slot: number): void {
    this.dirty.delete(slot);
    this.block[slot] = -1;
    this.state[slot] = SLOT_FREE;
    if (this.writing[slot] === 0) this.release(slot);
  }

  private release(slot: number): void {
    this.taken--;
    this.freed.push(slot);
  }
}
