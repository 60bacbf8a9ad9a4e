import {
  blk_set_default_limits,
  blk_set_stacking_limits,
  type QueueLimits,
} from '../../../engine/block/limits';
import { blk_stack_limits } from '../../../engine/block/stack-limits';
import { compare, type Checker } from '../case';
import { field, fields, lines, numberField } from './rows';

/** The fields of a `struct queue_limits` by the names and in the order of the rows. Two are in hexadecimal. */
const NAMES = {
  bounce_pfn: 'bounce_pfn',
  seg_boundary: 'seg_boundary_mask',
  max_hw_sectors: 'max_hw_sectors',
  chunk_sectors: 'chunk_sectors',
  max_sectors: 'max_sectors',
  max_segment_size: 'max_segment_size',
  pbs: 'physical_block_size',
  align: 'alignment_offset',
  io_min: 'io_min',
  io_opt: 'io_opt',
  max_discard: 'max_discard_sectors',
  max_ws: 'max_write_same_sectors',
  dgran: 'discard_granularity',
  dalign: 'discard_alignment',
  lbs: 'logical_block_size',
  max_segs: 'max_segments',
  max_isegs: 'max_integrity_segments',
  misaligned: 'misaligned',
  dmisaligned: 'discard_misaligned',
  cluster: 'cluster',
  dzeroes: 'discard_zeroes_data',
  rpse: 'raid_partial_stripes_expensive',
} as const satisfies Record<string, keyof QueueLimits>;

const HEX: ReadonlySet<string> = new Set(['bounce_pfn', 'seg_boundary']);

/** stack.csv: `blk_stack_limits` on an upper device t and a lower one b gives r. */
export const stack: Checker = function* (text, path) {
  for (const row of lines(text)) {
    const [kind, number] = row.split(',');
    if (kind === 'STACKDEFAULT') {
      const limits = number!.startsWith('default') ? blk_set_default_limits() : blk_set_stacking_limits();
      yield compare(`${path} STACKDEFAULT,${number!.split('{')[0]}`, inside(row, ''), limitsText(limits));
      continue;
    }
    const t = limitsOf(inside(row, ',t'));
    const start = numberField(fields(row), 'start');
    const ret = blk_stack_limits(t, limitsOf(inside(row, ',b')), start);
    const expected = `ret=${field(fields(row), 'ret')},r{${inside(row, ',r')}}`;
    yield compare(`${path} STACK,${number}`, expected, `ret=${ret},r{${limitsText(t)}}`);
  }
};

/** What stands between the braces after `before`. */
function inside(row: string, before: string): string {
  const from = row.indexOf('{', before === '' ? 0 : row.indexOf(`${before}{`)) + 1;
  return row.slice(from, row.indexOf('}', from));
}

function limitsOf(text: string): QueueLimits {
  const limits = blk_set_default_limits();
  for (const [name, value] of fields(text)) {
    limits[NAMES[name as keyof typeof NAMES]] = HEX.has(name) ? parseInt(value, 16) : Number(value);
  }
  return limits;
}

function limitsText(limits: Readonly<QueueLimits>): string {
  return Object.entries(NAMES)
    .map(([name, key]) => `${name}=${HEX.has(name) ? hexText(limits[key]) : limits[key]}`)
    .join(',');
}

/** -1UL is no float64: it reads as 2^64, and nothing else does. */
function hexText(value: number): string {
  return value === 2 ** 64 ? 'ffffffffffffffff' : value.toString(16);
}
