/** Bits in words of 32, searched a word at a time (4.1: lib/bitmap.c, lib/find_bit.c). */
export class Bitmap {
  private readonly words: Uint32Array;

  constructor(readonly size: number) {
    this.words = new Uint32Array(Math.ceil(size / 32));
  }

  has(bit: number): boolean {
    return ((this.words[bit >> 5]! >>> (bit & 31)) & 1) !== 0;
  }

  bitmap_set(start: number, nr: number): void {
    for (let bit = start; bit < start + nr; bit++) this.words[bit >> 5]! |= 1 << (bit & 31);
  }

  bitmap_clear(start: number, nr: number): void {
    for (let bit = start; bit < start + nr; bit++) this.words[bit >> 5]! &= ~(1 << (bit & 31));
  }

  /** The next set bit from `start` on; `end` where there is none before it. */
  find_next_bit(end: number, start: number): number {
    return this.next(end, start, 0);
  }

  find_next_zero_bit(end: number, start: number): number {
    return this.next(end, start, -1);
  }

  private next(end: number, start: number, flip: number): number {
    if (start >= end) return end;
    let word = (this.words[start >> 5]! ^ flip) & (-1 << (start & 31));
    for (let at = start & ~31; ; word = this.words[at >> 5]! ^ flip) {
      if (word !== 0) return Math.min(end, at + 31 - Math.clz32(word & -word));
      at += 32;
      if (at >= end) return end;
    }
  }

  /** Runs of set bits: first and last. */
  *runs(): Generator<readonly [first: number, last: number]> {
    for (let first = this.find_next_bit(this.size, 0); first < this.size;) {
      const end = this.find_next_zero_bit(this.size, first);
      yield [first, end - 1];
      first = this.find_next_bit(this.size, end);
    }
  }
}

/** What a search gives that found nothing. */
export const NO_AREA = -1;

/**
 * Takes the first `nr` free bits from `start` on, and gives the first of them (4.1: lib/iommu-helper.c). The area begins
 * on a multiple of `align_mask` and one, and crosses no multiple of `boundary_size`, counted with `shift` added. The last
 * bit below `size` is never given.
 */
export function iommu_area_alloc(
  map: Bitmap,
  size: number,
  start: number,
  nr: number,
  shift: number,
  boundary_size: number,
  align_mask: number,
): number {
  const last = size - 1;
  for (let from = start; ;) {
    const index = bitmap_find_next_zero_area(map, last, from, nr, align_mask);
    if (index >= last) return NO_AREA;
    if (!iommu_is_span_boundary(index, nr, shift, boundary_size)) {
      map.bitmap_set(index, nr);
      return index;
    }
    from = index + 1;
  }
}

function iommu_is_span_boundary(index: number, nr: number, shift: number, boundary_size: number): boolean {
  return ((shift + index) % boundary_size) + nr > boundary_size;
}

/** `size` or more: there is none. */
function bitmap_find_next_zero_area(
  map: Bitmap,
  size: number,
  start: number,
  nr: number,
  align_mask: number,
): number {
  for (let from = start; ;) {
    const index = (map.find_next_zero_bit(size, from) + align_mask) & ~align_mask;
    const end = index + nr;
    if (end > size) return size;
    const used = map.find_next_bit(end, index);
    if (used >= end) return index;
    from = used + 1;
  }
}
