import { Columns } from '../../../columns';

const NONE = -1;

/** Blocks by when they were last used: a list in columns, so that using one again moves it without a new object or a rehash. */
export class Recency extends Columns {
  private block = new Float64Array(256);
  private older = new Int32Array(256);
  private newer = new Int32Array(256);
  private readonly nodes = new Map<number, number>();
  private readonly free: number[] = [];
  private used = 0;
  private oldest = NONE;
  private newest = NONE;

  get size(): number {
    return this.nodes.size;
  }

  has(block: number): boolean {
    return this.nodes.has(block);
  }

  /** The block was used now; it is taken in if it was not there. */
  touch(block: number): void {
    let node = this.nodes.get(block);
    if (node === undefined) {
      node = this.free.pop() ?? this.used++;
      while (node >= this.block.length) this.widen();
      this.block[node] = block;
      this.nodes.set(block, node);
    } else {
      if (node === this.newest) return;
      this.unlink(node);
    }
    this.older[node] = this.newest;
    this.newer[node] = NONE;
    if (this.newest === NONE) this.oldest = node;
    else this.newer[this.newest] = node;
    this.newest = node;
  }

  /** False: it was not there. */
  delete(block: number): boolean {
    const node = this.nodes.get(block);
    if (node === undefined) return false;
    this.unlink(node);
    this.nodes.delete(block);
    this.free.push(node);
    return true;
  }

  /** The first that may go, the one not used for longest first, looking at `most` of them. */
  first(may: (block: number) => boolean, most = Infinity): number | undefined {
    let left = most;
    for (let node = this.oldest; node !== NONE && left > 0; node = this.newer[node]!, left--)
      if (may(this.block[node]!)) return this.block[node];
    return undefined;
  }

  private unlink(node: number): void {
    const older = this.older[node]!;
    const newer = this.newer[node]!;
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
  }
}

/** Any block may go. */
export const anyBlock = () => true;
