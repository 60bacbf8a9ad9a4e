import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFtrace } from '../../../src/capture/trace/ftrace';
import { simulate } from '../../../src/engine/machine';
import { deviceNumbers } from '../../../src/model/device-number';
import { readDocument } from '../../../src/model/document';
import { narrate } from '../../../src/model/narrate';
import { blkparseLines } from '../../../src/model/print/blkparse';
import { blockEvents, type BlockEvent } from '../../../src/model/print/block-event';
import { chromeTrace, type ChromeEvent } from '../../../src/model/print/chrome-trace';
import { csvLines } from '../../../src/model/print/csv';
import { ftraceLines } from '../../../src/model/print/ftrace';
import { Recorder, events } from '../../../src/model/recording';

/** Every document that comes with Bioscope and has a workload, as it runs. */
const folder = join(__dirname, '../../../media/presets');
const runs = readdirSync(folder).flatMap((file) => {
  if (!file.endsWith('.bioscope.json')) return [];
  const read = readDocument(readFileSync(join(folder, file), 'utf8'));
  if (!read.ok || !read.document.workload) return [];
  const { machine, workload } = read.document;
  const { flavour } = machine.kernel;
  const options = { flavour, numbers: deviceNumbers(machine.devices ?? [], flavour) };
  return [{ file, recording: simulate(machine, workload).recording, options }];
});

/** RFC 4180, read by another hand: quotes, doubled quotes, line ends within quotes. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (let i = 0; i < text.length;) {
    const quoted = text[i] === '"';
    let value = '';
    if (quoted) {
      for (i++; !(text[i] === '"' && text[i + 1] !== '"'); i++) {
        if (text[i] === '"') i++;
        value += text[i]!;
      }
      i++;
    } else while (i < text.length && !',\r'.includes(text[i]!)) value += text[i++]!;
    rows.at(-1)!.push(value);
    if (text[i] === '\r') {
      i++;
      if (i + 1 < text.length) rows.push([]);
    }
    i++;
  }
  return rows;
}

describe('events as CSV', () => {
  it.each(runs)('$file: every event with its numbers and its sentence', ({ recording }) => {
    const [header, ...rows] = readCsv([...csvLines(recording)].join(''));
    expect(header).toHaveLength(13);
    expect(rows).toHaveLength(recording.length);
    const all = [...events(recording)];
    rows.forEach((row, n) => {
      const event = all[n]!;
      expect(row).toHaveLength(13);
      expect(row[2]).toBe(event.device ?? '');
      expect(row.slice(5, 11)).toEqual([
        event.name.name,
        ...[event.a, event.b, event.c, event.d, event.e].map(String),
      ]);
      expect(row[11]).toBe(event.note);
      expect(row[12]).toBe(narrate(event));
    });
  });

  it('quotes what has commas and quotes, and hands over no formulas', () => {
    const recorder = new Recorder();
    const args = ['', '', '', '', ''] as const;
    const name = recorder.define({ name: 'printk', kind: 'printk', args });
    recorder.emit(name, 1, -1, 0, 0, 0, 0, 0, 0, recorder.text('a, "b"\nc'));
    recorder.emit(name, 2, -1, 0, 0, 0, 0, 0, 0, recorder.text('=1+1'));
    const recording = recorder.finish({ timeUnit: 'step', source: '', reconstructed: false });
    const rows = readCsv([...csvLines(recording)].join(''));
    expect(rows[1]![11]).toBe('a, "b"\nc');
    expect(rows[2]![11]).toBe("'=1+1");
  });
});

describe('a Chrome trace', () => {
  it.each(runs)('$file: has the structure that Perfetto reads', ({ recording }) => {
    const trace = JSON.parse(JSON.stringify(chromeTrace(recording))) as { traceEvents: ChromeEvent[] };
    const { traceEvents } = trace;
    const threads = new Set(traceEvents.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid));
    const open = new Set<string>();
    let last = 0;
    for (const event of traceEvents) {
      expect(event.pid).toBe(1);
      expect([typeof event.name, typeof event.ts]).toEqual(['string', 'number']);
      if (event.ph === 'M') continue;
      expect(threads.has(event.tid)).toBe(true);
      expect(event.ts).toBeGreaterThanOrEqual(last);
      last = event.ts;
      if (event.ph === 'i') expect(event.s).toBe('t');
      else if (event.ph === 'b') {
        expect(open.has(event.id!)).toBe(false);
        open.add(event.id!);
      } else expect(open.delete(event.id!)).toBe(true);
    }
    expect([...open]).toEqual([]);
    expect(traceEvents.filter(({ ph }) => ph === 'i')).toHaveLength(recording.length);
  });
});

describe('block events as text', () => {
  it.each(runs)('$file: ftrace text comes back as the same events', ({ recording, options, file }) => {
    const problems: never[] = [];
    const read = readFtrace([...ftraceLines(recording, options)], 1, file, problems);
    expect(problems).toEqual([]);
    const micros = (event: BlockEvent) => ({ ...event, time: Math.floor(event.time / 1000) });
    // A split and a request that is done are printed without a length; a plug is of a task, not of a device.
    const gone = (event: BlockEvent) => ({
      ...event,
      ...(/^block_(io_done|split)$/.test(event.name) ? { sectors: 0 } : {}),
      ...(/plug$/.test(event.name) ? { device: '' } : {}),
    });
    const expected = [...blockEvents(recording, options)].map(({ event }) => micros(gone(event)));
    const found = read.map(({ block }) => ({ ...block!, time: Math.round(block!.time / 1000) }));
    const errorless = (all: BlockEvent[]) =>
      all.map((event) => (/complete|requeue/.test(event.name) ? event : { ...event, error: 0 }));
    expect(errorless(found)).toEqual(errorless(expected));
  });

  const LINE = /^\s*(\d+),(\d+)\s+0\s+(\d+)\s+\d+\.\d{9}\s+1\s+([A-Z]+)\s+(\S+) ?(.*)$/;
  const TAILS: Readonly<Record<string, RegExp>> = {
    A: /^\d+ \+ \d+ <- \(\d+,\d+\) \d+$/,
    X: /^\d+ \/ \d+ \[bioscope\]$/,
    C: /^\d+(?: \+ \d+)? \[-?\d+\]$/,
    U: /^\[bioscope\] \d+$/,
    P: /^\[bioscope\]$/,
  };
  it.each(runs)('$file: blkparse text is line by line what blkparse prints', ({ recording, options }) => {
    let sequence = 0;
    for (const line of blkparseLines(recording, options)) {
      const match = LINE.exec(line);
      expect(match, line).not.toBeNull();
      const [, , , number, action, rwbs, tail] = match!;
      expect(Number(number)).toBe(++sequence);
      expect(rwbs).toMatch(/^[FDWRNASME]{1,6}$/);
      expect(tail).toMatch(TAILS[action!] ?? /^(?:\d+ \+ \d+ )?\[bioscope\]$/);
    }
    const printed = [...blockEvents(recording, options)].filter(
      ({ event }) => !/^block_(io_|rq_merge)/.test(event.name),
    );
    expect(sequence).toBe(printed.length);
  });
});
