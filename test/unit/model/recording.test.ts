import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, Recorder, eventAt, events, type Recording } from '../../../src/model/recording';
import { RecordingError, decodeRecording, encodeRecording } from '../../../src/model/recording-codec';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const recordings: fc.Arbitrary<Recording> = fc
  .record({
    names: fc.array(
      fc.record({
        name: text,
        kind: fc.constantFrom(...EVENT_KINDS),
        args: fc.tuple(text, text, text, text, text),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    devices: fc.array(text, { maxLength: 3 }),
    rows: fc.array(
      fc.record({
        name: fc.nat(),
        device: fc.nat(),
        object: fc.nat(),
        a: fc.double({ noNaN: true }),
        b: fc.double({ noNaN: true }),
        c: fc.nat(),
        d: fc.integer(),
        e: fc.nat(),
        note: text,
      }),
    ),
    reconstructed: fc.boolean(),
  })
  .map(({ names, devices, rows, reconstructed }) => {
    const recorder = new Recorder();
    for (const name of names) recorder.define(name);
    for (const device of devices) recorder.addDevice(device);
    rows.forEach((r, time) => {
      const device = devices.length === 0 ? -1 : r.device % devices.length;
      recorder.emit(
        r.name % names.length,
        time,
        device,
        r.object,
        r.a,
        r.b,
        r.c,
        r.d,
        r.e,
        recorder.text(r.note),
      );
    });
    return recorder.finish({ timeUnit: 'step', source: 'test', reconstructed });
  });

describe('recordings', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(recordings, (r) => {
        expect(decodeRecording(encodeRecording(r))).toEqual(r);
      }),
    );
  });

  it('decode from any place in a larger buffer', () => {
    fc.assert(
      fc.property(recordings, fc.nat(9), (r, offset) => {
        const bytes = encodeRecording(r);
        const larger = new Uint8Array(bytes.length + 20);
        larger.set(bytes, offset);
        expect(decodeRecording(larger.subarray(offset, offset + bytes.length))).toEqual(r);
      }),
    );
  });

  it('refuse every truncation and any damaged index, and never half-read', () => {
    fc.assert(
      fc.property(recordings, fc.double({ min: 0, max: 0.999, noNaN: true }), (r, part) => {
        const bytes = encodeRecording(r);
        expect(() => decodeRecording(bytes.subarray(0, Math.floor(bytes.length * part)))).toThrow(
          RecordingError,
        );
      }),
    );
  });

  it('refuse or read random damage without any other error', () => {
    fc.assert(
      fc.property(recordings, fc.nat(), fc.nat(255), (r, at, value) => {
        const bytes = encodeRecording(r);
        bytes[at % bytes.length] = value;
        try {
          for (const _ of events(decodeRecording(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('name the version they cannot read', () => {
    const bytes = encodeRecording(
      new Recorder().finish({ timeUnit: 'ns', source: '', reconstructed: false }),
    );
    bytes[6] = 9;
    expect(() => decodeRecording(bytes)).toThrow(/version 9; expected 2/);
  });

  it('take 46 bytes an event and grow past their first size', () => {
    const recorder = new Recorder();
    recorder.define({ name: 'x', kind: 'call', args: ['', '', '', '', ''] });
    for (let i = 0; i < 3000; i++) recorder.emit(0, i, -1, i, i * 2 ** 40, 0, i, -i, i, 0);
    const recording = recorder.finish({ timeUnit: 'step', source: '', reconstructed: false });
    const empty = new Recorder();
    empty.define({ name: 'x', kind: 'call', args: ['', '', '', '', ''] });
    const none = encodeRecording(empty.finish({ timeUnit: 'step', source: '', reconstructed: false })).length;
    expect(encodeRecording(recording).length - none).toBeLessThanOrEqual(3000 * 46 + 8);
    expect(eventAt(recording, 2999)).toMatchObject({
      time: 2999,
      a: 2999 * 2 ** 40,
      d: -2999,
      device: undefined,
    });
  });

  it('keep the last events only, in order, where they were told to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(9000), (keep, emitted) => {
        const recorder = new Recorder(true, { keep });
        recorder.define({ name: 'x', kind: 'call', args: ['', '', '', '', ''] });
        for (let i = 0; i < emitted; i++) recorder.emit(0, i, -1, i, i, 0, 0, 0, 0, 0);
        const recording = recorder.finish({ timeUnit: 'step', source: '', reconstructed: false });
        const kept = Math.min(keep, emitted);
        const first = emitted - kept;
        expect([recording.dropped, recording.length]).toEqual([first, kept]);
        const wanted = Float64Array.from({ length: kept }, (_, i) => first + i);
        expect(recording.columns.time).toEqual(wanted);
        expect(recording.columns.a).toEqual(wanted);
      }),
    );
  });
});
