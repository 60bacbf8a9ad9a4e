import type { Recording } from '../../model/recording';
import type { TierMapView } from '../../protocol/tier-view';
import { indexesOf, type Decision } from './decisions';

/** What a cache has of the slow disk at a moment, by block. */
export interface BlockStates {
  /** Blocks in the cache; true: dirty. */
  readonly cached: ReadonlyMap<number, boolean>;
  /** How often each block was asked for. */
  readonly asked: ReadonlyMap<number, number>;
}

/** Cells that a page is given at most, and untouched ones that are not worth a new stretch. */
const MOST_CELLS = 720;
const MOST_STRETCHES = 16;
const GAP = 6;

/** What happened to the blocks of a device in the first `until` events. */
export function blocksAt(
  recording: Recording,
  device: string,
  blockSectors: number,
  decisions: readonly Decision[],
  until: number,
): BlockStates {
  const { columns, names, devices } = recording;
  const id = devices.indexOf(device);
  const told = indexesOf(recording, [
    'tier_insert',
    'tier_evict',
    'tier_clean',
    'cache_insert',
    'cache_drop',
    'cache_clean',
  ]);
  const cached = new Map<number, boolean>();
  for (let i = 0; i < until; i++) {
    if (columns.device[i] !== id || !told.has(columns.name[i]!)) continue;
    const [of, what] = names[columns.name[i]!]!.name.split('_');
    const at = columns.a[i]!;
    if (of === 'tier') {
      if (what === 'evict') cached.delete(at);
      else cached.set(at, what === 'insert' && columns.d[i] === 1);
      continue;
    }
    const end = at + columns.c[i]!;
    if (what === 'insert') {
      for (let block = Math.floor(at / blockSectors); block * blockSectors < end; block++)
        cached.set(block, columns.d[i] === 1);
      continue;
    }
    const [first, last] = [Math.ceil(at / blockSectors), Math.floor(end / blockSectors)];
    for (const block of within(cached, first, last)) {
      if (what === 'drop') cached.delete(block);
      else cached.set(block, false);
    }
  }
  return { cached, asked: askedFor(decisions, blockSectors, until) };
}

/** Blocks [first, end) that are there, whichever is quicker to look through. */
function within(cached: ReadonlyMap<number, boolean>, first: number, end: number): number[] {
  if (end - first > cached.size) return [...cached.keys()].filter((block) => block >= first && block < end);
  return Array.from({ length: Math.max(end - first, 0) }, (_, n) => first + n).filter((b) => cached.has(b));
}

function askedFor(decisions: readonly Decision[], blockSectors: number, until: number): Map<number, number> {
  const asked = new Map<number, number>();
  for (const { event, kind, sector, sectors } of decisions) {
    if (event >= until) break;
    if (kind === 'flush' || kind === 'discard' || kind === 'writeback' || kind === 'wait') continue;
    for (let block = Math.floor(sector / blockSectors); block * blockSectors < sector + sectors; block++)
      asked.set(block, (asked.get(block) ?? 0) + 1);
  }
  return asked;
}

/** The slow disk along its length, as cells; what was never touched is folded. `sectors`: of the slow disk. */
export function tierMap(states: BlockStates, blockSectors: number, sectors: number): TierMapView {
  const { cached, asked } = states;
  const touched = [...new Set([...cached.keys(), ...asked.keys()])].sort((a, b) => a - b);
  const total = [...asked.values()].reduce((sum, n) => sum + n, 0);
  const hotFrom = Math.max(3, Math.ceil((2 * total) / Math.max(asked.size, 1)));
  let perCell = 1;
  let stretches = stretchesOf(touched, perCell);
  while (tooMany(stretches)) stretches = stretchesOf(touched, (perCell *= 2));
  const block = blockSectors * 512;
  return {
    size: sectors * 512,
    block,
    cell: block * perCell,
    hotFrom,
    stretches: stretches.map((stretch) => ({
      start: stretch.first * perCell * block,
      ...cellsOf(states, touched, stretch, perCell),
    })),
    cached: cached.size,
    dirty: [...cached.values()].filter(Boolean).length,
    hot: [...asked.values()].filter((n) => n >= hotFrom).length,
  };
}

interface Stretch {
  readonly first: number;
  end: number;
}

function stretchesOf(touched: readonly number[], perCell: number): Stretch[] {
  const found: Stretch[] = [];
  for (const block of touched) {
    const cell = Math.floor(block / perCell);
    const last = found.at(-1);
    if (last && cell <= last.end + GAP) last.end = Math.max(last.end, cell + 1);
    else found.push({ first: cell, end: cell + 1 });
  }
  return found;
}

const tooMany = (stretches: readonly Stretch[]) =>
  stretches.length > MOST_STRETCHES ||
  stretches.reduce((sum, { first, end }) => sum + end - first, 0) > MOST_CELLS;

/** Only touched blocks are looked at: a cell may stand for millions. */
function cellsOf(
  { cached, asked }: BlockStates,
  touched: readonly number[],
  stretch: Stretch,
  perCell: number,
) {
  const { first, end } = stretch;
  const zeros = () => new Array<number>(end - first).fill(0);
  const cells = { cached: zeros(), dirty: zeros(), asked: zeros() };
  for (let i = firstFrom(touched, first * perCell); i < touched.length && touched[i]! < end * perCell; i++) {
    const block = touched[i]!;
    const cell = Math.floor(block / perCell) - first;
    const state = cached.get(block);
    if (state !== undefined) cells.cached[cell]!++;
    if (state === true) cells.dirty[cell]!++;
    cells.asked[cell] = Math.max(cells.asked[cell]!, asked.get(block) ?? 0);
  }
  return cells;
}

/** The place of the first number that is `least` or more in sorted ones. */
function firstFrom(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
