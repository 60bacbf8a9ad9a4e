import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TierMapView } from '../../../src/protocol/tier-view';
import { CELL, cellAt, describeCell, layoutCells } from '../../../webview/tier/cells';

const mapOf = (lengths: readonly number[]): TierMapView => ({
  size: 2 ** 40,
  block: 4096,
  cell: 4096,
  hotFrom: 3,
  stretches: lengths.map((length, n) => {
    const cells = Array.from({ length }, (_, i) => i % 2);
    return { start: n * 2 ** 30, cached: cells, dirty: cells, asked: cells };
  }),
  cached: 0,
  dirty: 0,
  hot: 0,
});

describe('the cells of a tier map', () => {
  it('lie beside each other inside of the width, each found where it lies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 16 }),
        fc.integer({ min: 160, max: 1400 }),
        (lengths, width) => {
          const layout = layoutCells(mapOf(lengths), width);
          const { cells } = layout;
          expect(cells).toHaveLength(lengths.reduce((a, b) => a + b, 0));
          expect(new Set(cells.map(({ x, y }) => `${x} ${y}`)).size).toBe(cells.length);
          for (const { x } of cells) expect(x + CELL).toBeLessThanOrEqual(width);
          expect(layout.height).toBeGreaterThan(Math.max(...cells.map(({ y }) => y)));
          const n = cells.length - 1;
          expect(cellAt(layout, cells[n]!.x + 3, cells[n]!.y + 3)).toBe(n);
        },
      ),
    );
  });

  it('are told in words', () => {
    const map = mapOf([2]);
    const [first, second] = layoutCells(map, 400).cells;
    expect(describeCell(first!, map)).toBe('4 KiB at 0 B: not in the cache; asked for 0 times');
    expect(describeCell(second!, map)).toBe('4 KiB at 4 KiB: in the cache, dirty; asked for once');
    expect(describeCell({ ...second!, cached: 7, dirty: 2, asked: 5 }, { ...map, cell: 32768 })).toBe(
      '32 KiB at 4 KiB: 7 of 8 blocks in the cache, 2 dirty; its busiest block asked for 5 times, hot',
    );
  });
});
