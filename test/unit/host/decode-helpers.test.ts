import { describe, expect, it } from 'vitest';
import { machineOf } from '../../../src/engine/decode';
import { compareHelpers } from '../../../src/engine/decode/compare';
import { helperMarkdown } from '../../../src/host/helper-markdown';
import type { MachineSpec } from '../../../src/model/machine-spec';

const spec = (name: string): MachineSpec => ({
  name,
  kernel: { flavour: '4.1' },
  memory: {
    ranges: [
      { start: '0x1000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
      { start: '0x40000000', end: '0x50000000', kind: 'pmem', name, structPages: 'none' },
    ],
  },
});
const document = (name: string, pfn = 0x40000n) =>
  helperMarkdown(compareHelpers(machineOf(spec(name)), pfn), name);

describe('the document that compares helpers', () => {
  it('has a table for each version, with badges, refusals and sources', () => {
    const text = document('m');
    expect(text.match(/^## /gm)).toHaveLength(12);
    expect(text).toContain('## v3 \\(12 May 2015\\) *(reconstructed)*');
    expect(text).toMatch(/\| bvec\\_page \| NULL \|/);
    expect(text).toMatch(/\| PAGE\\_OFFSET 0 \| v2 \*\(reconstructed\)\* \| .*Linus Torvalds/);
    expect(text).toMatch(/^- v5 5\/5 mail/m);
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)!.length, row).toBeGreaterThanOrEqual(3);
  });

  it('shows a name from a file as text, whatever it is', () => {
    const name = '[x](command:y) <img src=q> `c` | ![z](http://e)\n# big';
    const text = document(name);
    expect(text).not.toMatch(/(?<!\\)\[|(?<!\\)</);
    expect(text).not.toMatch(/^# big/m);
    expect(text).toContain('\\[x\\]\\(command:y\\)');
  });
});
