/**
 * States of page frames, by columns: one byte of flags a frame, in arrays that exist only for sections somebody wrote
 * to. Counts a block and a section make a small pyramid, so that asking "how many between a and b" never walks the
 * frames between. Frame numbers are pfns; ranges are end-exclusive.
 */
export const FRAME_FLAGS = {
  /** A bio_vec of some bio points at it. */
  bio: 1,
  /** The CPU has it mapped through kmap now. */
  kmap: 2,
  /** It belongs to the bounce buffer pool. */
  swiotlb: 4,
  /** A process has it in its page tables. */
  userPte: 8,
  /** Somebody put a note on it. */
  mark: 16,
} as const;
export type FrameFlag = keyof typeof FRAME_FLAGS;

/** A stretch of frames alike. `start` is a pfn, `count` frames; `flags` is never 0. */
export interface FrameRun {
  readonly start: number;
  readonly count: number;
  readonly flags: number;
}

const SECTION = 2 ** 15;
const BLOCK = 2 ** 8;
const BITS = 8;

/** A section alike all over has no arrays: `all` says it. */
interface Section {
  all: number;
  columns: Columns | undefined;
}

interface Columns {
  readonly flags: Uint8Array;
  /** Frames with each bit, a block; at `block * BITS + bit`. A block is 256, which a Uint16 holds. */
  readonly blocks: Uint16Array;
  readonly totals: Uint32Array;
  /** Frames were written since blocks and totals were counted. */
  stale: boolean;
}

export class Frames {
  private readonly sections = new Map<number, Section>();
  private order: number[] = [];
  /** Sections that a copy has too: they are copied before they are written to. */
  private shared = new Set<number>();
  private sorted = true;

  /** Adds flags to frames. Throws RangeError on anything but whole frames from 0 to 2^40. */
  set(start: number, count: number, flags: number): void {
    const end = start + count;
    if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 0 || end > 2 ** 40)
      throw new RangeError(`no run of page frames: ${start} + ${count}`);
    for (let at = start; at < end;) {
      const number = Math.floor(at / SECTION);
      const first = number * SECTION;
      const to = Math.min(end, first + SECTION);
      this.setInSection(this.section(number), at - first, to - first, flags & 0xff);
      at = to;
    }
  }

  /** The same states, to add others to. What is not written to is not copied. */
  copy(): Frames {
    const copy = new Frames();
    for (const [number, section] of this.sections) copy.sections.set(number, section);
    copy.order = [...this.order];
    copy.sorted = this.sorted;
    this.shared = new Set(this.order);
    copy.shared = new Set(this.order);
    return copy;
  }

  /** The flags of one frame; 0 where nobody wrote. */
  at(pfn: number): number {
    const section = this.sections.get(Math.floor(pfn / SECTION));
    if (!section) return 0;
    return section.columns ? section.columns.flags[pfn % SECTION]! : section.all;
  }

  /** How many frames of [from, to) have this flag. */
  count(from: number, to: number, flag: number): number {
    const bit = 31 - Math.clz32(flag);
    let sum = 0;
    for (let i = this.firstSection(from); i < this.order.length; i++) {
      const first = this.order[i]! * SECTION;
      if (first >= to) break;
      const section = this.sections.get(this.order[i]!)!;
      const low = Math.max(from - first, 0);
      const high = Math.min(to - first, SECTION);
      if (section.columns) sum += countInSection(section.columns, low, high, bit);
      else if ((section.all & flag) !== 0) sum += high - low;
    }
    return sum;
  }

  /** The stretches of [from, to) that have flags, in order, each as long as it can be. */
  *runs(from: number, to: number): Generator<FrameRun> {
    let start = 0;
    let count = 0;
    let flags = 0;
    for (let i = this.firstSection(from); i < this.order.length; i++) {
      const first = this.order[i]! * SECTION;
      if (first >= to) break;
      const { all, columns } = this.sections.get(this.order[i]!)!;
      const high = Math.min(to - first, SECTION);
      for (let low = Math.max(from - first, 0); low < high;) {
        const here = columns ? columns.flags[low]! : all;
        let end = columns ? low + 1 : high;
        while (columns && end < high && columns.flags[end] === here) end++;
        if (here === flags && start + count === first + low) count += end - low;
        else {
          if (flags !== 0) yield { start, count, flags };
          [start, count, flags] = [first + low, end - low, here];
        }
        low = end;
      }
    }
    if (flags !== 0) yield { start, count, flags };
  }

  /** What the columns take, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const { columns } of this.sections.values())
      if (columns) bytes += columns.flags.byteLength + columns.blocks.byteLength + columns.totals.byteLength;
    return bytes;
  }

  private section(number: number): Section {
    let section = this.sections.get(number);
    if (!section) {
      section = { all: 0, columns: undefined };
      this.sections.set(number, section);
      if (this.order.length > 0 && number < this.order.at(-1)!) this.sorted = false;
      this.order.push(number);
    } else if (this.shared.delete(number)) {
      const { all, columns } = section;
      section = { all, columns: columns && ownColumns(columns) };
      this.sections.set(number, section);
    }
    return section;
  }

  private setInSection(section: Section, from: number, to: number, flags: number): void {
    if (!section.columns) {
      if ((section.all & flags) === flags) return;
      if (from === 0 && to === SECTION) {
        section.all |= flags;
        return;
      }
      section.columns = columnsOf(section.all);
    }
    const { columns } = section;
    for (let i = from; i < to; i++) columns.flags[i]! |= flags;
    columns.stale = true;
  }

  /** Where in `order` the section of this frame, or the next one, is. */
  private firstSection(pfn: number): number {
    if (!this.sorted) {
      this.order.sort((a, b) => a - b);
      this.sorted = true;
    }
    const wanted = Math.floor(pfn / SECTION);
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.order[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function ownColumns({ flags, blocks, totals, stale }: Columns): Columns {
  return { flags: flags.slice(), blocks: blocks.slice(), totals: totals.slice(), stale };
}

function columnsOf(all: number): Columns {
  return {
    flags: new Uint8Array(SECTION).fill(all),
    blocks: new Uint16Array((SECTION / BLOCK) * BITS),
    totals: new Uint32Array(BITS),
    stale: true,
  };
}

/** Counts every bit of every block again: four frames at a time, each in its byte of a word. */
function recount(columns: Columns): void {
  const { flags, blocks, totals } = columns;
  const words = new Uint32Array(flags.buffer);
  const perBlock = BLOCK / 4;
  totals.fill(0);
  for (let block = 0; block < SECTION / BLOCK; block++) {
    const first = block * perBlock;
    for (let bit = 0; bit < BITS; bit++) {
      // At most 64 a byte: no carry into the next.
      let sums = 0;
      for (let i = first; i < first + perBlock; i++) sums += (words[i]! >>> bit) & 0x01010101;
      const sum = (sums & 0xff) + ((sums >>> 8) & 0xff) + ((sums >>> 16) & 0xff) + (sums >>> 24);
      blocks[block * BITS + bit] = sum;
      totals[bit]! += sum;
    }
  }
  columns.stale = false;
}

function countInSection(columns: Columns, from: number, to: number, bit: number): number {
  if (columns.stale) recount(columns);
  const { flags, blocks, totals } = columns;
  if (from === 0 && to === SECTION) return totals[bit]!;
  let sum = 0;
  for (let i = from; i < to;) {
    if (i % BLOCK === 0 && i + BLOCK <= to) {
      sum += blocks[(i >>> 8) * BITS + bit]!;
      i += BLOCK;
    } else {
      sum += (flags[i]! >>> bit) & 1;
      i++;
    }
  }
  return sum;
}
