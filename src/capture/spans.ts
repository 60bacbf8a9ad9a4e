import { PAGE_SIZE, groupedHex, phys } from '../model/address';
import type { MemoryRange } from '../model/machine-spec';
import type { RangeKind } from '../model/memory-facts';

/** Bytes [start, end) and what they are. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** The topmost ranges of a kind, wherever they nest, as spans in order. */
export function spansOf(ranges: readonly MemoryRange[], kind: RangeKind): Span[] {
  return ranges
    .flatMap((range): Span[] =>
      range.kind === kind
        ? [{ start: phys(range.start), end: phys(range.end), what: range.name }]
        : spansOf(range.children ?? [], kind),
    )
    .sort((a, b) => a.start - b.start);
}

export interface Difference {
  readonly start: number;
  readonly end: number;
  /** What each side has there; `undefined` where it has nothing. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Where two lists of spans say different things, in order; neighbours with the same difference are one. */
export function differences(left: readonly Span[], right: readonly Span[]): Difference[] {
  const borders = [...new Set([...left, ...right].flatMap((s) => [s.start, s.end]))].sort((a, b) => a - b);
  const [whatLeft, whatRight] = [walker(left), walker(right)];
  const found: Difference[] = [];
  for (let i = 0; i + 1 < borders.length; i++) {
    const [start, end] = [borders[i]!, borders[i + 1]!];
    const here = { left: whatLeft(start), right: whatRight(start) };
    if (here.left === here.right) continue;
    const before = found.at(-1);
    if (before?.end === start && before.left === here.left && before.right === here.right)
      found[found.length - 1] = { ...before, end };
    else found.push({ start, end, ...here });
  }
  return found;
}

/** Asked for growing addresses only. */
function walker(spans: readonly Span[]): (at: number) => string | undefined {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  let i = 0;
  return (at) => {
    while (i < sorted.length && sorted[i]!.end <= at) i++;
    const span = sorted[i];
    return span && span.start <= at ? span.what : undefined;
  };
}

/** How many whole pages of the spans lie in [start, end). */
export function wholePages(spans: readonly Span[], start: number, end: number): number {
  return joined(spans).reduce((sum, span) => {
    const first = Math.ceil(Math.max(span.start, start) / PAGE_SIZE);
    const last = Math.floor(Math.min(span.end, end) / PAGE_SIZE);
    return sum + Math.max(last - first, 0);
  }, 0);
}

/** Spans that touch are one: a page may lie across their border. */
function joined(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    const before = merged.at(-1);
    if (before && before.end >= span.start)
      merged[merged.length - 1] = { ...before, end: Math.max(before.end, span.end) };
    else merged.push(span);
  }
  return merged;
}

/** `0x4000_0000–0x4fff_ffff`: the last byte, as the kernel prints ranges. */
export function shown({ start, end }: { readonly start: number; readonly end: number }): string {
  return `${groupedHex(start)}–${groupedHex(end - 1)}`;
}
