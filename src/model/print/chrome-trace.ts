import { narrate } from '../narrate';
import { NO_DEVICE, NO_OBJECT, eventAt, type RecordedEvent, type Recording } from '../recording';

/** One event of the Trace Event Format, which Perfetto and chrome://tracing open. `ts` is in microseconds. */
export interface ChromeEvent {
  readonly name: string;
  /** M: metadata. b, e: begin and end of an asynchronous slice. i: an instant. */
  readonly ph: 'M' | 'b' | 'e' | 'i';
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly cat?: string;
  readonly id?: string;
  /** Of an instant: its thread. */
  readonly s?: 't';
  readonly args?: Readonly<Record<string, string | number>>;
}

export interface ChromeTrace {
  readonly displayTimeUnit: 'ns';
  readonly otherData: Readonly<Record<string, string>>;
  readonly traceEvents: readonly ChromeEvent[];
}

const PROCESS = 1;
/** What belongs to no device. */
const TASK = 1;
const thread = (device: number) => (device === NO_DEVICE ? TASK : device + 2);

/** Where a bio comes to be, and where it ends; and the same of a request. */
const BIO_BEGINS = new Set(['submit_bio', 'bio_clone', 'bio_split']);
const BIO_ENDS = 'bio_endio';
const REQUEST_BEGINS = 'block_rq_issue';
const REQUEST_ENDS = 'block_rq_complete';

/**
 * A Recording for Perfetto: a thread a device; each bio, and each request at its device, as an asynchronous slice; every
 * event as an instant with its sentence. A tick of the clock is a nanosecond. What never ends, ends with the trace.
 */
export function chromeTrace(recording: Recording): ChromeTrace {
  const traceEvents: ChromeEvent[] = [
    named('process_name', TASK, `Bioscope: ${recording.source}`),
    named('thread_name', TASK, 'task'),
    ...recording.devices.map((device, n) => named('thread_name', thread(n), device)),
  ];
  const open = new Map<string, ChromeEvent>();
  let last = 0;
  const begin = (event: RecordedEvent, tid: number, cat: string, number: number) => {
    const id = `${cat} ${number}`;
    if (open.has(id)) return;
    const slice: ChromeEvent = { name: id, cat, id, ph: 'b', pid: PROCESS, tid, ts: event.time / 1000 };
    open.set(id, slice);
    traceEvents.push({ ...slice, args: { says: narrate(event) } });
  };
  const end = (id: string, ts: number, args: ChromeEvent['args']) => {
    const slice = open.get(id);
    if (!slice) return;
    open.delete(id);
    traceEvents.push({ ...slice, ph: 'e', ts, ...(args ? { args } : {}) });
  };
  for (let i = 0; i < recording.length; i++) {
    const event = eventAt(recording, i);
    const { name, object, b, d } = event;
    const tid = thread(recording.columns.device[i]!);
    last = event.time / 1000;
    if (BIO_BEGINS.has(name.name) && object !== NO_OBJECT) begin(event, tid, 'bio', object);
    if (name.name === REQUEST_BEGINS) begin(event, tid, 'request', b);
    traceEvents.push(instant(event, tid, last));
    if (name.name === REQUEST_ENDS) end(`request ${b}`, last, { error: d });
    if (name.name === BIO_ENDS) end(`bio ${object}`, last, { error: d });
  }
  for (const id of [...open.keys()]) end(id, last, { unfinished: 'it never ends in this run' });
  return {
    displayTimeUnit: 'ns',
    otherData: {
      source: recording.source,
      ...(recording.reconstructed ? { reconstructed: 'rests on a reconstruction' } : {}),
    },
    traceEvents,
  };
}

function instant(event: RecordedEvent, tid: number, ts: number): ChromeEvent {
  const { name, a, b, c, d, e, note } = event;
  const values = [a, b, c, d, e];
  const named = name.args.flatMap((arg, n) => (arg === '' ? [] : [[arg, values[n]!] as const]));
  return {
    name: name.name,
    cat: name.kind,
    ph: 'i',
    s: 't',
    pid: PROCESS,
    tid,
    ts,
    args: { says: narrate(event), ...Object.fromEntries(named), ...(note === '' ? {} : { rule: note }) },
  };
}

function named(name: 'process_name' | 'thread_name', tid: number, value: string): ChromeEvent {
  return { name, ph: 'M', pid: PROCESS, tid, ts: 0, args: { name: value } };
}
