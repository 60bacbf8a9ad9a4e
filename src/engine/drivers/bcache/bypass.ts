import type { Streams } from './streams';

export const CACHE_MODES = ['writethrough', 'writeback', 'writearound', 'none'] as const;
export type CacheMode = (typeof CACHE_MODES)[number];

/** Why a bio does not go to the cache, in the order it is asked (captures/tier-README.md, both kernels). */
export const BYPASS_REASONS = [
  'detaching',
  'discard',
  'in_use>95',
  'mode none',
  'mode writearound',
  'readahead, meta-only',
  'unaligned',
  'sequential',
  'congested',
] as const;
export type BypassReason = (typeof BYPASS_REASONS)[number];

/** In percent of the cache's buckets. */
export const CUTOFF_CACHE_ADD = 95;

/** All that `check_should_bypass` looks at, of the bio and of its device. */
export interface BypassInput {
  readonly op: 'read' | 'write' | 'discard';
  /** First sector on the backing device, and bytes. */
  readonly sector: number;
  readonly bytes: number;
  /** REQ_RAHEAD or REQ_BACKGROUND; REQ_META or REQ_PRIO. */
  readonly ahead: boolean;
  readonly meta: boolean;
  readonly task: number;
  /** Seconds. */
  readonly now: number;
  readonly detaching: boolean;
  readonly mode: CacheMode;
  /** Percent. */
  readonly in_use: number;
  readonly readaheadMetaOnly: boolean;
  /** Sectors of the cache's block. */
  readonly blockSectors: number;
  /** Bytes; 0 is off. */
  readonly sequential_cutoff: number;
  /** What `bch_get_congested` gave, in sectors; 0: not congested. Asked only where every earlier rule let it pass. */
  readonly congested: () => number;
}

/** The rule that keeps a bio out of the cache, with what was compared; `undefined`: none does. */
export function check_should_bypass(
  io: BypassInput,
  streams: Streams,
): { readonly reason: BypassReason; readonly because: string } | undefined {
  if (io.detaching) return rule('detaching', 'the cache is being detached');
  if (io.op === 'discard') return rule('discard', 'a discard only drops what the cache has');
  if (io.in_use > CUTOFF_CACHE_ADD)
    return rule('in_use>95', `in_use ${io.in_use} % > ${CUTOFF_CACHE_ADD} %: no room until gc finds some`);
  if (io.mode === 'none') return rule('mode none', 'cache_mode is none');
  if (io.mode === 'writearound' && io.op === 'write')
    return rule('mode writearound', 'cache_mode is writearound, and it is a write');
  if (io.ahead && !io.meta && io.readaheadMetaOnly)
    return rule('readahead, meta-only', 'readahead_cache_policy is meta-only, and it is readahead of data');
  if (io.sector % io.blockSectors !== 0 || (io.bytes / 512) % io.blockSectors !== 0)
    return rule('unaligned', `no whole cache blocks of ${io.blockSectors} sectors`);
  const congested = io.congested();
  if (congested === 0 && io.sequential_cutoff === 0) return undefined;
  const bytes = streams.note(io.task, io.sector, io.bytes, io.now);
  const sectors = Math.floor(bytes / 512);
  const cutoff = Math.floor(io.sequential_cutoff / 512);
  if (cutoff > 0 && sectors >= cutoff)
    return rule('sequential', `${sectors} sectors in a row >= sequential_cutoff ${cutoff}`);
  if (congested > 0 && sectors >= congested)
    return rule('congested', `${sectors} sectors in a row >= ${congested} that a congested cache takes`);
  return undefined;
}

function rule(reason: BypassReason, text: string) {
  return { reason, because: `check_should_bypass: ${text}` };
}

/** In percent: `bch_cutoff_writeback` and `bch_cutoff_writeback_sync`, parameters of the module. */
export interface WritebackCutoffs {
  readonly writeback: number;
  readonly sync: number;
}
export const CUTOFFS: WritebackCutoffs = { writeback: 40, sync: 70 };

/** Whether a write stays in the cache, dirty. `important`: REQ_SYNC, REQ_META or REQ_PRIO. */
export function should_writeback(
  io: Pick<BypassInput, 'op' | 'mode' | 'detaching' | 'in_use'>,
  important: boolean,
  bypass: boolean,
  cutoffs: WritebackCutoffs = CUTOFFS,
): boolean {
  if (io.mode !== 'writeback' || io.detaching || io.in_use > cutoffs.sync) return false;
  if (io.op === 'discard' || bypass) return false;
  return important || io.in_use <= cutoffs.writeback;
}
