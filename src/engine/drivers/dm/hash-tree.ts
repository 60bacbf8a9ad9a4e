const BLOCK = 4096;
const DIGEST = 32;
/** Digests in a block of the tree. */
const FANOUT = BLOCK / DIGEST;

/**
 * The tree of dm-verity: level 0 holds the digests of data blocks, each level above those of the one below, and the root digest
 * is that of the only block of the top level. On the device the top level comes first.
 */
export class HashTree {
  readonly levels: number;
  readonly root: Uint8Array;
  readonly hashBlocks: readonly Uint8Array[];
  /** Where each level begins, in blocks of the tree. */
  private readonly starts: readonly number[];

  constructor(
    blocks: number,
    digest: (block: Uint8Array) => Uint8Array,
    data: (block: number) => Uint8Array,
  ) {
    const byLevel: Uint8Array[][] = [];
    let digests = Array.from({ length: blocks }, (_, n) => digest(data(n)));
    do {
      const level: Uint8Array[] = [];
      for (let at = 0; at < digests.length; at += FANOUT) {
        const block = new Uint8Array(BLOCK);
        digests.slice(at, at + FANOUT).forEach((one, i) => block.set(one, i * DIGEST));
        level.push(block);
      }
      byLevel.push(level);
      digests = level.map((block) => digest(block));
    } while (digests.length > 1);
    this.levels = byLevel.length;
    this.root = digests[0]!;
    const starts: number[] = [];
    let start = 0;
    for (let level = byLevel.length - 1; level >= 0; level--) {
      starts[level] = start;
      start += byLevel[level]!.length;
    }
    this.starts = starts;
    this.hashBlocks = [...byLevel].reverse().flat();
  }

  get size(): number {
    return this.hashBlocks.length;
  }

  /** The block of the tree, at a level, that a data block is under. */
  blockOf(level: number, data: number): number {
    return this.starts[level]! + Math.floor(data / FANOUT ** (level + 1));
  }

  /** The digest in that block for the data block, or for the block of the level below. */
  digestIn(block: Uint8Array, level: number, data: number): Uint8Array {
    const at = (Math.floor(data / FANOUT ** level) % FANOUT) * DIGEST;
    return block.subarray(at, at + DIGEST);
  }
}
