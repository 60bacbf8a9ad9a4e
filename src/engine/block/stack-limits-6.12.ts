import type { QueueLimits } from './limits';
import {
  gcd,
  lcmModulo,
  lcm_not_zero,
  linesUp,
  min_not_zero,
  multiplesFit,
  queue_limit_alignment_offset,
  queue_limit_discard_alignment,
  reportChanges,
  stackDiscardSizes,
  type LimitChanged,
} from './stack-limits';

const MIN_NOT_ZERO = [
  'max_sectors',
  'max_hw_sectors',
  'seg_boundary_mask',
  'virt_boundary_mask',
  'max_segments',
  'max_integrity_segments',
  'max_segment_size',
] as const satisfies readonly (keyof QueueLimits)[];

/** `raid_partial_stripes_expensive` is a feature by now, taken over where any lower device has it. */
const MAX = [
  'logical_block_size',
  'physical_block_size',
  'io_min',
  'dma_alignment',
  'raid_partial_stripes_expensive',
] as const satisfies readonly (keyof QueueLimits)[];

/**
 * 6.12: as 4.1 (see stack-limits.ts), but `chunk_sectors`, the virtual boundary and the DMA alignment stack too, and
 * sector limits are whole blocks. Fields that 6.12 has no more stay as they are; `max_write_same_sectors` stands for
 * its `max_write_zeroes_sectors`.
 */
export function blk_stack_limits(
  t: QueueLimits,
  b: Readonly<QueueLimits>,
  start: number,
  changed?: LimitChanged,
): 0 | -1 {
  const before = changed && { ...t };
  const alignment = queue_limit_alignment_offset(b, start);
  let fits = linesUp(t, b, alignment);
  t.misaligned |= b.misaligned;
  for (const field of MIN_NOT_ZERO) t[field] = min_not_zero(t[field], b[field]);
  t.max_write_same_sectors = Math.min(t.max_write_same_sectors, b.max_write_same_sectors);
  for (const field of MAX) t[field] = Math.max(t[field], b[field]);
  t.io_opt = lcm_not_zero(t.io_opt, b.io_opt);
  // A lower device without chunks takes no part; an upper one without any has the lower one's.
  if (b.chunk_sectors !== 0) t.chunk_sectors = gcd(t.chunk_sectors, b.chunk_sectors);
  if (!multiplesFit(t)) fits = false;
  if (t.chunk_sectors % (t.physical_block_size / 512) !== 0) {
    t.chunk_sectors = 0;
    fits = false;
  }
  t.alignment_offset = lcmModulo(t.alignment_offset, alignment, Math.max(t.physical_block_size, t.io_min));
  if (t.alignment_offset % t.logical_block_size !== 0) fits = false;
  if (!fits) t.misaligned = 1;
  t.max_sectors = blk_round_down_sectors(t.max_sectors, t.logical_block_size);
  t.max_hw_sectors = blk_round_down_sectors(t.max_hw_sectors, t.logical_block_size);
  if (b.discard_granularity !== 0) stackDiscardSizes(t, b, queue_limit_discard_alignment(b, start));
  if (before && changed) reportChanges(before, t, changed);
  return fits ? 0 : -1;
}

/** Whole logical blocks, and at least a page. */
function blk_round_down_sectors(sectors: number, logical_block_size: number): number {
  return Math.max(sectors - (sectors % (logical_block_size / 512)), 8);
}

/** How each feature of a queue stacks (`BLK_FEAT_`…): `any` lower device gives it, or `all` must have it. */
export const FEATURES = {
  WRITE_CACHE: 'any',
  FUA: 'any',
  ROTATIONAL: 'any',
  STABLE_WRITES: 'any',
  ZONED: 'any',
  BOUNCE_HIGH: 'any',
  RAID_PARTIAL_STRIPES_EXPENSIVE: 'any',
  NOWAIT: 'all',
  POLL: 'all',
} as const;

export type Feature = keyof typeof FEATURES;

/** The features of a stacked device with one more device below it. */
export function stackFeatures(t: ReadonlySet<Feature>, b: ReadonlySet<Feature>): Set<Feature> {
  const names = Object.keys(FEATURES) as Feature[];
  return new Set(
    names.filter((name) =>
      FEATURES[name] === 'any' ? t.has(name) || b.has(name) : t.has(name) && b.has(name),
    ),
  );
}
