import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTraceFile, traceCase } from '../../../../src/capture/trace';
import { mutated, randomFrom } from '../mutate';

const CAPTURES = join(__dirname, '../../../agreement/captures');
const INPUTS = 50_000;
const TRACES = [
  ['captures-2015/plain-4.1.3/traces/sda-eod.txt', '4.1'],
  ['captures-2015/plain-4.1.3/traces/dm-linear-pmem.txt', '4.1'],
  ['captures-2015/stacks-4.1.3/traces/partitions.txt', '4.1'],
  ['captures/run612-pc/06-dm-linear-concat-cross-boundary.trace.txt', '6.12'],
  ['captures/run612-pc/08-md-raid1-write-16k.trace.txt', '6.12'],
] as const;
const CONTEXT = { name: 'fuzz', beside: [], siblings: [], pmemPages: false };

describe('traces', () => {
  it.each(TRACES)(
    '%s: broken ones are read or refused with line and reason, never thrown at',
    (path, flavour) => {
      const lines = readFileSync(join(CAPTURES, path), 'utf8').split('\n');
      const header = lines.findIndex((line) => /^# (?:trace:|entries)/.test(line));
      // Few lines of each part, so that a change is likely to hit something that matters.
      const small = [
        ...lines.slice(0, header).filter((_, i) => i % 3 === 0),
        ...lines.slice(header, header + 40),
      ];
      let refused = 0;
      for (let seed = 0; seed < INPUTS; seed++) {
        const text = mutated(small, randomFrom(seed));
        try {
          const read = readTraceFile(text, 'fuzz');
          if (read.ok) {
            const made = traceCase(read.value, { ...CONTEXT, kernel: { flavour } });
            if (typeof made === 'string') refused++;
          } else {
            refused++;
            expect(read.problems.length).toBeGreaterThan(0);
            for (const { line, message } of read.problems) expect(line >= 1 && message !== '').toBe(true);
          }
        } catch (error) {
          throw new Error(`input ${seed}: ${JSON.stringify(text)}`, { cause: error });
        }
      }
      expect(refused).toBeGreaterThan(INPUTS / 1000);
    },
    300_000,
  );

  it('a huge line and a huge file come to an end', () => {
    const path = join(CAPTURES, 'captures/run612-pc/06-dm-linear-concat-cross-boundary.trace.txt');
    const event = readFileSync(path, 'utf8').split('\n').at(-3) ?? '';
    const million = 3_000_000;
    for (const huge of [
      event.repeat(million / event.length),
      `${event}\n`.repeat(million / event.length),
      '9'.repeat(million),
    ]) {
      const read = readTraceFile(`# trace:\n${huge}`, 'huge');
      expect(typeof read.ok).toBe('boolean');
    }
  });
});
