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

type ColumnArray = Columns[keyof Columns];

function mapColumns(columns: Columns, change: (column: ColumnArray) => ColumnArray): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, change(column as ColumnArray)]),
  ) as unknown as Columns;
}

const FIRST_CAPACITY = 1024;

/**
 * Collects events, all of them or the last `keep`. Columns grow by doubling, up to `keep`, and are then written anew
 * from their start; one emit allocates nothing between growths.
 */
export class Recorder {
  private columns: Columns;
  private capacity: number;
  private readonly keep: number;
  /** Where the next event goes. */
  private at = 0;
  /** Events written before the present round through the columns. */
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
    this.keep = keep;
    this.capacity = Math.min(FIRST_CAPACITY, keep);
    this.columns = newColumns(this.capacity);
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
    if (!this.enabled) return;
    if (this.at === this.capacity) this.makeRoom();
    const i = this.at++;
    const to = this.columns;
    to.time[i] = time;
    to.name[i] = name;
    to.device[i] = device;
    to.object[i] = object;
    to.a[i] = a;
    to.b[i] = b;
    to.c[i] = c;
    to.d[i] = d;
    to.e[i] = e;
    to.note[i] = note;
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
      columns: mapColumns(this.columns, (column) => (full ? inOrder(column, at) : column.slice(0, at))),
    };
  }

  /** The columns are full: wider ones, or from the start again. */
  private makeRoom(): void {
    if (this.capacity === this.keep) {
      this.before += this.capacity;
      this.at = 0;
      return;
    }
    this.capacity = Math.min(this.capacity * 2, this.keep);
    const wider = newColumns(this.capacity);
    for (const key of Object.keys(wider) as (keyof Columns)[]) wider[key].set(this.columns[key]);
    this.columns = wider;
  }
}

/** A column that was written round and round, from the oldest event at `start` on. */
function inOrder(column: ColumnArray, start: number): ColumnArray {
  const ordered = column.slice();
  ordered.set(column.subarray(start));
  ordered.set(column.subarray(0, start), column.length - start);
  return ordered;
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
