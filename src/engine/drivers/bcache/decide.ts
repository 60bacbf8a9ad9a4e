import { check_should_bypass, should_writeback } from './bypass';
import type { BypassInput, BypassReason, WritebackCutoffs } from './bypass';
import type { Streams } from './streams';

/** What becomes of a bio of a bcache device. A bypassed read still looks in the cache, only a miss fills nothing. */
export interface BcacheDecision {
  readonly decision:
    'flush' | 'hit' | 'miss' | 'bypass-hit' | 'bypass-miss' | 'bypass' | 'writeback' | 'writethrough';
  readonly reason?: BypassReason;
  /** The rule behind it, with what was compared. */
  readonly because: string;
}

export interface BcacheInput extends BypassInput {
  /** REQ_SYNC. */
  readonly sync: boolean;
  /** Whether the cache has all its sectors. */
  readonly cached: boolean;
  /** Whether it overlaps a key that is being moved or written back: then it must go where that is. */
  readonly overlaps: boolean;
  readonly cutoffs?: WritebackCutoffs;
}

/** `cached_dev_make_request`: an empty bio is a flush. */
export function cached_dev_submit_bio(io: BcacheInput, streams: Streams): BcacheDecision {
  if (io.bytes === 0) return { decision: 'flush', because: 'cached_dev_nodata: both devices are flushed' };
  const rule = check_should_bypass(io, streams);
  if (io.op === 'read') {
    if (rule) return { decision: io.cached ? 'bypass-hit' : 'bypass-miss', ...rule };
    return io.cached
      ? { decision: 'hit', because: 'all its sectors are in the cache' }
      : { decision: 'miss', because: 'read from the backing device; the cache is filled after it' };
  }
  if (io.overlaps && io.op !== 'discard')
    return {
      decision: 'writeback',
      because: 'it overlaps a key that is being written back, so it must stay in the cache',
    };
  if (should_writeback(io, io.sync || io.meta, rule !== undefined, io.cutoffs))
    return { decision: 'writeback', because: `in_use ${io.in_use} %: it stays in the cache, dirty` };
  if (rule) return { decision: 'bypass', ...rule };
  return { decision: 'writethrough', because: writethroughBecause(io) };
}

function writethroughBecause({ mode, in_use, cutoffs }: BcacheInput): string {
  if (mode !== 'writeback') return `cache_mode is ${mode}: both devices are written`;
  return `should_writeback: in_use ${in_use} % is too much for ${cutoffs ? 'these cutoffs' : 'the cutoffs of 40 % and 70 % (sync)'}`;
}
