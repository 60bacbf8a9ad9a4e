import { describe, expect, it } from 'vitest';
import { CFile } from '../../../../src/reader/c-file';
import { applyEdits, convert } from '../../../../src/reader/convert';
import { wholeEdits } from '../../../../src/reader/convert/whole-edits';
import { generatedDriver } from '../large/generated';

const whole = (text: string) => {
  const { conversions } = convert(new CFile(text, 'block/bio.c'), 'series');
  return wholeEdits(text, conversions).map(({ edit, conversions: some }) => [
    text.slice(edit.start, edit.end),
    edit.text,
    some.length,
  ]);
};

describe('a conversion as one edit', () => {
  it('holds both of its ends, and what stands inside of it', () => {
    expect(whole('void f(void)\n{\n\ta->bv_page = b->bv_page;\n\tuse(c.bv_page);\n}\n')).toEqual([
      ['a->bv_page = b->bv_page', 'bvec_set_page(a, bvec_page(b))', 2],
      ['c.bv_page', 'bvec_page(&c)', 1],
    ]);
  });

  it('holds a mapping and its release', () => {
    const text = 'void f(void)\n{\n\tp = kmap_atomic(bv.bv_page);\n\tkunmap_atomic(p);\n}\n';
    expect(whole(text)).toEqual([
      [
        'kmap_atomic(bv.bv_page);\n\tkunmap_atomic',
        'kmap_atomic_pfn_t(bv.bv_pfn);\n\tkunmap_atomic_pfn_t',
        1,
      ],
    ]);
  });

  it('makes the same text', () => {
    const text = generatedDriver(60_000);
    for (const rules of ['series', 'modern'] as const) {
      const made = convert(new CFile(text), rules);
      const edits = wholeEdits(text, made.conversions).map(({ edit }) => edit);
      expect(applyEdits(text, edits)).toBe(made.text);
    }
  });
});
