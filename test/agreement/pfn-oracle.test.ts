import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  PAGE_OFFSET_0,
  X86_32,
  X86_64,
  X86_PAE,
  type AddressSpace,
} from '../../src/engine/memory/address-space';
import { pfnLayouts } from '../../src/engine/pfn';
import { nth_pfn, phys_to_pfn_t } from '../../src/engine/pfn/helpers/flagged';
import type { DecodedPfn, PfnFlags } from '../../src/engine/pfn/layout';
import { sg_init_table, sg_phys, sg_set_pfn, sg_virt } from '../../src/engine/pfn/sg-v1';
import { v5 } from '../../src/engine/pfn/v5';
import { fields } from './captures';

const ORACLE = join(__dirname, 'oracle');
const csv = readFileSync(join(ORACLE, 'pfn-oracle.csv'), 'utf8');
const rows = csv.split('\n').filter((row) => row !== '' && !row.startsWith('#'));

const SPACES = new Map([X86_64, PAGE_OFFSET_0, X86_32, X86_PAE].map((space) => [space.id, space]));
const word = (text: string | undefined) => BigInt(`0x${text!}`);
const hex = (value: bigint) => value.toString(16);

function flagsOf(text: string): PfnFlags {
  const has = (name: string) => text.split('|').includes(name);
  return { dev: has('DEV'), map: has('MAP'), last: has('LAST'), chain: has('CHAIN') };
}

const read = (d: DecodedPfn) =>
  `has_page=${d.hasPage ? 1 : 0},to_pfn=${hex(d.pfn)},to_page=${hex(d.page)},to_phys=${hex(d.phys)}`;

/** A row of the oracle, printed again from its inputs by the engine. */
function again(row: string): string {
  const at = fields(row);
  const [kind, name] = [at['0'], at['1']!];
  const space: AddressSpace = SPACES.get(name)!;
  const layout = pfnLayouts.find((l) => l.id === at['2']);
  if (kind === 'MAKE') {
    const made = layout!.encode(word(at['pfn']), flagsOf(at['flags']!), space);
    const keeps = 'word' in made;
    const stored = keeps ? made.word : made.computes;
    return `MAKE,${name},${at['2']},pfn=${at['pfn']},flags=${at['flags']},word=${hex(stored)},keeps=${keeps ? 1 : 0},${read(layout!.decode(stored, space))}`;
  }
  if (kind === 'READ')
    return `READ,${name},${at['2']},word=${at['word']},${read(layout!.decode(word(at['word']), space))}`;
  if (kind === 'SG1') {
    const sg = sg_set_pfn(sg_init_table(), word(at['pfn']), 4096, Number(at['offset']));
    return `SG1,${name},pfn=${at['pfn']},offset=${at['offset']},phys=${hex(sg_phys(sg, space))},virt=${hex(sg_virt(sg, space))}`;
  }
  const val = phys_to_pfn_t(v5, word(at['addr']), v5.bits({ dev: true }, space), space);
  return `PHYS5,${name},addr=${at['addr']},val=${hex(val)},nth3=${hex(nth_pfn(v5, val, 3n, space))}`;
}

describe('layouts against our C, for the kernels that could not be run', () => {
  it('gives every row of pfn-oracle.csv', () => {
    expect(rows).toHaveLength(4896);
    expect(rows.map(again)).toEqual(rows);
  });

  it('covers every layout in every space, with words that keep what they were made of and words that do not', () => {
    const seen = new Set(rows.flatMap((row) => /^MAKE,([^,]+,[^,]+),.*keeps=\d/.exec(row)?.[1] ?? []));
    expect(seen.size).toBe(pfnLayouts.length * SPACES.size);
    const lost = rows.filter((row) => row.includes(',keeps=0,')).length;
    expect(lost).toBeGreaterThan(500);
  });

  it('is what the C in this folder prints, compiled now', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bioscope-oracle-'));
    try {
      const program = join(folder, 'pfn-oracle');
      const made = spawnSync('cc', ['-std=c11', '-O1', '-o', program, join(ORACLE, 'pfn-oracle.c')], {
        encoding: 'utf8',
      });
      expect({ error: made.error, status: made.status, stderr: made.stderr }).toEqual({
        error: undefined,
        status: 0,
        stderr: '',
      });
      const { stdout } = spawnSync(program, [], { encoding: 'utf8', maxBuffer: 16e6 });
      expect(stdout === csv).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
