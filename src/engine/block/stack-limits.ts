import type { QueueLimits } from './limits';

/** Told of each field of the upper device that a lower one changed. */
export type LimitChanged = (field: keyof QueueLimits, before: number, after: number) => void;

/** Fields that take the smaller value of two, where 0 means that there is no limit. */
const MIN_NOT_ZERO = [
  'max_sectors',
  'max_hw_sectors',
  'bounce_pfn',
  'seg_boundary_mask',
  'max_segments',
  'max_integrity_segments',
  'max_segment_size',
] as const satisfies readonly (keyof QueueLimits)[];

const MAX = [
  'logical_block_size',
  'physical_block_size',
  'io_min',
  'raid_partial_stripes_expensive',
] as const satisfies readonly (keyof QueueLimits)[];

/**
 * 4.1: lowers the limits of `t`, a stacked device, to what `b` below it can do; its data start at sector `start` of
 * `b`. -1: block sizes or alignments do not fit each other, and `t` is misaligned from now on.
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
  for (const field of MIN_NOT_ZERO) t[field] = min_not_zero(t[field], b[field]);
  t.max_write_same_sectors = Math.min(t.max_write_same_sectors, b.max_write_same_sectors);
  t.misaligned |= b.misaligned;
  for (const field of MAX) t[field] = Math.max(t[field], b[field]);
  t.io_opt = lcm_not_zero(t.io_opt, b.io_opt);
  t.cluster &= b.cluster;
  t.discard_zeroes_data &= b.discard_zeroes_data;
  if (!multiplesFit(t)) fits = false;
  t.alignment_offset = lcmModulo(t.alignment_offset, alignment, Math.max(t.physical_block_size, t.io_min));
  if (t.alignment_offset % t.logical_block_size !== 0) fits = false;
  if (!fits) t.misaligned = 1;
  if (b.discard_granularity !== 0) stackDiscard(t, b, start);
  if (before && changed) reportChanges(before, t, changed);
  return fits ? 0 : -1;
}

function stackDiscard(t: QueueLimits, b: Readonly<QueueLimits>, start: number): void {
  const alignment = queue_limit_discard_alignment(b, start);
  if (t.discard_granularity !== 0 && t.discard_alignment !== alignment) {
    const top = t.discard_granularity + t.discard_alignment;
    const bottom = b.discard_granularity + alignment;
    if (Math.max(top, bottom) % Math.min(top, bottom) !== 0) t.discard_misaligned = 1;
  }
  stackDiscardSizes(t, b, alignment);
}

/** What 4.1 and 6.12 do alike about discards. */
export function stackDiscardSizes(t: QueueLimits, b: Readonly<QueueLimits>, alignment: number): void {
  t.max_discard_sectors = min_not_zero(t.max_discard_sectors, b.max_discard_sectors);
  t.discard_granularity = Math.max(t.discard_granularity, b.discard_granularity);
  t.discard_alignment = lcmModulo(t.discard_alignment, alignment, t.discard_granularity);
}

/** Do the preferred units of both devices start at common places? Asked before `t` takes anything over. */
export function linesUp(t: Readonly<QueueLimits>, b: Readonly<QueueLimits>, alignment: number): boolean {
  if (t.alignment_offset === alignment) return true;
  const top = Math.max(t.physical_block_size, t.io_min) + t.alignment_offset;
  const bottom = Math.max(b.physical_block_size, b.io_min) + alignment;
  return Math.max(top, bottom) % Math.min(top, bottom) === 0;
}

/** Each size must be a multiple of the one below it; one that is not gives way. */
export function multiplesFit(t: QueueLimits): boolean {
  let fits = true;
  if (t.physical_block_size % t.logical_block_size !== 0) {
    t.physical_block_size = t.logical_block_size;
    fits = false;
  }
  if (t.io_min % t.physical_block_size !== 0) {
    t.io_min = t.physical_block_size;
    fits = false;
  }
  if (t.io_opt % t.physical_block_size !== 0) {
    t.io_opt = 0;
    fits = false;
  }
  return fits;
}

export function reportChanges(before: QueueLimits, after: QueueLimits, changed: LimitChanged): void {
  for (const field of Object.keys(before) as (keyof QueueLimits)[]) {
    if (before[field] !== after[field]) changed(field, before[field], after[field]);
  }
}

/** Bytes from sector `start` of a device to its next preferred unit. */
export function queue_limit_alignment_offset(limits: Readonly<QueueLimits>, start: number): number {
  const granularity = Math.max(limits.physical_block_size, limits.io_min);
  const alignment = (start % Math.floor(granularity / 512)) * 512;
  return (granularity + limits.alignment_offset - alignment) % granularity;
}

export function queue_limit_discard_alignment(limits: Readonly<QueueLimits>, start: number): number {
  const granularity = Math.floor(limits.discard_granularity / 512);
  if (limits.max_discard_sectors === 0 || granularity === 0) return 0;
  const alignment = Math.floor(limits.discard_alignment / 512);
  return ((granularity + alignment - (start % granularity)) % granularity) * 512;
}

export function min_not_zero(a: number, b: number): number {
  if (a === 0) return b;
  return b === 0 ? a : Math.min(a, b);
}

export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The least common multiple as `unsigned int` keeps it; the other one where one is 0. */
export function lcm_not_zero(a: number, b: number): number {
  return Number(BigInt.asUintN(32, lcm(a, b)));
}

/** `lcm_not_zero(a, b) % modulus`, before it is cut to 32 bits. */
export function lcmModulo(a: number, b: number, modulus: number): number {
  return Number(lcm(a, b) % BigInt(modulus));
}

function lcm(a: number, b: number): bigint {
  return a === 0 || b === 0 ? BigInt(a || b) : (BigInt(a) / BigInt(gcd(a, b))) * BigInt(b);
}
