import type { Place } from './memory-map/detail/navigate';

/** What a page remembers on its own, across being hidden: which tables are open, and where the map was. */
export interface Memory {
  readonly unfolded: readonly string[];
  readonly place: Place | undefined;
}

/** Reads what a page stored. Anything that is not what we write is as if nothing was there. */
export function readMemory(stored: unknown): Memory {
  const { unfolded, place } = isRecord(stored) ? stored : {};
  return {
    unfolded: Array.isArray(unfolded) ? unfolded.filter((item) => typeof item === 'string') : [],
    place: readPlace(place),
  };
}

function readPlace(stored: unknown): Place | undefined {
  if (!isRecord(stored) || !isRecord(stored['span'])) return undefined;
  const { cursor, span } = stored;
  const { from, pages } = span;
  return isCount(cursor) && isCount(from) && isCount(pages) ? { span: { from, pages }, cursor } : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
