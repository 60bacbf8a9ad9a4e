/** Entries of a magazine. */
const IOVA_MAG_SIZE = 127;

/**
 * What one CPU, and the depot behind it, keep of freed ranges of one size (6.12: drivers/iommu/iova.c). Two magazines, so
 * that map and unmap by turns never reach the depot. That the depot is trimmed after a tenth of a second is not modelled.
 */
export class IovaRcache {
  private loaded: number[] = [];
  private prev: number[] = [];
  private readonly depot: number[][] = [];

  insert(pfn: number): void {
    if (this.loaded.length === IOVA_MAG_SIZE) {
      if (this.prev.length < IOVA_MAG_SIZE) this.swap();
      else {
        this.depot.push(this.loaded);
        this.loaded = [];
      }
    }
    this.loaded.push(pfn);
  }

  /** The last one freed that begins at `limit_pfn` or below; 0: there is none in the magazine that is looked at. */
  get(limit_pfn: number): number {
    if (this.loaded.length === 0) {
      if (this.prev.length > 0) this.swap();
      else {
        const full = this.depot.pop();
        if (!full) return 0;
        this.loaded = full;
      }
    }
    const { loaded } = this;
    for (let i = loaded.length - 1; i >= 0; i--) {
      const pfn = loaded[i]!;
      if (pfn > limit_pfn) continue;
      const last = loaded.pop()!;
      if (i < loaded.length) loaded[i] = last;
      return pfn;
    }
    return 0;
  }

  /** Gives up everything that is kept. */
  drain(): number[] {
    const all = [...this.loaded, ...this.prev, ...this.depot.flat()];
    this.loaded = [];
    this.prev = [];
    this.depot.length = 0;
    return all;
  }

  private swap(): void {
    [this.loaded, this.prev] = [this.prev, this.loaded];
  }
}
