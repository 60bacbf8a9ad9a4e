import type { PhysicalBytes } from '../memory/bytes';
import type { PersistentMemory } from './persistent-memory';

/** Bits 31 and 30 of a map entry: both 0, untouched (maps to itself); Z only, zeros; E only, an error; both, normal. */
const ZERO = 0x80000000;
const ERROR = 0x40000000;
const NORMAL = (ZERO | ERROR) >>> 0;
const LBA_MASK = 0x3fffffff;
/** Two entries of 32 bytes a lane; each has lba, old and new block, and a sequence number in its first 16. */
const FLOG_PAIR = 64;
const FLOG_ENTRY = 32;

/** 1, 2, 3, 1, …: of two numbers in a flog pair it is always known which is newer. 0: never written. */
const nextSeq = (seq: number) => (seq % 3) + 1;

interface Lane {
  block: number;
  sub: number;
  seq: number;
}

/** What a step of a write did. */
export interface BttStep {
  readonly call: string;
  readonly note: string;
}

/**
 * One arena of a block translation table (drivers/nvdimm/btt.c of 6.12): every write goes to a free block, a log entry says so,
 * and then one store of 4 bytes makes the sector point there. So a sector is old or new, and never torn.
 */
export class Btt {
  private readonly lanes: Lane[] = [];
  private readonly map: number;
  private readonly flog: number;
  private readonly data: number;

  /** `lbas`: sectors of the disk; `nfree`: free blocks, one a lane. Formats the memory where no log is in it. */
  constructor(
    private readonly bytes: PhysicalBytes,
    private readonly persistent: PersistentMemory,
    start: number,
    readonly sectorSize: number,
    readonly lbas: number,
    readonly nfree: number,
  ) {
    this.map = start;
    this.flog = align(this.map + lbas * 4);
    this.data = align(this.flog + nfree * FLOG_PAIR);
    for (let lane = 0; lane < nfree; lane++)
      if (this.seq(lane, 0) === 0 && this.seq(lane, 1) === 0) this.format(lane);
    this.btt_freelist_init();
  }

  /** The block that has a sector, or why there is none. */
  btt_map_read(lba: number): number | 'zeroes' | 'error' {
    const entry = this.word(this.map + lba * 4);
    switch ((entry & NORMAL) >>> 0) {
      case ZERO:
        return 'zeroes';
      case ERROR:
        return 'error';
      case NORMAL:
        return entry & LBA_MASK;
      default:
        return lba;
    }
  }

  read(lba: number): Uint8Array {
    const block = this.btt_map_read(lba);
    return typeof block === 'number'
      ? this.bytes.read(this.data + block * this.sectorSize, this.sectorSize)
      : new Uint8Array(this.sectorSize);
  }

  /** Says of a sector that it reads as zeros, or that it is lost. */
  mark(lba: number, what: 'zeroes' | 'error'): void {
    this.store(this.map + lba * 4, words((what === 'zeroes' ? ZERO : ERROR) | lba));
  }

  /** A write, step by step; `piece`: bytes that one store moves. The lane is the CPU's. */
  *write(lba: number, data: Uint8Array, lane = 0, piece = 64): Generator<BttStep, void> {
    const at = this.lanes[lane]!;
    const target = this.data + at.block * this.sectorSize;
    for (let done = 0; done < data.length; done += piece) {
      yield { call: 'btt_data_write', note: `bytes ${done} to ${done + piece} go to free block ${at.block}` };
      this.store(target + done, data.subarray(done, done + piece));
    }
    const old = this.btt_map_read(lba);
    const oldBlock = typeof old === 'number' ? old : lba;
    yield {
      call: 'btt_flog_write',
      note: `the log of lane ${lane}: sector ${lba} was in block ${oldBlock}, will be in ${at.block}, sequence ${at.seq}`,
    };
    const entry = this.flog + lane * FLOG_PAIR + at.sub * FLOG_ENTRY;
    // Its first half, then the half with the sequence number, which makes it count.
    this.store(entry, words(lba, oldBlock));
    yield { call: 'btt_flog_write', note: 'the half of the log entry that makes it count' };
    this.store(entry + 8, words(at.block, at.seq));
    yield { call: 'btt_map_write', note: `one store: sector ${lba} is in block ${at.block}` };
    this.store(this.map + lba * 4, words((NORMAL | at.block) >>> 0));
    this.lanes[lane] = { block: oldBlock, sub: 1 - at.sub, seq: nextSeq(at.seq) };
  }

  /** Free blocks, from the log; a write that reached the log but not the map is finished. */
  private btt_freelist_init(): void {
    for (let lane = 0; lane < this.nfree; lane++) {
      const newest = this.newest(lane);
      const entry = this.flog + lane * FLOG_PAIR + newest * FLOG_ENTRY;
      const [lba, old, block, seq] = [0, 4, 8, 12].map((offset) => this.word(entry + offset)) as [
        number,
        number,
        number,
        number,
      ];
      this.lanes[lane] = { block: old, sub: 1 - newest, seq: nextSeq(seq) };
      if (old === block) continue;
      const current = this.btt_map_read(lba);
      if (current !== block && current === old) this.store(this.map + lba * 4, words((NORMAL | block) >>> 0));
    }
  }

  private newest(lane: number): number {
    const [first, second] = [this.seq(lane, 0), this.seq(lane, 1)];
    if (second === 0) return 0;
    if (first === 0) return 1;
    return nextSeq(first) === second ? 1 : 0;
  }

  private seq(lane: number, sub: number): number {
    return this.word(this.flog + lane * FLOG_PAIR + sub * FLOG_ENTRY + 12);
  }

  /** An untouched log entry: its lane's own free block, which nothing points to. */
  private format(lane: number): void {
    const block = this.lbas + lane;
    this.store(this.flog + lane * FLOG_PAIR, words(0, block, block, 1));
  }

  private word(at: number): number {
    return new DataView(this.bytes.read(at, 4).buffer).getUint32(0, true);
  }

  /** Durable before anything that follows. */
  private store(at: number, bytes: Uint8Array): void {
    this.persistent.store(at, bytes.length);
    this.bytes.write(at, bytes);
    this.persistent.persist(at, bytes.length);
  }
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value >>> 0, true);
  return bytes;
}

function align(at: number): number {
  return Math.ceil(at / 4096) * 4096;
}
