import { describe, expect, it } from 'vitest';
import { countArguments, isCode, wordAt } from '../../../src/reader/scan';

describe('wordAt', () => {
  it('finds the word under, before and after the offset', () => {
    const text = 'a = bv_page;';
    for (const offset of [4, 6, 11])
      expect(wordAt(text, offset)).toEqual({ name: 'bv_page', start: 4, end: 11 });
  });

  it.each([
    ['between words', 'a = b', 3],
    ['in a number', 'x = 0x10_pfn', 6],
    ['before the text', 'abc', -1],
    ['after the text', 'abc', 4],
    ['between units', 'abc', 1.5],
    ['nowhere', 'abc', Number.NaN],
  ])('finds nothing %s', (_, text, offset) => {
    expect(wordAt(text, offset)).toBeUndefined();
  });
});

describe('isCode', () => {
  it.each([
    ['int x;', true],
    ['/* x */', false],
    ['/* a */ x', true],
    ['// x\n', false],
    ['// a\n x', true],
    ['// a \\\n x', false],
    ['"x"', false],
    ['"a\\"x"', false],
    ['"a" x', true],
    ["'x'", false],
    ["'\"' x", true],
    ['"unclosed\n x', true],
    ["#error don't\n x", true],
    ['/* unclosed x', false],
  ])('%j: %s', (text, expected) => {
    expect(isCode(text, text.indexOf('x'))).toBe(expected);
  });
});

describe('countArguments', () => {
  it.each([
    ['f()', 0, true],
    ['f(void)', 0, true],
    ['f( /* none */ )', 0, true],
    ['f(a)', 1, true],
    ['f(a, g(b, c), d[1, 2])', 3, true],
    ['f("a, b", \',\')', 2, true],
    ['f(a /* , */, b)', 2, true],
    ['f((struct bio_vec){ .bv_page = p, .bv_len = 1 }, b)', 2, true],
    ['f(({ int x; x; }), b)', 2, true],
    ['f(a, \\\n b)', 2, true],
    ['f(', 0, false],
    ['f(a', 1, false],
    ['f(a,', 2, false],
    ['f(a, b;\n g(c, d);', 2, false],
    ['f(a,\n}\nint g(int b, int c)', 2, false],
  ])('%j has %i', (text, count, closed) => {
    expect(countArguments(text, text.indexOf('('))).toEqual({ count, closed });
  });
});
