import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBoot } from '../../../src/capture/e820';
import { readDmsetup } from '../../../src/capture/dmsetup';
import { readIomem } from '../../../src/capture/iomem';
import { readLsblk } from '../../../src/capture/lsblk';
import { readNdctl } from '../../../src/capture/ndctl';
import type { Captured } from '../../../src/capture/problem';
import { readQueueLimits } from '../../../src/capture/queue-limits';
import { readCapture } from '../../../src/capture/recognise';
import { readZoneinfo } from '../../../src/capture/zoneinfo';
import { mutated, randomFrom } from './mutate';

const TIER = join(__dirname, '../../agreement/captures/captures/run61-tier');
const INPUTS = 200_000;

type Read = (text: string, file: string) => Captured<unknown>;
const IMPORTERS: readonly (readonly [string, Read, string])[] = [
  ['iomem', readIomem, 'iomem_after.txt'],
  ['dmesg', readBoot, 'dmesg.txt'],
  ['zoneinfo', readZoneinfo, 'zoneinfo.txt'],
  ['ndctl', readNdctl, 'ndctl_all.json'],
  ['lsblk -J', readLsblk, 'lsblk.json'],
  ['lsblk -t', readLsblk, 'lsblk_t.txt'],
  ['dmsetup table', readDmsetup, 'dmtable.txt'],
  ['queue limits', readQueueLimits, 'queues.txt'],
  ['any of them', readCapture, 'dmtable.txt'],
];

describe('importers', () => {
  it.each(IMPORTERS)(
    '%s: 200,000 broken inputs are read or refused with line and reason, never thrown at',
    (name, read, file) => {
      const lines = readFileSync(join(TIER, file), 'utf8').split('\n');
      let refused = 0;
      for (let seed = 0; seed < INPUTS; seed++) {
        const text = mutated(lines, randomFrom(seed));
        let result;
        try {
          result = read(text, 'fuzz');
        } catch (error) {
          throw new Error(`${name}, input ${seed}: ${JSON.stringify(text)}`, { cause: error });
        }
        const said = result.ok ? result.warnings : result.problems;
        if (!result.ok) refused++;
        if ((!result.ok && said.length === 0) || said.some((p) => !(p.line >= 1) || p.message === '')) {
          expect.fail(`${name}, input ${seed}: ${JSON.stringify({ text, said })}`);
        }
      }
      expect(refused).toBeGreaterThan(INPUTS / 1000);
    },
    300_000,
  );

  it.each(IMPORTERS)('%s: a huge line and a huge file come to an end', (_name, read, file) => {
    const text = readFileSync(join(TIER, file), 'utf8');
    const line = text.split('\n')[3] ?? text;
    const million = 5_000_000;
    for (const huge of [
      line.repeat(Math.ceil(million / line.length)),
      `${line}\n`.repeat(Math.ceil(million / (line.length + 1))),
      ' '.repeat(million),
      '['.repeat(million),
      '9'.repeat(million),
    ]) {
      const result = read(huge, 'huge');
      expect(typeof result.ok).toBe('boolean');
    }
  });
});
