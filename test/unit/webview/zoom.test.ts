import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveForKey, moved, type Ground, type Move } from '../../../webview/memory-map/detail/navigate';
import { ticks } from '../../../webview/memory-map/detail/ruler';
import {
  LEAST_PAGES,
  clamped,
  following,
  framing,
  pageUnder,
  panned,
  whole,
  zoomed,
  type Span,
} from '../../../webview/memory-map/detail/zoom';

const total = fc.oneof(fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 1, max: 2 ** 40 }));
const share = fc.double({ min: 0, max: 1, noNaN: true });

/** A machine and somewhere in it, at any depth. */
const scene = fc.tuple(total, share, share).map(([pages, depth, place]) => {
  const span = clamped({ from: 0, pages: pages ** depth }, pages);
  return { total: pages, span: clamped({ from: place * pages, pages: span.pages }, pages) };
});

function lies({ from, pages }: Span, all: number): void {
  expect(pages).toBeGreaterThanOrEqual(LEAST_PAGES);
  expect(pages).toBeLessThanOrEqual(Math.max(all, LEAST_PAGES));
  expect(from).toBeGreaterThanOrEqual(0);
  expect(from + pages).toBeLessThanOrEqual(Math.max(all, LEAST_PAGES) * (1 + 1e-12));
}

describe('zooming', () => {
  it('stays inside the machine, between all of it and 64 pages, whatever is asked', () => {
    fc.assert(
      fc.property(
        scene,
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        share,
        ({ total: all, span }, by, at) => {
          lies(zoomed(span, by, at, all), all);
          lies(panned(span, (by - 1) * span.pages, all), all);
          lies(following(span, Math.floor(at * (all - 1)), all), all);
        },
      ),
    );
  });

  it('keeps the page under the anchor where it is, as long as no border is in the way', () => {
    fc.assert(
      fc.property(
        scene,
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        share,
        ({ total: all, span }, by, at) => {
          const next = zoomed(span, by, at, all);
          const free = next.from > 0 && next.from + next.pages < all;
          if (free) expect(next.from + next.pages * at).toBeCloseTo(span.from + span.pages * at, 3 - 6);
        },
      ),
    );
  });

  it('goes from 2^40 pages to single ones in 34 halvings, and back to the whole', () => {
    let span = whole(2 ** 40);
    for (let i = 0; i < 34; i++) span = zoomed(span, 0.5, 0.25, 2 ** 40);
    expect(span.pages).toBe(LEAST_PAGES);
    for (let i = 0; i < 34; i++) span = zoomed(span, 2, 0.25, 2 ** 40);
    expect(span).toEqual(whole(2 ** 40));
  });

  it('frames a range with what is around it, and one page with whole neighbours', () => {
    expect(framing(1000, 2000, 10_000)).toEqual({ from: 875, pages: 1250 });
    expect(framing(500, 501, 10_000)).toEqual({ from: 469, pages: 64 });
    expect(framing(0, 10_000, 10_000)).toEqual({ from: 0, pages: 10_000 });
  });

  it('tells the page under a place', () => {
    expect(pageUnder({ from: 100, pages: 64 }, 0, 1000)).toBe(100);
    expect(pageUnder({ from: 100, pages: 64 }, 63.9 / 64, 1000)).toBe(163);
    expect(pageUnder({ from: 936, pages: 64 }, 1, 1000)).toBe(999);
  });
});

describe('the keys', () => {
  const ground = (cells: boolean, all = 1_000_000): Ground => ({
    total: all,
    borders: [0, 160, 5000],
    cells,
  });
  const at = (cursor: number, pages = 64) => ({ span: { from: Math.max(cursor - 32, 0), pages }, cursor });
  const press = (key: string, place = at(1000), on = ground(true)) => moved(place, moveForKey(key)!, on);

  it('move a page where pages are cells, and a 64th of the view where they are not', () => {
    expect(press('ArrowRight').cursor).toBe(1001);
    expect(press('ArrowLeft').cursor).toBe(999);
    expect(press('ArrowRight', at(1000, 6400), ground(false)).cursor).toBe(1100);
  });

  it('go from range to range, to the ends, and a view further', () => {
    expect(press('ArrowUp').cursor).toBe(160);
    expect(press('ArrowDown').cursor).toBe(5000);
    expect(press('ArrowDown', at(6000)).cursor).toBe(999_999);
    expect(press('Home').cursor).toBe(0);
    expect(press('End')).toMatchObject({ cursor: 999_999, span: { from: 999_936 } });
    expect(press('PageDown')).toEqual({ cursor: 1064, span: { from: 1032, pages: 64 } });
  });

  it('zoom around the cursor, down to its pages and up to everything', () => {
    const seen = { span: { from: 0, pages: 8000 }, cursor: 2000 };
    const { span } = moved(seen, 'in', ground(false));
    expect((2000.5 - span.from) / span.pages).toBeCloseTo(2000.5 / 8000);
    expect(moved(seen, 'pages', ground(false)).span).toEqual({ from: 1968, pages: 64 });
    expect(press('0').span).toEqual({ from: 0, pages: 1_000_000 });
  });

  it('leave other keys alone, also those that every object has', () => {
    for (const key of ['a', 'Tab', 'Escape', 'toString', 'constructor'])
      expect(moveForKey(key)).toBeUndefined();
  });

  it('keep the cursor inside the machine and in view', () => {
    const moves = fc.constantFrom<Move>(
      'left',
      'right',
      'previous',
      'next',
      'page-left',
      'page-right',
      'first',
      'last',
      'in',
      'out',
      'whole',
      'pages',
    );
    fc.assert(
      fc.property(scene, share, fc.array(moves, { maxLength: 30 }), ({ total: all, span }, where, list) => {
        let place = { span, cursor: Math.floor(where * (all - 1)) };
        for (const move of list) {
          place = moved(place, move, {
            total: all,
            borders: [0, Math.floor(all / 3)],
            cells: span.pages < 200,
          });
          expect(place.cursor).toBeGreaterThanOrEqual(0);
          expect(place.cursor).toBeLessThan(all);
          lies(place.span, all);
          expect(place.cursor).toBeGreaterThanOrEqual(Math.floor(place.span.from) - 1e-6 * all);
          expect(place.cursor).toBeLessThanOrEqual(place.span.from + place.span.pages * (1 + 1e-9));
        }
      }),
    );
  });
});

describe('the ruler', () => {
  it('has ticks at round numbers, none closer than asked', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 200, max: 3000 }), ({ span }, width) => {
        const found = ticks(span, width, 110);
        expect(found.length).toBeLessThanOrEqual(width / 110 + 2);
        const step = (found[1] ?? 0) - (found[0] ?? 0);
        for (const [i, page] of found.entries()) {
          expect(Number.isInteger(page)).toBe(true);
          if (i > 0) expect(page - found[i - 1]!).toBe(step);
        }
        if (found.length > 1) expect((step / span.pages) * width).toBeGreaterThanOrEqual(110 - 1e-6);
      }),
    );
  });
});
