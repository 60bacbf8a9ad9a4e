import { BOUNCE_ANY_PFN, type QueueLimits } from '../engine/block/limits';
import { formatBytes, groupedHex } from '../model/address';
import type { FlavourName } from '../model/flavour';

type Field = keyof QueueLimits;
type Unit = 'sectors' | 'bytes' | 'mask' | 'pfn' | 'number' | 'flag';

/** Every limit a person may want to see, in the order of their use, and what it counts. */
const UNITS: Readonly<Record<Field, Unit>> = {
  max_sectors: 'sectors',
  max_hw_sectors: 'sectors',
  chunk_sectors: 'sectors',
  max_segments: 'number',
  max_segment_size: 'bytes',
  max_integrity_segments: 'number',
  seg_boundary_mask: 'mask',
  virt_boundary_mask: 'mask',
  dma_alignment: 'mask',
  bounce_pfn: 'pfn',
  cluster: 'flag',
  logical_block_size: 'bytes',
  physical_block_size: 'bytes',
  alignment_offset: 'bytes',
  io_min: 'bytes',
  io_opt: 'bytes',
  max_discard_sectors: 'sectors',
  discard_granularity: 'bytes',
  discard_alignment: 'bytes',
  discard_zeroes_data: 'flag',
  max_write_same_sectors: 'sectors',
  misaligned: 'flag',
  discard_misaligned: 'flag',
  raid_partial_stripes_expensive: 'flag',
};

/** What only one of the kernels has in its `struct queue_limits`. */
const NOT_IN_41: ReadonlySet<Field> = new Set(['virt_boundary_mask', 'dma_alignment']);
const NOT_IN_612: ReadonlySet<Field> = new Set([
  'bounce_pfn',
  'cluster',
  'discard_zeroes_data',
  'discard_misaligned',
]);

/** The limits a kernel has. */
export function limitFields(flavour: FlavourName): Field[] {
  const absent = flavour === '6.12' ? NOT_IN_612 : NOT_IN_41;
  return (Object.keys(UNITS) as Field[]).filter((field) => !absent.has(field));
}

/** `2560 sectors (1.25 MiB)`, `0xfff`, `no bound`. */
export function limitText(field: Field, value: number): string {
  switch (UNITS[field]) {
    case 'sectors':
      return bounded(value, () => `${value} sectors${value === 0 ? '' : ` (${formatBytes(value * 512)})`}`);
    case 'bytes':
      return bounded(value, () => formatBytes(value));
    case 'mask':
      return value === 0 ? 'none' : groupedHex(value);
    case 'pfn':
      return value === BOUNCE_ANY_PFN ? 'no page bounces' : `pages above ${groupedHex(value)} bounce`;
    case 'flag':
      return value === 0 ? 'no' : 'yes';
    case 'number':
      return String(value);
  }
}

const UINT_MAX = 0xffffffff;

/** All ones stand for the most an unsigned int can hold. */
function bounded(value: number, text: () => string): string {
  return value === UINT_MAX ? 'no bound (UINT_MAX)' : text();
}
