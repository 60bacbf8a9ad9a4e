import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/cli/agree/case';
import { checkerOf } from '../../src/cli/agree/registry';
import { IommuRun } from '../../src/cli/agree/tables/iommu-run';
import { capture, captures } from './captures';
import leftOut from './left-out.json';

const FOLDER = 'captures-2015/iommu-4.1.3';
const tables = captures(/^(page|seq|sg|coh|full|bad)-[0-9a-f]+\.csv$|^intel-double-unmap/).filter((path) =>
  path.startsWith(FOLDER),
);

/** Rows that only say what was done, and the first pair after a sequence that was cut out. */
const INPUT = /^(IOMDEV|DMABUF|IOVASEQ|U|W),|^[^A-Z]/;

function check(path: string, text = capture(path)): Case[] {
  const beside = (name: string) => {
    const file = join(dirname(path), name);
    return existsSync(join(__dirname, 'captures', file)) ? capture(file) : '';
  };
  return [...checkerOf(path.split('/').at(-1)!)!(text, path, beside)];
}

describe('the IOMMUs of 4.1 against real kernels', () => {
  it('there are 55 tables', () => {
    expect(tables).toHaveLength(55);
  });

  it.each(tables)('%s: every row agrees', (path) => {
    const text = capture(path);
    const all = check(path);
    const known = leftOut.filter((l) => path.endsWith(l.file)).map((l) => l.case);
    expect(all.filter(({ agrees, name }) => !agrees && !known.includes(name))).toEqual([]);
    const rows = text.split('\n').filter((row) => row !== '' && !INPUT.test(row));
    const given = text.includes('next_address') && /^P,0/m.test(text) ? 1 : 0;
    // Beside the rows: what the kernel said, or that it died.
    const beside = text.includes('IOVASEQ') ? 0 : 1;
    expect(all).toHaveLength(rows.length - given + beside);
  });

  it.each(tables)('%s: a checker notices what a row says', (path) => {
    const wrong = capture(path).replace(
      /(=>0x|dma=0x|ret=)([0-9a-f])/,
      (_, before: string, digit: string) => `${before}${((parseInt(digit, 16) + 1) % 16).toString(16)}`,
    );
    expect(check(path, wrong).some(({ agrees }) => !agrees)).toBe(true);
  });

  it('compares what the kernel said with what it says here', () => {
    const path = `${FOLDER}/intel-on/full-ffffff.csv`;
    const silent = capture(`${FOLDER}/intel-on/messages.txt`).replaceAll('Allocating', 'allocating');
    const cases = [
      ...checkerOf('full-ffffff.csv')!(capture(path), path, (name) =>
        name === 'messages.txt' ? silent : capture(join(dirname(path), name)),
      ),
    ];
    expect(cases.filter(({ agrees }) => !agrees).map(({ name }) => name)).toEqual(['messages']);
  });

  it.each([
    ['intel-on/real-nvme-iommu.txt', 12],
    ['intel-on/real-ahci-iommu.txt', 11],
    ['amd-on/real-ahci-iommu.txt', 11],
  ])('%s: what drivers mapped while they did I/O is at the same addresses', (file, cases) => {
    const all = check(`${FOLDER}/${file}`);
    expect(all.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(all).toHaveLength(cases);
  });

  it('strict warns of the second unmap by its address, and of no other: what was unmapped so stands beside no table', () => {
    const folder = `${FOLDER}/intel-strict-bad`;
    const run = new IommuRun((name) => capture(`${folder}/${name}`));
    const steps = capture(`${FOLDER}/oops/intel-double-unmap-deferred.txt`);
    for (const row of steps.split('\n').filter((line) => /^[A-Z]+,/.test(line)))
      run.row(row.split(',')[0]!, row);
    const said = capture(`${folder}/messages.txt`).match(/Driver unmaps unmatched page at PFN \w+/g);
    expect(run.messages).toEqual(said);
  });
});
