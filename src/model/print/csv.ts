import { narrate } from '../narrate';
import { NO_OBJECT, events, type Recording } from '../recording';

const HEADER = [
  'event',
  'time',
  'device',
  'bio',
  'kind',
  'name',
  'a',
  'b',
  'c',
  'd',
  'e',
  'rule',
  'sentence',
];

/**
 * Every event of a Recording as CSV (RFC 4180, lines end in CRLF). `time` is in the Recording's own unit, which the
 * header names; what a, b, c, d and e are depends on the name.
 */
export function* csvLines(recording: Recording): Generator<string> {
  yield row(HEADER.map((name) => (name === 'time' ? `time (${recording.timeUnit})` : name)));
  for (const event of events(recording)) {
    const { index, time, device = '', object, name, a, b, c, d, e, note } = event;
    const bio = object === NO_OBJECT ? '' : object;
    yield row([
      recording.dropped + index + 1,
      time,
      device,
      bio,
      name.kind,
      name.name,
      a,
      b,
      c,
      d,
      e,
      note,
      narrate(event),
    ]);
  }
}

function row(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Numbers stay numbers. A text that a spreadsheet would take for a formula is given to it as text. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
