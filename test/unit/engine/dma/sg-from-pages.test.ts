import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_MAX_SEGMENT,
  SgAppendTable,
  sg_alloc_table_from_pages,
  sg_alloc_table_from_pages_segment,
} from '../../../../src/engine/dma/scatterlist/sg-from-pages';
import { SgChunks, type Scatterlist } from '../../../../src/engine/dma/scatterlist/scatterlist';

/** Page frames with many neighbours. */
const pages = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 1, max: 6 })), {
    minLength: 1,
    maxLength: 300,
  })
  .map((runs) => runs.flatMap(([start, count]) => Array.from({ length: count }, (_, i) => start + i)));

/** The pages that a list covers, in order. */
const covered = (list: Iterable<Scatterlist>) =>
  [...list].flatMap(({ pfn, offset, length }) =>
    Array.from({ length: Math.ceil((offset + length) / 4096) }, (_, i) => pfn + i),
  );
const bytes = (list: Iterable<Scatterlist>) => [...list].reduce((sum, { length }) => sum + length, 0);

describe('a table made of pages', () => {
  it('covers each page once, in order, in entries as long as they may be', () => {
    fc.assert(
      fc.property(
        pages,
        fc.nat({ max: 4095 }),
        fc.integer({ min: 4096, max: 40_000 }),
        (pfns, offset, max) => {
          const size = pfns.length * 4096 - offset;
          const { table, ret } = sg_alloc_table_from_pages_segment(pfns, offset, size, max);
          const list = [...table];
          expect(ret).toBe(0);
          expect(covered(list)).toEqual(pfns);
          expect(bytes(list)).toBe(size);
          const limit = max - (max % 4096);
          list.forEach((sg, i) => {
            expect(sg.length).toBeLessThanOrEqual(limit);
            const next = list[i + 1];
            if (next?.pfn === sg.pfn + (sg.offset + sg.length) / 4096)
              expect(sg.offset + sg.length).toBe(limit);
          });
        },
      ),
    );
  });

  it('has no limit in 4.1, and is the same in 6.12 without one', () => {
    fc.assert(
      fc.property(pages, fc.nat({ max: 4095 }), fc.nat({ max: 4095 }), (pfns, offset, less) => {
        const size = Math.max(pfns.length * 4096 - offset - less, 1);
        const old = sg_alloc_table_from_pages(pfns, offset, size);
        const today = sg_alloc_table_from_pages_segment(pfns, offset, size, NO_MAX_SEGMENT);
        expect([...today.table]).toEqual([...old.table]);
        expect(today.table.nents).toBe(old.table.nents);
      }),
    );
  });

  it('has its links where sg_alloc_table puts them', () => {
    for (const nents of [1, 127, 128, 129, 255, 256, 1000]) {
      const apart = Array.from({ length: nents }, (_, i) => i * 2);
      const append = new SgAppendTable();
      append.sg_alloc_append_table_from_pages(apart, 0, nents * 4096, NO_MAX_SEGMENT, 0);
      const shape = ({ chunks }: SgChunks) => chunks.map((chunk) => chunk.map(({ link }) => link));
      expect(shape(append.table)).toEqual(shape(SgChunks.alloc(nents).table));
      expect(append.total_nents).toBe(nents);
    }
  });

  it('appended piece by piece covers the same pages', () => {
    fc.assert(
      fc.property(
        fc.array(pages, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 4096, max: 40_000 }),
        (parts, max) => {
          const append = new SgAppendTable();
          const all = parts.flat();
          let left = all.length;
          for (const part of parts) {
            left -= part.length;
            expect(append.sg_alloc_append_table_from_pages(part, 0, part.length * 4096, max, left)).toBe(0);
          }
          expect(covered(append.table)).toEqual(all);
          expect(append.table.length).toBe(append.table.nents);
        },
      ),
    );
  });

  it('refuses a limit below a page, and to go on in the middle of one', () => {
    expect(sg_alloc_table_from_pages_segment([1], 0, 1, 4095).ret).toBe(-22);
    const append = new SgAppendTable();
    append.sg_alloc_append_table_from_pages([1], 0, 4096, 4096, 1);
    expect(append.sg_alloc_append_table_from_pages([2], 8, 4096, 4096, 0)).toBe(-22);
  });
});
