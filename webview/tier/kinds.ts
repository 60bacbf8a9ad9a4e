import type { TierKind } from '../../src/model/tier-kinds';

/** What a kind of decision is called, and what it means. */
export const KIND_WORDS: Readonly<Record<TierKind, { readonly name: string; readonly means: string }>> = {
  hit: { name: 'hit', means: 'read from the cache' },
  miss: { name: 'miss', means: 'read from the slow disk' },
  promotion: { name: 'promotion', means: 'goes into the cache on the way' },
  dirty: { name: 'kept dirty', means: 'written to the cache alone' },
  through: { name: 'through', means: 'written to both' },
  around: { name: 'around', means: 'written to the slow disk alone' },
  bypass: { name: 'bypass', means: 'a rule keeps it out of the cache' },
  wait: { name: 'wait', means: 'has to wait for the cache' },
  flush: { name: 'flush', means: 'what was answered is made durable' },
  discard: { name: 'discard', means: 'dropped everywhere' },
  writeback: { name: 'writeback', means: 'the cache’s own work: dirty blocks go to the slow disk' },
};
