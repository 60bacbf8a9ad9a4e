import type { TierMode } from '../../../model/cache-spec';

/** What becomes of one block of a bio, with a number for the Recording's column. */
export const TIER_DECISIONS = [
  'hit',
  'miss',
  'promote',
  'write-back',
  'through',
  'around',
  'dropped',
  'waits',
] as const;
export type TierDecision = (typeof TIER_DECISIONS)[number];

/** Why, as fixed sentences. */
export interface Decided {
  readonly decision: TierDecision;
  readonly because: string;
}

export interface BlockInput {
  readonly write: boolean;
  readonly mode: TierMode;
  readonly cached: 'no' | 'clean' | 'dirty';
  /** The bio has all of the block. */
  readonly whole: boolean;
  /** Why a stream goes around; '' if it does not. */
  readonly sequential: string;
  readonly congested: string;
  /** Whether there is a slot for it, or one can be made free. */
  readonly room: boolean;
  /** Asks the policy, which counts it; `because`: why it said so. */
  wants(): boolean;
  readonly because: string;
}

/** Where a block goes: the rules in the order they are asked. A dirty block is always where the truth is. */
export function decide(io: BlockInput): Decided {
  return io.write ? decideWrite(io) : decideRead(io);
}

const HIT_DIRTY = say('hit', 'dirty: only the cache has it');
const HIT_CLEAN = say('hit', 'in the cache');
const WRITE_BACK = say('write-back', 'mode write-back: in the cache, dirty');
const REPLACE = say('write-back', 'dirty already: the new copy replaces it');

function decideRead(io: BlockInput): Decided {
  if (io.cached === 'dirty') return HIT_DIRTY;
  if (io.cached === 'clean') return HIT_CLEAN;
  if (io.mode === 'pass-through') return say('miss', 'mode pass-through: nothing is promoted');
  if (io.mode === 'write-around' || io.mode === 'write-through' || io.mode === 'write-back') {
    if (!io.whole) return say('miss', 'not a whole block: it cannot fill a slot');
    if (io.sequential) return say('miss', io.sequential);
    if (io.congested) return say('miss', io.congested);
  }
  if (!io.wants()) return say('miss', io.because);
  return io.room
    ? say('promote', io.because)
    : say('miss', 'no slot: everything in the cache is dirty or busy');
}

function decideWrite(io: BlockInput): Decided {
  if (io.cached === 'dirty')
    return io.whole ? REPLACE : say('write-back', 'dirty already: the rest is copied');
  if (io.mode === 'pass-through')
    return say(io.cached === 'clean' ? 'dropped' : 'around', 'mode pass-through');
  if (io.mode === 'write-around')
    return say(
      io.cached === 'clean' ? 'dropped' : 'around',
      'mode write-around: a write drops what is cached',
    );
  if (io.sequential) return say(io.cached === 'clean' ? 'dropped' : 'around', io.sequential);
  if (io.mode === 'write-through') {
    if (!io.whole)
      return say(io.cached === 'clean' ? 'dropped' : 'around', 'not a whole block: it cannot fill a slot');
    if (io.cached === 'clean')
      return say('through', 'mode write-through: the slow disk first, then the cache');
    return io.wants() && io.room
      ? say('through', 'mode write-through: the slow disk first, then the cache')
      : say('around', io.because);
  }
  if (io.cached === 'clean')
    return io.room
      ? say('write-back', 'in the cache: dirty from now on')
      : say('dropped', 'no slot for the new copy');
  if (!io.whole)
    return say('around', 'not a whole block, and it is not cached: the rest would have to be read');
  if (io.congested) return say('around', io.congested);
  if (!io.wants()) return say('around', io.because);
  return io.room ? WRITE_BACK : say('around', 'no slot: everything in the cache is dirty or busy');
}

function say(decision: TierDecision, because: string): Decided {
  return { decision, because };
}
