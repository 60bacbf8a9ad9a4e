import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { hoverAt, hoverMarkdown, nameAt } from '../../../src/reader';
import type { CParser } from '../../../src/reader';
import { createParser, SAMPLE } from './support';

let parser: CParser;
beforeAll(async () => {
  parser = await createParser();
});

/** Pieces that hurt: they open or close comments, strings, blocks, directives. */
const PIECES = [
  '/*',
  '*/',
  '//',
  '"',
  "'",
  '\\\n',
  '\n',
  '{',
  '}',
  '(',
  ')',
  ';',
  '#define X ',
  '#if 0\n',
  '#error ',
  'bvec_page(',
  '.bv_page = ',
  '->bv_pfn',
  'struct page *bio_page;',
  '__pfn_t ',
  '𝓟',
  '\0',
];

const edit = fc.record({
  at: fc.nat(SAMPLE.length),
  remove: fc.nat(60),
  insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })),
});

const edited = fc
  .array(edit, { minLength: 1, maxLength: 5 })
  .map((edits) =>
    edits.reduce((text, one) => text.slice(0, one.at) + one.insert + text.slice(one.at + one.remove), SAMPLE),
  );

/** Said again in another way than the reader says it: one alternation, taken from the left. */
function isQuiet(text: string, offset: number): boolean {
  const quiet =
    /\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))|\/\/(?:\\[\s\S]|[^\n\\])*|"(?:\\[\s\S]|[^"\\\n])*["\n]?|'(?:\\[\s\S]|[^'\\\n])*['\n]?/g;
  for (const match of text.matchAll(quiet)) {
    if (match.index < offset && offset < match.index + match[0].length) return true;
  }
  return false;
}

function checkAt(text: string, offset: number): void {
  const name = nameAt(parser.treeOf(text), text, offset);
  if (name) {
    expect(text.slice(name.start, name.end)).toBe(name.name);
    expect(name.start <= offset && offset <= name.end).toBe(true);
    expect(isQuiet(text, name.start)).toBe(false);
  }
  const hover = hoverAt(parser, text, offset);
  if (!hover) return;
  expect(name).toBeDefined();
  expect(text.slice(hover.start, hover.end)).toBe(hover.entry.name);
  expect(hoverMarkdown(hover)).toContain(hover.entry.name);
}

describe('hoverAt on anything', () => {
  it('never throws and never shows a name that is not there: edited files', () => {
    fc.assert(
      fc.property(
        edited,
        fc.array(fc.nat(SAMPLE.length + 40), { minLength: 20, maxLength: 20 }),
        (text, offsets) => {
          for (const offset of offsets) checkAt(text, offset);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never throws and never shows a name that is not there: any text', () => {
    const word = fc.constantFrom('bvec_page', 'bv_page', '__pfn_t', 'PFN_DEV', 'struct bio_vec', ...PIECES);
    const soup = fc
      .array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 30 })
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
        for (let offset = 0; offset <= text.length; offset++) checkAt(text, offset);
      }),
      { numRuns: 300 },
    );
  });

  it('takes any number for an offset', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer()), (offset) => {
        hoverAt(parser, SAMPLE, offset);
      }),
    );
  });

  it('finds every name of an undamaged file wherever white space and comments are put before it', () => {
    const padding = fc.constantFrom(
      '\n',
      ' ',
      '/* bvec_page */',
      '// bv_page\n',
      '/* 𝓟 */',
      'int unrelated;\n',
    );
    fc.assert(
      fc.property(fc.array(padding, { maxLength: 6 }), (parts) => {
        const before = `${parts.join('')}\n`;
        for (const match of SAMPLE.matchAll(/\b(?:bvec_set_page|bio_add_pfn|__pfn_t)\b/g)) {
          const hover = hoverAt(parser, before + SAMPLE, before.length + match.index);
          expect(hover?.start).toBe(before.length + match.index);
        }
      }),
      { numRuns: 50 },
    );
  });
});
