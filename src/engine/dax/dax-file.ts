/** A block of a DAX file. */
interface FileBlock {
  /** Where it lies; found out when somebody needs it. */
  sector: number | undefined;
  /** Allocated, but nothing was ever written: it reads as zeros. */
  unwritten: boolean;
  /** Just allocated: its old content must not be seen. */
  isNew: boolean;
}

/** Blocks of a file that lie one after another. */
export interface Extent {
  readonly kind: 'hole' | 'unwritten' | 'data';
  /** First sector; -1 where there is none, or nobody asked. */
  readonly sector: number;
  readonly bytes: number;
  readonly isNew: boolean;
}

/** Where the file system puts (or has) a block of a piece that begins at `first`; `undefined`: not in this piece. */
export type Allocate = (block: number, first: number) => number | undefined;

const PAGE = 4096;

/** An inode as fs/dax.c uses it: a size, and `get_block`. Blocks of 4096 bytes, as DAX asks of its file systems. */
export class DaxFile {
  private readonly blocks = new Map<number, FileBlock>();

  /** `foreign`: it was there before, so that a block that is not known yet may exist all the same. */
  constructor(
    public size: number,
    private readonly allocate: Allocate,
    private readonly foreign = false,
  ) {}

  set(block: number, sector: number): void {
    this.blocks.set(block, { sector, unwritten: false, isNew: false });
  }

  /** fallocate: room for [from, to) that reads as zeros. */
  reserve(from: number, to: number): void {
    for (let block = from; block < to; block++)
      if (!this.blocks.has(block))
        this.blocks.set(block, { sector: undefined, unwritten: true, isNew: false });
  }

  /** A hole, or zeros in the same place, for [from, to). */
  punch(from: number, to: number, keep = false): void {
    for (const [block, known] of [...this.blocks]) {
      if (block < from || block >= to) continue;
      if (keep) known.unwritten = true;
      else this.blocks.delete(block);
    }
  }

  /** Blocks from `block` on that lie one after another, at most `bytes`. `create` allocates what is missing. */
  get_block(block: number, bytes: number, create: boolean, needsSector = create): Extent {
    const most = Math.max(1, Math.ceil(bytes / PAGE));
    const first = this.look(block, block, create, needsSector);
    let count = 1;
    for (; count < most; count++) {
      const next = this.look(block + count, block, create, needsSector);
      if (!joins(first, next, count)) break;
    }
    const kind = first === undefined ? 'hole' : first.unwritten ? 'unwritten' : 'data';
    return { kind, sector: first?.sector ?? -1, bytes: count * PAGE, isNew: first?.isNew ?? false };
  }

  /** The write that asked for the blocks is done. */
  written(from: number, to: number): void {
    for (let block = from; block < to; block++) {
      const known = this.blocks.get(block);
      if (known) known.unwritten = known.isNew = false;
    }
  }

  private look(block: number, first: number, create: boolean, needsSector: boolean): FileBlock | undefined {
    const known = this.blocks.get(block);
    if (known) {
      if (needsSector) known.sector ??= this.allocate(block, first);
      return known;
    }
    if (!create && !this.foreign) return undefined;
    const sector = this.allocate(block, first);
    if (sector === undefined) return undefined;
    const made = { sector, unwritten: false, isNew: create && !this.foreign };
    this.blocks.set(block, made);
    return made;
  }
}

function joins(first: FileBlock | undefined, next: FileBlock | undefined, count: number): boolean {
  if (!first || !next) return first === next;
  if (next.unwritten !== first.unwritten || next.isNew !== first.isNew) return false;
  if (first.sector === undefined || next.sector === undefined) return first.sector === next.sector;
  return next.sector === first.sector + count * 8;
}
