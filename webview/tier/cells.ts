import { formatBytes } from '../../src/model/address';
import type { TierMapView } from '../../src/protocol/tier-view';

/** px: a cell with its gap, the label above a stretch, and what is between stretches. */
export const STEP = 14;
export const CELL = 12;
const LABEL = 15;
const FOLD = 18;
const PER_CHAR = 6.2;
const ROW_GAP = 4;

/** A cell on the picture. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  /** First byte of the slow disk. */
  readonly start: number;
  readonly cached: number;
  readonly dirty: number;
  readonly asked: number;
}

export interface CellLayout {
  readonly cells: readonly Cell[];
  readonly labels: readonly { readonly x: number; readonly y: number; readonly text: string }[];
  /** Where something between two stretches of one row was never touched. */
  readonly folds: readonly { readonly x: number; readonly y: number }[];
  readonly width: number;
  readonly height: number;
}

/** Stretches one after another, as lines of text are set: a stretch that does not fit begins a row of its own. */
export function layoutCells(map: TierMapView, width: number): CellLayout {
  const perRow = Math.max(Math.floor(width / STEP), 1);
  const cells: Cell[] = [];
  const labels: { x: number; y: number; text: string }[] = [];
  const folds: { x: number; y: number }[] = [];
  let x = 0;
  let y = LABEL;
  for (const [n, { start, cached, dirty, asked }] of map.stretches.entries()) {
    const text = formatBytes(start);
    const room = Math.max(cached.length * STEP, text.length * PER_CHAR);
    if (n > 0 && x + FOLD + room > width) {
      x = 0;
      y += STEP + LABEL + ROW_GAP;
    } else if (n > 0) {
      folds.push({ x: x + FOLD / 2, y: y + CELL / 2 });
      x += FOLD;
    }
    labels.push({ x, y: y - 4, text });
    const left = x;
    let column = 0;
    cached.forEach((inCache, i) => {
      if (column === perRow && left === 0) {
        column = 0;
        y += STEP;
      }
      cells.push({
        x: left + column * STEP,
        y,
        start: start + i * map.cell,
        cached: inCache,
        dirty: dirty[i]!,
        asked: asked[i]!,
      });
      column++;
    });
    x = left + Math.max(column * STEP, text.length * PER_CHAR);
  }
  const right = cells.reduce((most, cell) => Math.max(most, cell.x + STEP), 0);
  return { cells, labels, folds, width: Math.max(right, 1), height: y + STEP };
}

/** The number of the cell at a point, or of the nearest one in its row. */
export function cellAt({ cells }: CellLayout, x: number, y: number): number {
  let best = -1;
  let least = Infinity;
  for (const [n, cell] of cells.entries()) {
    const far = Math.abs(cell.y + CELL / 2 - y) * 4 + Math.abs(cell.x + CELL / 2 - x);
    if (far < least) [best, least] = [n, far];
  }
  return best;
}

/** A cell in words. */
export function describeCell(cell: Cell, map: TierMapView): string {
  const blocks = map.cell / map.block;
  const where = `${formatBytes(map.cell)} at ${formatBytes(cell.start)}`;
  const hot = cell.asked >= map.hotFrom ? ', hot' : '';
  const asked = `asked for ${cell.asked === 1 ? 'once' : `${cell.asked} times`}${hot}`;
  if (blocks === 1) {
    const state =
      cell.dirty > 0 ? 'in the cache, dirty' : cell.cached > 0 ? 'in the cache, clean' : 'not in the cache';
    return `${where}: ${state}; ${asked}`;
  }
  return `${where}: ${cell.cached} of ${blocks} blocks in the cache, ${cell.dirty} dirty; its busiest block ${asked}`;
}
