import type { Span } from './zoom';

/** Pages where the ruler has a tick: at round hexadecimal numbers, at least `least` px apart. */
export function ticks(span: Span, width: number, least: number): number[] {
  const perPixel = span.pages / width;
  const step = 2 ** Math.max(Math.ceil(Math.log2(least * perPixel)), 0);
  const found: number[] = [];
  for (let page = Math.ceil(span.from / step) * step; page <= span.from + span.pages; page += step)
    found.push(page);
  return found;
}
