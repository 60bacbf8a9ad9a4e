import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import type {} from '../../scripts/lib/provided.d.ts';
import {
  SgAppendTable,
  sg_alloc_table_from_pages_segment,
} from '../../src/engine/dma/scatterlist/sg-from-pages';
import { EINVAL } from '../../src/engine/errno';

/** A case of the kernel's own test: `struct test` of tools/testing/scatterlist/main.c. */
interface Row {
  readonly text: string;
  readonly alloc_ret: number;
  readonly pfns: readonly number[];
  /** Pages that a second call appends. */
  readonly appended: readonly number[] | undefined;
  readonly size: number;
  readonly max_seg: number;
  readonly expected_segments: number;
}

const NAMES: Readonly<Record<string, number>> = {
  PAGE_SIZE: 4096,
  sgmax: 2 ** 32 - 1,
  '-EINVAL': -EINVAL,
};

/** A sum of products of numbers and known names. */
function valueOf(expression: string): number {
  const factor = (text: string): number => {
    const value = NAMES[text.trim()] ?? Number(text);
    if (Number.isNaN(value)) throw new RangeError(`what is ${text}?`);
    return value;
  };
  return expression
    .split('+')
    .map((sum) => sum.split('*').reduce((product, one) => product * factor(one), 1))
    .reduce((a, b) => a + b);
}

function pfnsOf(initialiser: string): number[] | undefined {
  return /^pfn\((.*)\)$/.exec(initialiser)?.[1]?.split(',').map(Number);
}

/** The rows of the C file's table, up to the one that ends it. */
function readRows(file: string): Row[] {
  const [, table = ''] = /tests\[\] = \{(.*?)\n\t\};/s.exec(readFileSync(file, 'utf8')) ?? [];
  const rows = [...table.matchAll(/\{([^{}]*)\}/g)].map(([, body = '']): Row => {
    const text = body.replace(/\s+/g, ' ').trim();
    const members = text.split(/, *(?![^(]*\))/);
    const [alloc_ret, num_pages, pfn, app, size, max_seg, expected_segments] = members as [
      string,
      ...string[],
    ];
    const pfns = pfnsOf(pfn!) ?? [];
    expect(members, text).toHaveLength(7);
    expect(pfns, text).toHaveLength(Number(num_pages));
    return {
      text,
      alloc_ret: valueOf(alloc_ret),
      pfns,
      appended: pfnsOf(app!),
      size: valueOf(size!),
      max_seg: valueOf(max_seg!),
      expected_segments: Number(expected_segments),
    };
  });
  if (rows.pop()?.expected_segments !== 0) throw new Error('the table has no end, or it could not be read');
  return rows;
}

const table = inject('kernelTable');
const rows = 'file' in table ? readRows(table.file) : [];

describe('tables of pages against the self-test of Debian’s 6.12', () => {
  it('has the table, and all of it', () => {
    expect('missing' in table ? table.missing : '').toBe('');
    expect(rows.length).toBeGreaterThanOrEqual(22);
    expect(rows.filter(({ appended }) => appended)).not.toEqual([]);
  });

  it.each(rows)('$text', ({ alloc_ret, pfns, appended, size, max_seg, expected_segments }) => {
    if (appended === undefined) {
      const { table: made, ret } = sg_alloc_table_from_pages_segment(pfns, 0, size, max_seg);
      expect(ret).toBe(alloc_ret);
      if (ret !== 0) return;
      expect([made.nents, made.orig_nents]).toEqual([expected_segments, expected_segments]);
      expect(made.length).toBe(expected_segments);
      return;
    }
    const append = new SgAppendTable();
    expect(append.sg_alloc_append_table_from_pages(pfns, 0, size, max_seg, pfns.length)).toBe(alloc_ret);
    expect(append.sg_alloc_append_table_from_pages(appended, 0, size, max_seg, 0)).toBe(alloc_ret);
    expect(append.table.nents).toBe(expected_segments);
  });
});
