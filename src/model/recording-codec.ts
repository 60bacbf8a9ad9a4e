import * as v from 'valibot';
import { EVENT_KINDS, RECORDING_VERSION, type Columns, type Recording } from './recording';

/**
 * Bytes of a Recording: `BIOREC` and a version (u16 LE), the length of the header (u32 LE), the header as
 * UTF-8 JSON padded to 8 bytes, then the columns, widest first, each without padding inside. Little-endian.
 */
const MAGIC = [0x42, 0x49, 0x4f, 0x52, 0x45, 0x43];
const PROLOGUE = 12;

/** Widest first, so that every column starts aligned when the first one does. */
const LAYOUT = [
  ['time', Float64Array],
  ['a', Float64Array],
  ['b', Float64Array],
  ['object', Uint32Array],
  ['c', Uint32Array],
  ['d', Int32Array],
  ['e', Uint32Array],
  ['name', Uint16Array],
  ['device', Int16Array],
  ['note', Uint16Array],
] as const satisfies readonly (readonly [keyof Columns, unknown])[];

const BYTES_PER_EVENT = LAYOUT.reduce((sum, [, Type]) => sum + Type.BYTES_PER_ELEMENT, 0);

const Header = v.strictObject({
  timeUnit: v.picklist(['step', 'ns']),
  source: v.string(),
  reconstructed: v.boolean(),
  names: v.array(
    v.strictObject({
      name: v.string(),
      kind: v.picklist(EVENT_KINDS),
      args: v.tuple([v.string(), v.string(), v.string(), v.string(), v.string()]),
    }),
  ),
  devices: v.array(v.string()),
  texts: v.pipe(v.array(v.string()), v.minLength(1)),
  length: v.pipe(v.number(), v.integer(), v.minValue(0)),
  dropped: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** Why bytes are not a Recording; the message says what was expected. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

export function encodeRecording(recording: Recording): Uint8Array<ArrayBuffer> {
  const { columns, ...header } = recording;
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = align8(PROLOGUE + json.length);
  const bytes = new Uint8Array(start + recording.length * BYTES_PER_EVENT);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(6, RECORDING_VERSION, true);
  view.setUint32(8, json.length, true);
  bytes.set(json, PROLOGUE);
  let at = start;
  for (const [key] of LAYOUT) {
    const column = columns[key];
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += column.byteLength;
  }
  return bytes;
}

/** Reads what `encodeRecording` wrote. Throws RecordingError on anything else: never a half-read Recording. */
export function decodeRecording(bytes: Uint8Array): Recording {
  if (bytes.length < PROLOGUE || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new RecordingError('not a Bioscope recording: it does not start with BIOREC');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(6, true);
  if (version !== RECORDING_VERSION) {
    throw new RecordingError(
      `recording version ${version}; expected ${RECORDING_VERSION}: update the older side`,
    );
  }
  const jsonLength = view.getUint32(8, true);
  if (PROLOGUE + jsonLength > bytes.length)
    throw new RecordingError('the recording is cut off inside its header');
  const header = readHeader(bytes.subarray(PROLOGUE, PROLOGUE + jsonLength));
  const start = align8(PROLOGUE + jsonLength);
  const expected = start + header.length * BYTES_PER_EVENT;
  if (bytes.length !== expected) {
    throw new RecordingError(`expected ${expected} bytes for ${header.length} events, got ${bytes.length}`);
  }
  // A copy, because the column views need an aligned buffer and the caller may reuse its bytes.
  const body = bytes.slice(start).buffer;
  let at = 0;
  const columns: Record<string, unknown> = {};
  for (const [key, Type] of LAYOUT) {
    columns[key] = new Type(body, at, header.length);
    at += header.length * Type.BYTES_PER_ELEMENT;
  }
  const recording = { ...header, columns: columns as unknown as Columns };
  checkIndices(recording);
  return recording;
}

function readHeader(bytes: Uint8Array): v.InferOutput<typeof Header> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RecordingError('the header of the recording is not JSON');
  }
  const parsed = v.safeParse(Header, value);
  if (!parsed.success)
    throw new RecordingError(`the header of the recording is wrong: ${parsed.issues[0].message}`);
  return parsed.output;
}

function checkIndices(recording: Recording): void {
  const { columns, names, devices, texts } = recording;
  for (let i = 0; i < recording.length; i++) {
    const device = columns.device[i]!;
    if (
      columns.name[i]! >= names.length ||
      device < -1 ||
      device >= devices.length ||
      columns.note[i]! >= texts.length
    ) {
      throw new RecordingError(`event ${i} points to a name, device or note that is not there`);
    }
  }
}

function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}
