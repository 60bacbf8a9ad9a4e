/** What becomes of a part of an I/O at a cache, whatever the cache calls it; `writeback` is the cache's own work. */
export const TIER_KINDS = [
  'hit',
  'miss',
  'promotion',
  'dirty',
  'through',
  'around',
  'bypass',
  'wait',
  'flush',
  'discard',
  'writeback',
] as const;
export type TierKind = (typeof TIER_KINDS)[number];

/** Drivers of caches. */
const CACHES: readonly string[] = ['tier', 'bcache', 'dm-cache', 'dm-writecache'];

export const isCache = ({ driver }: { readonly driver: string }) => CACHES.includes(driver);

/**
 * The kind of a decision, by the words of its driver: `word: because`, as `tier_map` and `cache_decision` note it.
 * A bypass is what a rule keeps out of the cache before anybody asks whether the block is worth it.
 */
export function kindOf(driver: string, word: string, because: string, write: boolean): TierKind {
  switch (word) {
    case 'FLUSH':
    case 'flush':
    case 'commit':
      return 'flush';
    case 'discard':
      return because.startsWith('check_should_bypass') ? 'bypass' : 'discard';
    case 'hit':
    case 'miss':
      return word === 'miss' && RULED_OUT.test(because) ? 'bypass' : word;
    case 'promote':
      return 'promotion';
    case 'write-back':
    case 'writeback':
      return 'dirty';
    case 'through':
    case 'writethrough':
    case 'both':
      return 'through';
    case 'around':
    case 'dropped':
      return RULED_OUT.test(because) ? 'bypass' : 'around';
    case 'bypass':
    case 'bypass-hit':
    case 'bypass-miss':
      return 'bypass';
    case 'wait':
    case 'waits':
      return because.startsWith('FLUSH') ? 'flush' : 'wait';
    case 'fast':
      return write ? 'dirty' : 'hit';
    case 'origin':
      return because.startsWith('passthrough') ? 'bypass' : write ? 'around' : 'miss';
    case 'invalidate':
      return 'around';
    case 'read':
      return because.startsWith('read hit') ? 'hit' : 'miss';
    case 'write':
      if (because.includes('waits')) return 'wait';
      return /goes around|write around/.test(because) ? 'around' : 'dirty';
    default:
      throw new RangeError(`${driver} says ${word}: no such decision`);
  }
}

/** A rule of the tier that has nothing to do with the block. */
const RULED_OUT = /^(?:sequential|congested|mode )/;
