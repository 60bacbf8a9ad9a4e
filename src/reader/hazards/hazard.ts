import type { CFile } from '../c-file';

/** How much it matters by default: an `error` cannot work without a struct page, an `info` may be all right. */
export type Severity = 'error' | 'warning' | 'info';

/** One place in a file. Offsets are UTF-16 units, the end exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** What is special about this place; the hazard's own sentence is said anyway. */
  readonly detail?: string;
  /** Other places that it takes to understand this one. */
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly start: number;
  readonly end: number;
  readonly what: string;
}

/** A habit of kernel code that breaks, or leaks, where memory has no `struct page`. */
export interface Hazard {
  /** Short and stable, for settings and reports. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: what goes wrong. */
  readonly why: string;
  /** The entry of the catalogue that tells the rest. */
  readonly entry: string;
  /** A file without any of these words has none of it. */
  readonly words: readonly string[];
  readonly find: (file: CFile) => readonly Place[];
}

/** A place that runs from one token to another; just the first where the other, a mate, has not been typed. */
export function placeOf(file: CFile, first: number, last: number, detail?: string): Place {
  const place = { start: file.tokens.start(first), end: file.tokens.end(Math.max(first, last)) };
  return detail === undefined ? place : { ...place, detail };
}
