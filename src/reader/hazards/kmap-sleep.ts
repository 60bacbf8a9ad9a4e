import type { CFile } from '../c-file';
import { bodyAround } from '../expressions';
import { placeOf, type Hazard, type Place } from './hazard';

/** Between these two nothing may sleep. */
const PAIRS: Readonly<Record<string, readonly string[]>> = {
  kmap_atomic: ['kunmap_atomic', '__kunmap_atomic'],
  kmap_atomic_pfn_t: ['kunmap_atomic_pfn_t'],
};

const SLEEPS = new Set([
  'msleep',
  'ssleep',
  'usleep_range',
  'schedule',
  'schedule_timeout',
  'cond_resched',
  'might_sleep',
  'mutex_lock',
  'mutex_lock_interruptible',
  'down',
  'down_read',
  'down_write',
  'lock_page',
  'wait_on_page_locked',
  'wait_on_page_writeback',
  'wait_event',
  'wait_event_interruptible',
  'wait_for_completion',
  'vmalloc',
  'vfree',
  'submit_bio_wait',
  'synchronize_rcu',
  'kmap',
  'copy_to_user',
  'copy_from_user',
]);

/** A call that takes one of these may sleep. */
const SLEEPY_FLAGS = new Set(['GFP_KERNEL', 'GFP_NOIO', 'GFP_NOFS', 'GFP_USER']);

function find(file: CFile): Place[] {
  const { tokens } = file;
  const found: Place[] = [];
  for (const [map, unmaps] of Object.entries(PAIRS)) {
    for (const call of file.at(map)) {
      const body = tokens.is(call + 1, '(') ? bodyAround(tokens, call) : undefined;
      if (!body) continue;
      const release = Math.min(
        ...unmaps.flatMap((name) => file.at(name)).filter((i) => i > call && i < body.last),
      );
      if (!Number.isFinite(release)) continue;
      for (let i = tokens.mate(call + 1) + 1; i < release; i++) {
        const name = tokens.kind(i) === 'name' ? tokens.text(i) : '';
        // What lies behind a return or a jump does not run with the mapping held, as far as the text tells.
        if (name === 'return' || name === 'goto') break;
        const sleeps = SLEEPY_FLAGS.has(name) || (SLEEPS.has(name) && tokens.is(i + 1, '('));
        if (!sleeps) continue;
        const place = placeOf(file, i, i, `between ${map}() and ${tokens.text(release)}()`);
        const related = [
          { ...placeOf(file, call, call), what: 'mapped here' },
          { ...placeOf(file, release, release), what: 'released here' },
        ];
        found.push({ ...place, related });
      }
    }
  }
  return found;
}

export const kmapSleep: Hazard = {
  code: 'kmap-sleep',
  severity: 'error',
  why: 'This may sleep while an atomic mapping is held, and nobody may: the mapping is a slot of this CPU or an RCU read lock.',
  entry: 'kmap_atomic_pfn_t',
  words: Object.keys(PAIRS),
  find,
};
