import type { PhysicalBytes } from '../memory/bytes';

/**
 * What is durable when, from 4.1 to today:
 * - `uncached`: 4.1's pmem driver maps memory without the CPU's cache: a store that has left the CPU is in the memory
 *   controller, which a power failure flushes (ADR).
 * - `pcommit`: 4.2 to 4.7: cached; clwb, a fence, pcommit, a fence.
 * - `adr`: since 4.8: cached; clwb and a fence: the memory controller's queue counts as durable.
 * - `eadr`: the CPU's caches count too.
 */
export const PERSISTENCE_DOMAINS = ['uncached', 'pcommit', 'adr', 'eadr'] as const;
export type PersistenceDomain = (typeof PERSISTENCE_DOMAINS)[number];

const LINE = 64;
/** What a store cannot be cut below. */
const WORD = 8;

/** What a line may still fall back to. */
interface Line {
  readonly before: Uint8Array;
  /** `dirty`: in the cache; `written`: clwb was asked for; `fenced`: a fence came after it, and pcommit is still missing. */
  state: 'dirty' | 'written' | 'fenced';
}

/** Which stores to persistent memory a power failure would take back. Without `tracks` it costs nothing and knows nothing. */
export class PersistentMemory {
  private readonly lines = new Map<number, Line>();
  private last: { readonly at: number; readonly before: Uint8Array } | undefined = undefined;

  constructor(
    private readonly bytes: PhysicalBytes,
    readonly domain: PersistenceDomain,
    private readonly tracks: boolean,
  ) {}

  /** What `persist` does, in instructions. */
  get how(): string {
    return PERSIST_STEPS[this.domain];
  }

  /** The CPU is about to store [at, at + length). */
  store(at: number, length: number): void {
    if (!this.tracks) return;
    if (this.domain === 'uncached' || this.domain === 'eadr') {
      this.last = { at, before: this.bytes.read(at, length) };
      return;
    }
    for (let line = Math.floor(at / LINE); line * LINE < at + length; line++) {
      const known = this.lines.get(line);
      if (known) known.state = 'dirty';
      else this.lines.set(line, { before: this.bytes.read(line * LINE, LINE), state: 'dirty' });
    }
  }

  /** clwb for every line of it; nothing to do where stores are durable by themselves. */
  clwb(at: number, length: number): void {
    for (let line = Math.floor(at / LINE); this.tracks && line * LINE < at + length; line++) {
      const known = this.lines.get(line);
      if (known?.state === 'dirty') known.state = 'written';
    }
  }

  sfence(): void {
    this.last = undefined;
    for (const [line, known] of this.lines) {
      if (known.state !== 'written') continue;
      if (this.domain === 'pcommit') known.state = 'fenced';
      else this.lines.delete(line);
    }
  }

  /** pcommit and the fence after it. */
  pcommit(): void {
    for (const [line, known] of this.lines) if (known.state === 'fenced') this.lines.delete(line);
  }

  /** All that this domain asks for, to have [at, at + length) durable. */
  persist(at: number, length: number): void {
    this.clwb(at, length);
    this.fenceAll();
  }

  /** `nvdimm_flush`: what was written back so far is durable. */
  fenceAll(): void {
    this.sfence();
    if (this.domain === 'pcommit') this.pcommit();
  }

  /** Lines that a power failure may take back. */
  get undecided(): number {
    return this.lines.size;
  }

  /**
   * The power fails: what is not durable is there or not, word by word, as `random` (0 to 1) says. Of stores that go straight
   * to memory only the last one can be cut short, from its end.
   */
  powerFails(random: () => number): void {
    for (const [line, { before }] of this.lines)
      for (let word = 0; word < LINE; word += WORD)
        if (random() < 0.5) this.bytes.write(line * LINE + word, before.subarray(word, word + WORD));
    this.lines.clear();
    if (!this.last) return;
    const { at, before } = this.last;
    const kept = Math.floor((random() * (before.length + WORD)) / WORD) * WORD;
    if (kept < before.length) this.bytes.write(at + kept, before.subarray(kept));
    this.last = undefined;
  }
}

/** How a domain makes stores durable, in instructions, for people. */
const PERSIST_STEPS: Readonly<Record<PersistenceDomain, string>> = {
  uncached: 'uncached stores, sfence: durable once they have left the CPU (ADR)',
  pcommit: 'clwb, sfence, pcommit, sfence',
  adr: 'clwb, sfence: the memory controller’s queue is flushed when the power fails (ADR)',
  eadr: 'sfence: the CPU’s caches are flushed when the power fails (eADR)',
};
