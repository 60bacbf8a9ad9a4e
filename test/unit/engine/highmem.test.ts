import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Machine, simulate } from '../../../src/engine/machine';
import { readDocument } from '../../../src/model/document';

const text = readFileSync(join(__dirname, '../../../media/presets/pae-highmem.bioscope.json'), 'utf8');

describe('the 32-bit sample', () => {
  const read = readDocument(text);
  if (!read.ok) throw new Error(read.problems[0]?.message);
  const { machine, workload = [] } = read.document;

  it('moves bytes between lowmem, HIGHMEM and page-less memory', () => {
    expect(simulate(machine, workload).outcomes.map((o) => [o.state, o.error])).toEqual([
      ['completed', 0],
      ['completed', 0],
    ]);
  });

  it('describes every frame up to the last of RAM in one mem_map (FLATMEM), none above', () => {
    const { map } = new Machine(machine).kernel;
    expect(map.pageOwner(0xd0000)).toBe('section');
    expect(map.pageOwner(0x200000)).toBe('none');
    expect(map.directMapped(0x38000000)).toBe(false);
    expect(map.directMapped(0x37fff000)).toBe(true);
  });
});
