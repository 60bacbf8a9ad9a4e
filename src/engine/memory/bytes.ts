import { PAGE_SIZE } from '../../model/address';

/** Physical memory that holds real bytes, a page at a time, made when first written. Unwritten bytes are 0. */
export class PhysicalBytes {
  private readonly pages = new Map<number, Uint8Array>();

  /** Pages that hold bytes, for leak checks. */
  get populated(): number {
    return this.pages.size;
  }

  /** Copies `length` bytes between physical addresses. The runs must not overlap. */
  copy(from: number, to: number, length: number): void {
    this.take(this, from, to, length);
  }

  /** Copies `length` bytes from `from` in another store (or this one) to `to` in this one. */
  take(source: PhysicalBytes, from: number, to: number, length: number): void {
    let done = 0;
    while (done < length) {
      const sourceOffset = (from + done) % PAGE_SIZE;
      const targetOffset = (to + done) % PAGE_SIZE;
      const run = Math.min(length - done, PAGE_SIZE - sourceOffset, PAGE_SIZE - targetOffset);
      const page = source.pages.get((from + done - sourceOffset) / PAGE_SIZE);
      const into = this.page((to + done - targetOffset) / PAGE_SIZE);
      if (page === undefined) into.fill(0, targetOffset, targetOffset + run);
      else if (run === PAGE_SIZE) into.set(page);
      else into.set(page.subarray(sourceOffset, sourceOffset + run), targetOffset);
      done += run;
    }
  }

  zero(at: number, length: number): void {
    this.each(at, length, (page, offset, run) => page.fill(0, offset, offset + run));
  }

  /** As `zero`, but makes no page to hold zeroes: a discard may be far larger than what was ever written. */
  erase(at: number, length: number): void {
    for (const [index, page] of this.pages) {
      const start = Math.max(at - index * PAGE_SIZE, 0);
      const end = Math.min(at + length - index * PAGE_SIZE, PAGE_SIZE);
      if (start < end) page.fill(0, start, end);
    }
  }

  write(at: number, bytes: Uint8Array): void {
    this.each(at, bytes.length, (page, offset, run, done) =>
      page.set(bytes.subarray(done, done + run), offset),
    );
  }

  /** Fills with bytes that depend on the seed and on the position only (xorshift32). */
  fill(at: number, length: number, seed: number): void {
    const bytes = new Uint8Array(length);
    let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
    for (let i = 0; i < length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state;
    }
    this.write(at, bytes);
  }

  /** A copy of `length` bytes from a physical address. */
  read(at: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const offset = (at + done) % PAGE_SIZE;
      const run = Math.min(length - done, PAGE_SIZE - offset);
      const page = this.pages.get((at + done - offset) / PAGE_SIZE);
      if (page) bytes.set(page.subarray(offset, offset + run), done);
      done += run;
    }
    return bytes;
  }

  /** What lies in [start, end), whole pages, in a store of its own. */
  within(start: number, end: number): PhysicalBytes {
    const kept = new PhysicalBytes();
    for (const [pfn, page] of this.pages)
      if (pfn * PAGE_SIZE >= start && pfn * PAGE_SIZE < end) kept.pages.set(pfn, page);
    return kept;
  }

  /** Takes over the pages of another store, which must not be used any more. */
  adopt(other: PhysicalBytes): void {
    for (const [pfn, page] of other.pages) this.pages.set(pfn, page);
  }

  drop(pfn: number): void {
    this.pages.delete(pfn);
  }

  private page(pfn: number): Uint8Array {
    let page = this.pages.get(pfn);
    if (page === undefined) {
      page = new Uint8Array(PAGE_SIZE);
      this.pages.set(pfn, page);
    }
    return page;
  }

  private each(
    at: number,
    length: number,
    visit: (page: Uint8Array, offset: number, run: number, done: number) => void,
  ): void {
    let done = 0;
    while (done < length) {
      const offset = (at + done) % PAGE_SIZE;
      const run = Math.min(length - done, PAGE_SIZE - offset);
      visit(this.page((at + done - offset) / PAGE_SIZE), offset, run, done);
      done += run;
    }
  }
}
