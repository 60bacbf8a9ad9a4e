import { describe, expect, it } from 'vitest';
import type { Checker } from '../../src/cli/agree/case';
import { add } from '../../src/cli/agree/tables/add';
import { bio } from '../../src/cli/agree/tables/bio';
import { dma } from '../../src/cli/agree/tables/dma';
import { iter } from '../../src/cli/agree/tables/iter';
import { segs } from '../../src/cli/agree/tables/segs';
import { sg } from '../../src/cli/agree/tables/sg';
import { stack } from '../../src/cli/agree/tables/stack';
import { v1flags } from '../../src/cli/agree/tables/v1flags';
import { capture } from './captures';

/** Rows that only say what was put in: limits, devices, buffers, what was unmapped, and pools that are not there. */
const INPUT = /^(LIM|DMADEV|DMABUF|DMAOPS|U|SLOTSEQ),|^TLB,[^,]*,start=0x0,/;

/** Rows of each file that say how something came out. */
const TABLES: readonly (readonly [path: string, checker: Checker, cases: number])[] = [
  ['plain-4.1.3/iter.csv', iter, 2276],
  ['plain-4.1.3/segs.csv', segs, 1200],
  ['plain-4.1.3/add.csv', add, 216],
  ['plain-4.1.3/stack.csv', stack, 602],
  ['plain-4.1.3/bio.csv', bio, 197],
  ['v1-on-4.0/v1flags.csv', v1flags, 3],
  ['plain-4.1.3/sg.csv', sg, 382],
  ['plain-4.1.3-debug/sg.csv', sg, 580],
  ['plain-4.1.3/dma-nommu.csv', dma, 360],
  ['plain-4.1.3/dma-swiotlb-force-1M.csv', dma, 1589],
  ['v1-on-4.0/dma-nommu.csv', dma, 408],
];

/** These tables need no other file of their folder. */
const nothing = () => '';

describe('the block tables against real kernels', () => {
  it.each(TABLES)('%s: every row agrees', (path, checker, cases) => {
    const text = capture(`captures-2015/${path}`);
    const rows = text
      .trimEnd()
      .split('\n')
      .filter((row) => !INPUT.test(row));
    const all = [...checker(text, path, nothing)];
    expect(all.filter((each) => !each.agrees)).toEqual([]);
    expect(all).toHaveLength(rows.length);
    expect(rows).toHaveLength(cases);
    expect(new Set(all.map((each) => each.name)).size).toBeGreaterThan(rows.length / 2);
  });

  it('add.csv holds 4,608 calls', () => {
    const calls = capture('captures-2015/plain-4.1.3/add.csv').match(/=>/g);
    expect(calls).toHaveLength(4608);
  });

  it.each(TABLES)('%s: a checker notices what a row says', (path, checker) => {
    const text = capture(`captures-2015/${path}`);
    const wrong = text.replace(
      /^(?!LIM|ADDLIM|DMA(?:DEV|BUF|OPS)|TLB)(.*)(\d)(\D*)$/m,
      (_, before: string, digit: string, after: string) => `${before}${(Number(digit) + 1) % 10}${after}`,
    );
    expect([...checker(wrong, path, nothing)].filter((each) => !each.agrees).length).toBeGreaterThan(0);
  });
});
