import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument, writeDocument } from '../../../src/model/document';
import { documents, machine } from '../arbitraries';

const good = { bioscope: 1, machine: machine({ flavour: '4.1' }) };

function problems(value: unknown) {
  const read = readDocument(JSON.stringify(value, null, 2));
  if (read.ok) throw new Error('expected problems');
  return read.problems;
}

describe('documents', () => {
  it('read back what was written', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(readDocument(writeDocument(document))).toEqual({ ok: true, document, warnings: [] });
      }),
    );
  });

  it('never throw on any text, and point inside it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.json(),
      documents.chain((d) => {
        const whole = writeDocument(d);
        return fc
          .tuple(fc.nat(whole.length), fc.string())
          .map(([at, junk]) => whole.slice(0, at) + junk + whole.slice(at + 3));
      }),
    );
    fc.assert(
      fc.property(text, (t) => {
        const read = readDocument(t);
        if (read.ok) return;
        expect(read.problems.length).toBeGreaterThan(0);
        for (const p of read.problems) {
          expect(p.line).toBeGreaterThanOrEqual(1);
          expect(p.end).toBeLessThanOrEqual(t.length);
          expect(p.message).not.toBe('');
        }
      }),
    );
  });

  it('accept comments and trailing commas, as people write them', () => {
    const text = `// mine\n${JSON.stringify(good, null, 2).replace(/\n}$/, ',\n}')}`;
    expect(readDocument(text).ok).toBe(true);
  });

  it('say where a wrong address stands and what was expected', () => {
    const bad = structuredClone(good);
    bad.machine.memory.ranges[1]!.start = '40000000';
    const [problem] = problems(bad);
    expect(problem!.message).toContain('machine.memory.ranges.1.start: expected a hexadecimal address');
    const lines = JSON.stringify(bad, null, 2).split('\n');
    expect(lines[problem!.line - 1]).toContain('"40000000"');
  });

  it.each([
    [
      'overlap',
      (d: typeof good) => (d.machine.memory.ranges[1]!.start = '0x200000'),
      /inside the one before it/,
    ],
    [
      'an empty range',
      (d: typeof good) => (d.machine.memory.ranges[0]!.end = '0x100000'),
      /not after its start/,
    ],
    [
      'pmem where none is',
      (d: typeof good) => Object.assign(d.machine.devices![0]!, { start: '0x100000', end: '0x200000' }),
      /no pmem range/,
    ],
    [
      'two devices of one name',
      (d: typeof good) => (d.machine.devices![1]!.name = 'pmem0'),
      /two devices named pmem0/,
    ],
    [
      'an unknown device',
      (d: typeof good) => Object.assign(d, { workload: [io({ device: 'sda' })] }),
      /no device named sda \(devices: pmem0, ram0\)/,
    ],
    [
      'a vector over a page',
      (d: typeof good) => Object.assign(d, { workload: [io({ offset: 512 })] }),
      /leaves the page/,
    ],
    [
      'half a sector',
      (d: typeof good) => Object.assign(d, { workload: [io({ len: 100 })] }),
      /whole sectors/,
    ],
    [
      'bio_add_pfn before the series',
      (d: typeof good) => Object.assign(d, { workload: [io({ add: 'bio_add_pfn' })] }),
      /came with the series/,
    ],
  ])('refuse %s', (_, change, message) => {
    const bad = structuredClone(good);
    change(bad);
    expect(
      problems(bad)
        .map((p) => p.message)
        .join('\n'),
    ).toMatch(message);
  });

  it('refuse a newer version by name, and something else entirely', () => {
    expect(problems({ ...good, bioscope: 2 })[0]!.message).toMatch(/version 2.*update the extension/);
    expect(problems({ hello: 1 })[0]!.message).toMatch(/"bioscope": 1/);
    expect(problems([])[0]!.message).toMatch(/"bioscope": 1/);
  });

  it('warn, not refuse, when a 4.1 kernel meets device pages', () => {
    const odd = structuredClone(good);
    odd.machine.memory.ranges[1]!.structPages = 'mem';
    const read = readDocument(JSON.stringify(odd));
    expect(read.ok && read.warnings[0]!.message).toMatch(/ZONE_DEVICE/);
  });
});

function io(change: { device?: string; offset?: number; len?: number; add?: string }) {
  const { device = 'pmem0', offset = 0, len = 4096, add = 'bio_add_page' } = change;
  return { op: 'write', device, sector: 0, add, vecs: [{ pfn: '0x100', offset, len }] };
}
