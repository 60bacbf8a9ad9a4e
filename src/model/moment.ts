import * as v from 'valibot';
import { EVENT_KINDS, eventAt, type RecordedEvent, type Recording } from './recording';

/** A moment of a run by what happens there, never by a number: it stays true when the machine changes. */
export const MomentSchema = v.pipe(
  v.union([
    v.picklist(['start', 'end']),
    v.strictObject({
      event: v.optional(v.pipe(v.string(), v.description('Kernel function or tracepoint.'))),
      kind: v.optional(v.pipe(v.picklist(EVENT_KINDS), v.description('"rule": a refusal, split or delay.'))),
      device: v.optional(v.string()),
      says: v.optional(v.pipe(v.string(), v.description('Words of the rule or message.'))),
      error: v.optional(v.pipe(v.boolean(), v.description('Its result is a negative errno.'))),
      nth: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.check((n) => n >= 1 || n === -1, 'expected 1, 2, … or -1 for the last one'),
          v.description('Which of them; the first if absent, -1 is the last.'),
        ),
      ),
    }),
  ]),
  v.description('The first event that fits, or the start or end of the run.'),
);
export type Moment = v.InferOutput<typeof MomentSchema>;

/** Which events, of all there are, a condition names. */
function fits(event: RecordedEvent, wanted: Exclude<Moment, string>): boolean {
  return (
    (wanted.event === undefined || event.name.name === wanted.event) &&
    (wanted.kind === undefined || event.name.kind === wanted.kind) &&
    (wanted.device === undefined || event.device === wanted.device) &&
    (wanted.says === undefined || event.note.includes(wanted.says)) &&
    (wanted.error !== true || event.d < 0)
  );
}

/** The moment's event by its index; -1 before the first one; `undefined` where the run has no such moment. */
export function findMoment(recording: Recording, moment: Moment): number | undefined {
  if (moment === 'start') return -1;
  if (moment === 'end') return recording.length - 1;
  const { nth = 1 } = moment;
  let left = Math.abs(nth);
  const [from, step] = nth < 0 ? [recording.length - 1, -1] : [0, 1];
  for (let i = from; i >= 0 && i < recording.length; i += step) {
    if (fits(eventAt(recording, i), moment) && --left === 0) return i;
  }
  return undefined;
}

/** `the 2nd block_split on dm-0`: a condition for people, where it was not met. */
export function momentText(moment: Moment): string {
  if (typeof moment === 'string') return `the ${moment} of the run`;
  const { event = moment.kind ?? 'event', device, says, error, nth = 1 } = moment;
  const which = nth === -1 ? 'last ' : nth === 1 ? '' : `${nth}. `;
  return [
    `the ${which}${event}`,
    ...(device === undefined ? [] : [`on ${device}`]),
    ...(says === undefined ? [] : [`that says “${says}”`]),
    ...(error === true ? ['that fails'] : []),
  ].join(' ');
}
