import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument, writeDocument } from '../../../../src/model/document';
import { generateWorkload, stepsOf } from '../../../../src/model/script/generate';
import { parseScript } from '../../../../src/model/script/parse';
import { printScript } from '../../../../src/model/script/print';
import { Zipf } from '../../../../src/model/script/zipf';
import { randomOf } from '../../../../src/model/script/generate';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import { mutated, randomFrom } from '../../capture/mutate';

const MACHINE: MachineSpec = {
  name: 'm',
  kernel: { flavour: '4.1' },
  memory: { ranges: [{ start: '0x0', end: '0x10000000', kind: 'ram', name: 'System RAM' }] },
  devices: [{ name: 'ram0', driver: 'brd', sectors: 65536 }],
};

const SCRIPT = `# everything the language has
device ram0
seed 7
sequential write 16 of 8k from 1M sync
random read 20 within 4M zipf 1.1 batch 4
mixed 30 of 4k within 1M reads 70 fsync every 10 fua
write 64k of 512
read 64k meta
discard 1M of 64k
flush
repeat 3 {
  random write 2 within 64k ahead
  repeat 2 {
    flush
  }
}`;

function parsed(text: string) {
  const read = parseScript(text);
  if (!read.ok) throw new Error(read.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return read.statements;
}

describe('the language of workloads', () => {
  it('gives the I/Os that its statements stand for', () => {
    const { ios, cut } = generateWorkload(parsed(SCRIPT), MACHINE);
    expect(cut).toBe(false);
    expect(ios).toHaveLength(16 + 20 + 33 + 4 + 3 * 4);
    expect(ios[0]).toMatchObject({ op: 'write', sector: 2048, flags: ['sync'] });
    expect(ios[0]!.vecs).toHaveLength(2);
    expect(new Set(ios.slice(16, 20).map(({ batch }) => batch)).size).toBe(1);
    expect(ios.filter(({ flags }) => flags?.includes('flush'))).toHaveLength(3 + 1 + 6);
    const all = ios.filter((io) => io.op !== 'discard' && io.vecs.length > 0);
    for (const io of all) expect(io.sector * 512 + 8192).toBeLessThanOrEqual(8 * 2 ** 20);
  });

  it('gives the same for the same seed, and else for another', () => {
    const of = (seed: number) => [...stepsOf(parsed(`seed ${seed}\nrandom read 50 within 1G`), 'd')];
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });

  it.each([
    ['random write 10', 1, 'within'],
    ['device', 1, 'name of a disk'],
    ['sequential write none', 1, 'how many I/Os'],
    ['\nwrite 100', 2, 'multiple of 512'],
    ['write 4k of 2M', 1, 'one I/O has'],
    ['wirte 4k', 1, 'is no statement'],
    ['mixed 3 within 1M', 1, 'reads PERCENT'],
    ['flush now', 1, 'should end'],
    ['repeat 2 {\nflush', 1, '"}"'],
    ['}', 1, 'no repeat'],
    ['random read 5 within 1M zipf x', 1, 'skew'],
    ['discard 0 4k', 1, '"of"'],
  ])('says where %j is wrong, and what was expected', (text, line, words) => {
    const read = parseScript(text);
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.problems[0]!.line).toBe(line);
    expect(read.problems[0]!.message).toContain(words);
  });

  it('is never thrown at, and either way says something, whatever is wrong with it', () => {
    const lines = SCRIPT.split('\n');
    for (let seed = 0; seed < 20_000; seed++) {
      const read = parseScript(mutated(lines, randomFrom(seed)));
      if (!read.ok) expect(read.problems.every(({ line, message }) => line > 0 && message !== '')).toBe(true);
    }
  });

  it('prints a workload so that it reads the same', () => {
    const io = fc.record({
      op: fc.constantFrom('read' as const, 'write' as const),
      sector: fc.integer({ min: 0, max: 2 ** 30 }),
      size: fc.integer({ min: 1, max: 64 }),
      flags: fc.uniqueArray(fc.constantFrom('sync' as const, 'meta' as const, 'rahead' as const)),
    });
    fc.assert(
      fc.property(fc.array(io), (ios) => {
        const workload = ios.map(({ size, ...rest }) => ({
          ...rest,
          device: 'ram0',
          add: 'bio_add_page' as const,
          vecs: [{ pfn: '0x100', offset: 0, len: size * 512 }],
        }));
        const steps = [...stepsOf(parsed(printScript(workload)), 'ram0')];
        expect(
          steps.map(({ op, offset, size, flags }) => ({ op, offset, size, flags: [...flags].sort() })),
        ).toEqual(
          ios.map(({ op, sector, size, flags }) => ({
            op,
            offset: sector * 512,
            size: size * 512,
            flags: [...flags].sort(),
          })),
        );
      }),
    );
  });

  it('skews as zipf says', () => {
    const zipf = new Zipf(1000, 1);
    const random = randomOf(5);
    const counts = new Map<number, number>();
    for (let i = 0; i < 100_000; i++) {
      const place = zipf.next(random);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    const [first, second] = [...counts.values()].sort((a, b) => b - a);
    expect([...counts.keys()].every((place) => place >= 0 && place < 1000)).toBe(true);
    // The first of 1000 has 1 / H(1000) = 13.4 % of all, the second half of that.
    expect(first! / 100_000).toBeCloseTo(0.134, 1);
    expect(first! / second!).toBeCloseTo(2, 0);
  });
});

describe('a document with a script', () => {
  const document = { bioscope: 1, machine: MACHINE, script: ['device ram0', 'sequential write 3', 'flush'] };

  it('has it as its workload, and is written as it was', () => {
    const read = readDocument(JSON.stringify(document));
    expect(read.ok && read.document.workload).toHaveLength(4);
    expect(read.ok && JSON.parse(writeDocument(read.document))).toEqual(document);
  });

  it('is refused where the script is wrong, at its line', () => {
    const text = JSON.stringify({ ...document, script: ['device ram0', 'write x'] }, null, 1);
    const read = readDocument(text);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.problems[0]!.message).toMatch(/^script, line 2: expected an offset/);
    expect(!read.ok && text.split('\n')[read.problems[0]!.line - 1]).toContain('write x');
  });
});
