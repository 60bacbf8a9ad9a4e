import { diffArrays } from 'diff/lib/diff/array.js';
import { narrate } from './narrate';
import type { EventKind, RecordedEvent, Recording } from './recording';

/** What is counted of a run: how many events, or how many bytes. */
export interface Count {
  readonly what: string;
  readonly unit: 'number' | 'bytes';
  readonly value: number;
}

/** What each count adds up: one for each event of these names, or the column that holds a number. */
interface Counted {
  readonly what: string;
  readonly names: readonly string[];
  readonly unit?: 'bytes';
  readonly column?: 'c';
}

const COUNTED: readonly Counted[] = [
  { what: 'bios submitted', names: ['submit_bio'] },
  { what: 'clones', names: ['bio_clone'] },
  { what: 'splits', names: ['block_split'] },
  { what: 'requests', names: ['block_getrq'] },
  { what: 'merges', names: ['block_bio_backmerge', 'block_bio_frontmerge', 'block_rq_merge'] },
  { what: 'requests given to drivers', names: ['block_rq_issue'] },
  { what: 'scatterlist entries', names: ['blk_rq_map_sg'], column: 'c' },
  { what: 'addresses given to devices', names: ['sg_dma_address'] },
  {
    what: 'copied by the CPU',
    names: ['memcpy', 'copy_page_to_iter', 'swiotlb_bounce'],
    column: 'c',
    unit: 'bytes',
  },
  { what: 'of it through the swiotlb pool', names: ['swiotlb_bounce'], column: 'c', unit: 'bytes' },
  { what: 'bios bounced', names: ['block_bio_bounce'] },
];

const COUNTED_KINDS: readonly { readonly what: string; readonly kind: EventKind }[] = [
  { what: 'kernel messages', kind: 'printk' },
  { what: 'oopses', kind: 'oops' },
];

/** Counts of a whole Recording, always the same ones in the same order. What was dropped from it is not counted. */
export function countsOf({ columns, names, length, dropped }: Recording): Count[] {
  const events = new Array<number>(names.length).fill(0);
  const sums = new Array<number>(names.length).fill(0);
  for (let i = 0; i < length; i++) {
    const name = columns.name[i]!;
    events[name]!++;
    sums[name]! += columns.c[i]!;
  }
  const add = (from: readonly number[], test: (name: string, kind: EventKind) => boolean) =>
    names.reduce((sum, { name, kind }, n) => (test(name, kind) ? sum + from[n]! : sum), 0);
  return [
    ...COUNTED.map(({ what, names: wanted, column, unit = 'number' as const }): Count => ({
      what,
      unit,
      value: add(column === undefined ? events : sums, (name) => wanted.includes(name)),
    })),
    ...COUNTED_KINDS.map(({ what, kind }): Count => ({
      what,
      unit: 'number',
      value: add(events, (_name, its) => its === kind),
    })),
    { what: 'events', unit: 'number', value: length + dropped },
  ];
}

/** What stands in one row. `same`: happens in both alike. `other`: in both, told with other numbers or another rule. */
export interface Pair {
  readonly mark: 'same' | 'other' | 'left' | 'right';
  readonly left: RecordedEvent | undefined;
  readonly right: RecordedEvent | undefined;
}

/** The most differences that are worth an alignment; its cost grows with their square. */
const MOST_EDITS = 1500;

/**
 * Lays the events of two I/Os beside each other: what one function did on one device stands in one row. `undefined`
 * where they have so little in common that rows would say nothing.
 */
export function alignEvents(
  left: readonly RecordedEvent[],
  right: readonly RecordedEvent[],
): Pair[] | undefined {
  const changes = diffArrays(left.map(placeOf), right.map(placeOf), { maxEditLength: MOST_EDITS });
  if (changes === undefined) return undefined;
  const pairs: Pair[] = [];
  let l = 0;
  let r = 0;
  for (const { added, removed, count = 0 } of changes) {
    for (let n = 0; n < count; n++) {
      if (removed) pairs.push({ mark: 'left', left: left[l++], right: undefined });
      else if (added) pairs.push({ mark: 'right', left: undefined, right: right[r++] });
      else pairs.push(pair(left[l++]!, right[r++]!));
    }
  }
  return pairs;
}

const placeOf = ({ name, device }: RecordedEvent) => `${name.name}\n${device ?? ''}`;

function pair(left: RecordedEvent, right: RecordedEvent): Pair {
  return { mark: said(left) === said(right) ? 'same' : 'other', left, right };
}

/** What is told of an event, without the numbers that only tell bios and requests of one run apart. */
const said = (event: RecordedEvent) => narrate(event).replace(/\b(bio|request) \d+/g, '$1');

/** When a row happens: the step of each side, as the list of steps counts; absent where that side has no such event. */
export interface RowSteps {
  readonly leftStep?: number | undefined;
  readonly rightStep?: number | undefined;
}

/** The row that the left side has come to at a step; -1 before the first. */
export function rowAt(rows: readonly RowSteps[], step: number): number {
  for (let row = rows.length - 1; row >= 0; row--) if ((rows[row]!.leftStep ?? Infinity) <= step) return row;
  return -1;
}

/**
 * Where the right side is when the left one is at a step: it has done what stands above that row, and nothing below it.
 * Two machines have no clock in common, but they do the same work. `undefined`: nothing says where.
 */
export function stepBeside(
  rows: readonly RowSteps[],
  step: number,
  lengths: { readonly left: number; readonly right: number },
): number | undefined {
  if (step >= lengths.left) return lengths.right;
  if (rows.length === 0) return undefined;
  return rows
    .slice(0, rowAt(rows, step) + 1)
    .reduce((last, { rightStep = 0 }) => Math.max(last, rightStep), 0);
}
