/** What the detail view shows: pages [from, from + pages), both fractional while zooming. */
export interface Span {
  readonly from: number;
  readonly pages: number;
}

/** The deepest zoom: this many pages across the width. */
export const LEAST_PAGES = 64;

/** A span that lies in [0, total) and is neither too deep nor wider than the machine. */
export function clamped(span: Span, total: number): Span {
  const pages = Math.min(Math.max(span.pages, LEAST_PAGES), Math.max(total, LEAST_PAGES));
  return { from: Math.min(Math.max(span.from, 0), Math.max(total - pages, 0)), pages };
}

export function whole(total: number): Span {
  return clamped({ from: 0, pages: total }, total);
}

/** Zooms by `factor` (2: twice as many pages) and keeps what is at `anchor` (0 left, 1 right) where it is. */
export function zoomed(span: Span, factor: number, anchor: number, total: number): Span {
  const { pages } = clamped({ from: 0, pages: span.pages * factor }, total);
  return clamped({ from: span.from + (span.pages - pages) * anchor, pages }, total);
}

/** Moves by so many pages. */
export function panned(span: Span, pages: number, total: number): Span {
  return clamped({ from: span.from + pages, pages: span.pages }, total);
}

/** Shows pages [start, end) with some of what is around them. */
export function framing(start: number, end: number, total: number): Span {
  const pages = Math.max((end - start) * 1.25, LEAST_PAGES);
  return clamped({ from: Math.round((start + end - pages) / 2), pages }, total);
}

/** The least move that brings a page into view, a little away from the edges. */
export function following(span: Span, page: number, total: number): Span {
  const margin = span.pages / 16;
  const low = page - margin;
  const high = page + 1 + margin - span.pages;
  return clamped({ from: Math.min(Math.max(span.from, high), low), pages: span.pages }, total);
}

/** The page under a place in the width (0 to 1). */
export function pageUnder(span: Span, place: number, total: number): number {
  const page = Math.floor(span.from + place * span.pages);
  return Math.min(Math.max(page, 0), Math.max(total - 1, 0));
}
