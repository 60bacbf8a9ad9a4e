import type { Kernel } from '../../kernel';

const PAGE = 4096;
const WORD = 8;
/** "TIER" and a version, in the superblock's first word. */
const MAGIC = 0x54494552;
const VERSION = 1;
/** A word is 32 bits of block, then 30 of sequence and these. */
const DIRTY = 1 << 30;
const SEQ_MASK = DIRTY - 1;

export interface Recovered {
  readonly slot: number;
  readonly block: number;
  readonly seq: number;
}

/**
 * Where a tier's data lies in its memory, and the words that say what is dirty: one of 8 bytes for each slot, so that one store
 * changes it as a whole. Clean slots have none: after a crash only what the slow disk may not have is taken over.
 */
export class TierMetadata {
  private readonly words: number;
  private readonly data: number;
  readonly slots: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly id: number,
    private readonly memory: { readonly start: number; readonly end: number },
    readonly blockBytes: number,
    most: number,
  ) {
    const room = memory.end - memory.start - 2 * PAGE;
    this.slots = Math.max(0, Math.min(most, Math.floor(room / (blockBytes + WORD))));
    this.words = memory.start + PAGE;
    this.data = this.words + Math.ceil((this.slots * WORD) / PAGE) * PAGE;
  }

  /** Physical address of a slot's data. */
  at(slot: number): number {
    return this.data + slot * this.blockBytes;
  }

  /** Stores the word of a slot; `persist`: and has it durable before anything else. */
  set(slot: number, block: number, seq: number, persist: boolean): void {
    this.store(slot, block, (DIRTY | (seq & SEQ_MASK)) >>> 0, persist);
  }

  clear(slot: number, persist: boolean): void {
    this.store(slot, 0, 0, persist);
  }

  /** What the words say, the newest copy of each block; the others are cleared. Makes the superblock where there is none. */
  recover(): Recovered[] {
    const { bytes } = this.kernel;
    const head = view(bytes.read(this.memory.start, 2 * WORD));
    if (head.getUint32(0, true) !== MAGIC || head.getUint32(8, true) !== this.blockBytes) {
      if (this.kernel.copyBytes) this.format();
      return [];
    }
    const newest = new Map<number, Recovered>();
    for (let first = 0; first < this.slots; first += PAGE / WORD) {
      const page = view(bytes.read(this.words + first * WORD, PAGE));
      for (let i = 0; i < PAGE / WORD && first + i < this.slots; i++) {
        const high = page.getUint32(i * WORD + 4, true);
        if ((high & DIRTY) === 0) continue;
        const found = { slot: first + i, block: page.getUint32(i * WORD, true), seq: high & SEQ_MASK };
        const known = newest.get(found.block);
        if (known && known.seq > found.seq) this.clear(found.slot, true);
        else {
          if (known) this.clear(known.slot, true);
          newest.set(found.block, found);
        }
      }
    }
    return [...newest.values()];
  }

  private format(): void {
    const bytes = new Uint8Array(2 * WORD);
    view(bytes).setUint32(0, MAGIC, true);
    view(bytes).setUint32(4, VERSION, true);
    view(bytes).setUint32(8, this.blockBytes, true);
    this.kernel.bytes.write(this.memory.start, bytes);
  }

  private store(slot: number, low: number, high: number, persist: boolean): void {
    const { kernel } = this;
    const { trace, persistent } = kernel;
    const at = this.words + slot * WORD;
    persistent.store(at, WORD);
    if (kernel.copyBytes) {
      const bytes = new Uint8Array(WORD);
      view(bytes).setUint32(0, low, true);
      view(bytes).setUint32(4, high, true);
      kernel.bytes.write(at, bytes);
    }
    trace.bio(trace.id.tier_metadata, this.id, undefined, slot, high === 0 ? -1 : low, WORD, 0, 0);
    if (persist) this.persist(at, WORD);
    else persistent.clwb(at, WORD);
  }

  /** Durable before anything that follows. */
  persist(at: number, bytes: number): void {
    const { trace, persistent } = this.kernel;
    trace.bio(trace.id.tier_persist, this.id, undefined, at, 0, bytes, 0, 0, trace.note(persistent.how));
    persistent.persist(at, bytes);
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
