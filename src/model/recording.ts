/**
 * What happened: a column store of events. The simulator writes one; an importer of a real trace writes one;
 * the same views read both.
 *
 * An event is 46 bytes: when, what (an index into `names`), on which device, to which object, five arguments
 * whose meaning the name tells, and a note (an index into `texts`; 0 is none).
 */
export const RECORDING_VERSION = 2;

/** `call`: a kernel function. `trace`: a tracepoint. `rule`: a refusal. `printk`: a kernel message. `oops`: the task dies. */
export const EVENT_KINDS = ['call', 'trace', 'rule', 'printk', 'oops'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What an event of this name means, and what its arguments a, b, c, d, e are (with units; '' when unused). */
export interface EventName {
  readonly name: string;
  readonly kind: EventKind;
  readonly args: readonly [string, string, string, string, string];
}

/** Bounds: a, b are float64 (addresses, pfns, sectors); c is uint32 (bytes, sectors); d is int32 (results, errno); e is uint32 (flags of the operation). */
export interface Columns {
  readonly time: Float64Array;
  readonly name: Uint16Array;
  readonly device: Int16Array;
  readonly object: Uint32Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Uint32Array;
  readonly d: Int32Array;
  readonly e: Uint32Array;
  readonly note: Uint16Array;
}

export interface Recording {
  /** `step`: order only, no durations. `ns`: nanoseconds. */
  readonly timeUnit: 'step' | 'ns';
  /** Where it came from: the flavour that was simulated, or the file that was read. */
  readonly source: string;
  /** True where a modelled rule rests on a reconstruction: the views must show the badge. */
  readonly reconstructed: boolean;
  readonly names: readonly EventName[];
  /** Device names; -1 in the column means none. */
  readonly devices: readonly string[];
  /** Texts for notes; entry 0 is the empty one. */
  readonly texts: readonly string[];
  readonly length: number;
  /** Events before the first one here that were not kept. */
  readonly dropped: number;
  readonly columns: Columns;
}

export const NO_DEVICE = -1;
/** The object of an event that belongs to no bio. */
export const NO_OBJECT = 0xffffffff;

function newColumns(capacity: number): Columns {
  return {
    time: new Float64Array(capacity),
    a: new Float64Array(capacity),
    b: new Float64Array(capacity),
    object: new Uint32Array(capacity),
    c: new Uint32Array(capacity),
    d: new Int32Array(capacity),
    e: new Uint32Array(capacity),
    name: new Uint16Array(capacity),
    device: new Int16Array(capacity),
    note: new Uint16Array(capacity),
  };
}

/**
 * How a Recorder keeps an event: three Float64 words (time, a, b), then six Int32 ones (object, c, d, e, name and
 * device, note). Together they are written where the processor has just written; apart they are ten places in memory.
 */
const DOUBLES = 6;
const WORDS = 2 * DOUBLES;

/** A log has never more events (it would have 3 GiB). Masked with it, an index needs no check for overflow. */
const MOST = 2 ** 26 - 1;

const FIRST_CAPACITY = 1024;

/**
 * Collects events, all of them or the last `keep`. The log grows by doubling, up to `keep` events, and is then written
 * anew from its start; one emit allocates nothing between growths.
 */
export class Recorder {
  private doubles: Float64Array;
  private words: Int32Array;
  private capacity: number;
  private readonly keep: number;
  /** Where the next event goes. */
  private at = 0;
  /** Events written before the present round through the log. */
  private before = 0;
  private readonly names: EventName[] = [];
  private readonly devices: string[] = [];
  private readonly texts: string[] = [''];
  private readonly textIndex = new Map<string, number>([['', 0]]);

  /** `enabled: false` keeps nothing: for benchmarks and for runs where only the outcome counts. */
  constructor(
    readonly enabled = true,
    { keep = Infinity }: { readonly keep?: number | undefined } = {},
  ) {
    this.keep = Math.min(keep, MOST);
    this.capacity = Math.min(FIRST_CAPACITY, keep);
    this.doubles = new Float64Array(this.capacity * DOUBLES);
    this.words = new Int32Array(this.doubles.buffer);
  }

  /** Registers a name and gives the id to emit it with. */
  define(name: EventName): number {
    return this.names.push(name) - 1;
  }

  addDevice(name: string): number {
    return this.devices.push(name) - 1;
  }

  /** The index of a note. At most 65,535 different ones; what comes later is recorded without its note. */
  text(text: string): number {
    const known = this.textIndex.get(text);
    if (known !== undefined) return known;
    if (this.texts.length > 0xffff) return 0;
    this.textIndex.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** A Recorder that is not enabled must not be asked to. `| 0`: they are stored as integers, and never as anything else. */
  emit(
    name: number,
    time: number,
    device: number,
    object: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    note: number,
  ): void {
    const at = this.at & MOST;
    const { doubles, words } = this;
    const i = at * DOUBLES;
    doubles[i] = time;
    doubles[i + 1] = a;
    doubles[i + 2] = b;
    const k = at * WORDS;
    words[k + 6] = object | 0;
    words[k + 7] = c | 0;
    words[k + 8] = d | 0;
    words[k + 9] = e | 0;
    words[k + 10] = name | (device << 16);
    words[k + 11] = note | 0;
    this.at = at + 1;
    // Last, so that nothing above has to be loaded again after it.
    if (at + 1 === this.capacity) this.makeRoom();
  }

  finish(about: Pick<Recording, 'timeUnit' | 'source' | 'reconstructed'>): Recording {
    const { at, capacity } = this;
    const full = this.before > 0;
    return {
      ...about,
      names: [...this.names],
      devices: [...this.devices],
      texts: [...this.texts],
      length: full ? capacity : at,
      dropped: full ? this.before - capacity + at : 0,
      columns: full ? this.columns(at, capacity) : this.columns(0, at),
    };
  }

  /** `count` events from the one at `start` on, around the log where it ends. */
  private columns(start: number, count: number): Columns {
    const { doubles, words, capacity } = this;
    const columns = newColumns(count);
    for (let n = 0; n < count; n++) {
      const at = start + n < capacity ? start + n : start + n - capacity;
      const i = at * DOUBLES;
      columns.time[n] = doubles[i]!;
      columns.a[n] = doubles[i + 1]!;
      columns.b[n] = doubles[i + 2]!;
      const k = at * WORDS;
      columns.object[n] = words[k + 6]!;
      columns.c[n] = words[k + 7]!;
      columns.d[n] = words[k + 8]!;
      columns.e[n] = words[k + 9]!;
      columns.name[n] = words[k + 10]!;
      columns.device[n] = words[k + 10]! >> 16;
      columns.note[n] = words[k + 11]!;
    }
    return columns;
  }

  /** The log is full: a wider one, or from the start again. */
  private makeRoom(): void {
    if (this.capacity === this.keep) {
      this.before += this.capacity;
      this.at = 0;
      return;
    }
    this.capacity = Math.min(this.capacity * 2, this.keep);
    const wider = new Float64Array(this.capacity * DOUBLES);
    wider.set(this.doubles);
    this.doubles = wider;
    this.words = new Int32Array(wider.buffer);
  }
}

/** One event as an object: for views and tests, never for loops over millions. */
export interface RecordedEvent {
  readonly index: number;
  readonly time: number;
  readonly name: EventName;
  readonly device: string | undefined;
  readonly object: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly note: string;
}

export function eventAt(recording: Recording, index: number): RecordedEvent {
  const { columns } = recording;
  const name = recording.names[columns.name[index] ?? -1];
  if (index < 0 || index >= recording.length || !name) throw new RangeError(`no event ${index}`);
  return {
    index,
    time: columns.time[index]!,
    name,
    device: recording.devices[columns.device[index]!],
    object: columns.object[index]!,
    a: columns.a[index]!,
    b: columns.b[index]!,
    c: columns.c[index]!,
    d: columns.d[index]!,
    e: columns.e[index]!,
    note: recording.texts[columns.note[index]!] ?? '',
  };
}

export function* events(recording: Recording): Generator<RecordedEvent> {
  for (let i = 0; i < recording.length; i++) yield eventAt(recording, i);
}
