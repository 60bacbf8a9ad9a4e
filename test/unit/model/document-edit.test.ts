import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/model/document';
import { textEdits, type ValueEdit } from '../../../src/model/document-edit';

/** The text after an edit, as an editor would make it. */
function edited(text: string, edit: ValueEdit): string {
  return textEdits(text, edit)
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (now, { offset, length, content }) => now.slice(0, offset) + content + now.slice(offset + length),
      text,
    );
}

const valueOf = (text: string): unknown => {
  const parsed = parseDocument(text);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.value;
};

describe('an edit of a document', () => {
  const text = '{\n  // why\n  "a": [1, 2],\n  "b": { "c": "x" } // end\n}\n';

  it('touches only what it is about', () => {
    expect(edited(text, { path: ['b', 'c'], value: 'y' })).toBe(text.replace('"x"', '"y"'));
    expect(edited(text, { path: ['a', 0] })).toContain('// why');
  });

  it.each<[ValueEdit, unknown]>([
    [
      { path: ['a', 1], value: 9, insert: true },
      { a: [1, 9, 2], b: { c: 'x' } },
    ],
    [
      { path: ['a', 2], value: 3, insert: true },
      { a: [1, 2, 3], b: { c: 'x' } },
    ],
    [{ path: ['a', 0] }, { a: [2], b: { c: 'x' } }],
    [{ path: ['b', 'c'] }, { a: [1, 2], b: {} }],
    [
      { path: ['b', 'd', 'e'], value: true },
      { a: [1, 2], b: { c: 'x', d: { e: true } } },
    ],
    [
      { path: ['a'], value: [] },
      { a: [], b: { c: 'x' } },
    ],
  ])('%j', (edit, value) => {
    expect(valueOf(edited(text, edit))).toEqual(value);
  });

  it('gives back any value that is put in', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const said: unknown = JSON.parse(JSON.stringify(value));
        expect(valueOf(edited(text, { path: ['b', 'c'], value: said }))).toEqual({
          a: [1, 2],
          b: { c: said },
        });
      }),
    );
  });
});
