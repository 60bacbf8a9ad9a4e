import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CFile } from '../../../../src/reader/c-file';
import { conversionsOf } from '../../../../src/reader/convert';
import { findHazards } from '../../../../src/reader/hazards';
import { conversionsInSlices, hazardsInSlices } from '../../../../src/reader/large/in-slices';
import { LONGEST_SLICE, slicesOf } from '../../../../src/reader/large/slices';
import { generatedDriver } from './generated';

const BIG = generatedDriver(1_000_000);

describe('a long text in slices', () => {
  it('is all there, once, in pieces that are not too long', () => {
    const slices = [...slicesOf(BIG)];
    expect(slices.length).toBeGreaterThan(10);
    expect(slices.map(({ start, end }) => BIG.slice(start, end)).join('')).toBe(BIG);
    for (const { start, end, tooLong } of slices) {
      expect(tooLong).toBe(false);
      expect(end - start).toBeLessThanOrEqual(LONGEST_SLICE);
    }
  });

  it('ends its pieces behind functions, and not inside a comment', () => {
    const comment = `/*\n${'}\n'.repeat(40_000)}*/\n`;
    const text = BIG.slice(0, BIG.indexOf('\n}\n', 90_000) + 3) + comment + BIG;
    for (const { end } of slicesOf(text)) {
      expect(end === text.length || text.slice(end - 3, end) === '\n}\n').toBe(true);
      expect(text.lastIndexOf('/*', end - 1)).toBeLessThanOrEqual(text.lastIndexOf('*/', end - 1));
    }
  });

  it('gives back any text', () => {
    const part = fc.constantFrom('\n}', '\n', '/*', '*/', ' x ', '{', '"', 'y'.repeat(40_000));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        expect([...slicesOf(text)].map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('has the hazards and the conversions of the whole', () => {
    const text = generatedDriver(300_000);
    const file = new CFile(text, 'drivers/block/x.c');
    const places = (found: readonly { start: number; end: number; hazard: { code: string } }[]) =>
      found.map(({ start, end, hazard }) => `${start}-${end} ${hazard.code}`);
    const inSlices = [...hazardsInSlices(text, file.path)].flatMap(({ findings }) => findings);
    expect(places(inSlices)).toEqual(places(findHazards(file)));
    expect(inSlices.length).toBeGreaterThan(1000);
    for (const rules of ['series', 'modern'] as const) {
      const parts = [...conversionsInSlices(text, file.path, rules)];
      const whole = conversionsOf(file, rules);
      expect(parts.flatMap(({ conversions }) => conversions)).toEqual(whole.conversions);
      expect(parts.flatMap(({ left }) => left)).toEqual(whole.left);
      expect(whole.conversions.length).toBeGreaterThan(100);
    }
  });

  it('a function that never ends is not read, and that is said', () => {
    const text = `void f(struct bio_vec *bv)\n{\n${'\tuse(bv->bv_page);\n'.repeat(20_000)}}\n`;
    const [hazards] = hazardsInSlices(text, 'x.c');
    expect(hazards?.findings).toEqual([]);
    expect(hazards?.skipped?.reason).toContain('KB');
    const [conversions] = conversionsInSlices(text, 'x.c', 'series');
    expect(conversions?.left[0]).toMatchObject({ at: text.indexOf('bv_page') });
    const table = `int t[] = {\n${'\t0x12345678,\n'.repeat(20_000)}};\n`;
    expect([...hazardsInSlices(table, 'x.c')]).toEqual([{ findings: [] }]);
  });
});
