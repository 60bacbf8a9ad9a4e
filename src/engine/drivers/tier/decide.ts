import type { TierMode } from '../../../model/device-spec';

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
  /** Asks the policy, which counts it. */
  readonly wants: () => { readonly yes: boolean; readonly because: string };
}

/** Where a block goes: the rules in the order they are asked. A dirty block is always where the truth is. */
export function decide(io: BlockInput): Decided {
  return io.write ? decideWrite(io) : decideRead(io);
}

function decideRead(io: BlockInput): Decided {
  if (io.cached === 'dirty') return say('hit', 'dirty: only the cache has it');
  if (io.cached === 'clean') return say('hit', 'in the cache');
  if (io.mode === 'pass-through') return say('miss', 'mode pass-through: nothing is promoted');
  if (io.mode === 'write-around' || io.mode === 'write-through' || io.mode === 'write-back') {
    if (!io.whole) return say('miss', 'not a whole block: it cannot fill a slot');
    if (io.sequential) return say('miss', io.sequential);
    if (io.congested) return say('miss', io.congested);
  }
  const { yes, because } = io.wants();
  if (!yes) return say('miss', because);
  return io.room ? say('promote', because) : say('miss', 'no slot: everything in the cache is dirty or busy');
}

function decideWrite(io: BlockInput): Decided {
  if (io.cached === 'dirty')
    return say(
      'write-back',
      io.whole ? 'dirty already: the new copy replaces it' : 'dirty already: the rest is copied',
    );
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
    const { yes, because } = io.wants();
    return yes && io.room
      ? say('through', 'mode write-through: the slow disk first, then the cache')
      : say('around', because);
  }
  if (io.cached === 'clean')
    return io.room
      ? say('write-back', 'in the cache: dirty from now on')
      : say('dropped', 'no slot for the new copy');
  if (!io.whole)
    return say('around', 'not a whole block, and it is not cached: the rest would have to be read');
  if (io.congested) return say('around', io.congested);
  const { yes, because } = io.wants();
  if (!yes) return say('around', because);
  return io.room
    ? say('write-back', 'mode write-back: in the cache, dirty')
    : say('around', 'no slot: everything in the cache is dirty or busy');
}

function say(decision: TierDecision, because: string): Decided {
  return { decision, because };
}
