import { SERIES_LINES } from '../../catalogue/series/lines';
import { subsystemOf } from './subsystem';

/** What the series of 2015 changed: by file, and by today's names of subsystems. */

export interface SeriesChange {
  readonly files: number;
  /** Added and removed together. */
  readonly lines: number;
}

const NOTHING: SeriesChange = { files: 0, lines: 0 };

const BY_SUBSYSTEM = new Map<string, SeriesChange>();
for (const [path, lines] of Object.entries(SERIES_LINES)) {
  const name = subsystemOf(path);
  const before = BY_SUBSYSTEM.get(name) ?? NOTHING;
  BY_SUBSYSTEM.set(name, { files: before.files + 1, lines: before.lines + lines });
}

export const seriesIn = (subsystem: string): SeriesChange => BY_SUBSYSTEM.get(subsystem) ?? NOTHING;

/** @returns lines; undefined for a file that the series did not touch */
export const seriesLinesOf = (path: string): number | undefined =>
  Object.hasOwn(SERIES_LINES, path) ? SERIES_LINES[path] : undefined;
