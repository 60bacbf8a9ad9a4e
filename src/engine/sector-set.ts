/** Sectors that something holds, as runs: [start, end) in order, apart from each other. */
export class SectorSet {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  get runs(): number {
    return this.starts.length;
  }

  /** Sectors in the set. */
  get size(): number {
    return this.starts.reduce((sum, start, i) => sum + this.ends[i]! - start, 0);
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    let from = this.firstEndingAt(start);
    let to = from;
    let [low, high] = [start, end];
    while (to < this.starts.length && this.starts[to]! <= end) {
      low = Math.min(low, this.starts[to]!);
      high = Math.max(high, this.ends[to]!);
      to++;
    }
    from = Math.min(from, to);
    this.starts.splice(from, to - from, low);
    this.ends.splice(from, to - from, high);
  }

  remove(start: number, end: number): void {
    if (end <= start) return;
    let at = this.firstEndingAt(start + 1);
    while (at < this.starts.length && this.starts[at]! < end) {
      const [low, high] = [this.starts[at]!, this.ends[at]!];
      const left: number[] = [];
      const right: number[] = [];
      if (low < start) {
        left.push(low);
        right.push(start);
      }
      if (high > end) {
        left.push(end);
        right.push(high);
      }
      this.starts.splice(at, 1, ...left);
      this.ends.splice(at, 1, ...right);
      at += left.length;
    }
  }

  /** Whether all of [start, end) is in the set. */
  covers(start: number, end: number): boolean {
    const at = this.firstEndingAt(end);
    return end <= start || (at < this.starts.length && this.starts[at]! <= start);
  }

  /** Whether any of [start, end) is. */
  meets(start: number, end: number): boolean {
    const at = this.firstEndingAt(start + 1);
    return at < this.starts.length && this.starts[at]! < end;
  }

  /** The runs inside [start, end), cut to it. */
  *within(start: number, end: number): Generator<readonly [start: number, end: number]> {
    for (let at = this.firstEndingAt(start + 1); at < this.starts.length && this.starts[at]! < end; at++)
      yield [Math.max(start, this.starts[at]!), Math.min(end, this.ends[at]!)];
  }

  /** The first run that ends at `sector` or after it. */
  private firstEndingAt(sector: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! < sector) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
