import type { Severity, UsePlace } from '../../reader/audit';

/** Which uses of an audit are shown. */

/** `none`: a use that is no hazard. */
export type Level = Severity | 'none';
export const LEVELS: readonly Level[] = ['error', 'warning', 'info', 'none'];

/** An empty list lets everything through. */
export interface AuditFilter {
  readonly levels: readonly Level[];
  readonly codes: readonly string[];
  readonly kinds: readonly string[];
  readonly subsystems: readonly string[];
  /** Words that must all occur in the path, the name, the kind or the codes. */
  readonly text: string;
}

/** Hazards are what people audit for; uses that are none are there for the asking. */
export const HAZARDS_ONLY: AuditFilter = {
  levels: ['error', 'warning', 'info'],
  codes: [],
  kinds: [],
  subsystems: [],
  text: '',
};

export const levelOf = (place: UsePlace): Level => place.severity ?? 'none';

export function isDefault(filter: AuditFilter): boolean {
  return JSON.stringify(filter) === JSON.stringify(HAZARDS_ONLY);
}

/** @returns whether a use in a file of a subsystem is shown */
export function filterOf(filter: AuditFilter): (subsystem: string, path: string, place: UsePlace) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (list: readonly string[], one: string) => list.length === 0 || list.includes(one);
  return (subsystem, path, place) => {
    if (!has(filter.levels, levelOf(place)) || !has(filter.kinds, place.kind)) return false;
    if (!has(filter.subsystems, subsystem)) return false;
    if (filter.codes.length > 0 && !place.codes.some((code) => filter.codes.includes(code))) return false;
    if (words.length === 0) return true;
    const text = `${path} ${place.name} ${place.kind} ${place.codes.join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

/** What the filter says, for people; empty for the one that is there at first. */
export function filterText(filter: AuditFilter): string {
  const levels = filter.levels.length === LEVELS.length || filter.levels.length === 0 ? [] : filter.levels;
  const shown = isSame(levels, HAZARDS_ONLY.levels) ? [] : levels;
  const parts = [shown, filter.codes, filter.kinds, filter.subsystems].map((list) => list.join(', '));
  return [...parts, filter.text === '' ? '' : `“${filter.text}”`].filter(Boolean).join(' · ');
}

const isSame = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
