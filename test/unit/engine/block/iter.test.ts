import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bioOf, rig, walkText } from '../../../../src/cli/agree/tables/rig';
import { REQ_DISCARD, REQ_WRITE_SAME, REQ_WRITE } from '../../../../src/engine/block/flags';
import {
  BioWalk,
  bio_advance,
  bio_end_sector,
  bio_has_data,
  bio_iter_dev,
  bio_sectors,
  bio_segments,
  bvec_iter_advance,
} from '../../../../src/engine/block/iter';
import type { Bio } from '../../../../src/engine/block/tables';
import { sectorsOf, vecs } from './machine';

describe('bvec_iter', () => {
  it('comes to the same place by any steps', () => {
    fc.assert(
      fc.property(vecs, fc.array(fc.integer({ min: 0, max: 9000 })), (text, steps) => {
        const one = rig();
        const walked = bioOf(one, text, REQ_WRITE, 100);
        const direct = bioOf(one, text, REQ_WRITE, 100);
        let total = 0;
        for (const step of steps) {
          const bytes = Math.min(step - (step % 512), walked.bi_size);
          bio_advance(one.kernel, walked, bytes);
          total += bytes;
        }
        bio_advance(one.kernel, direct, total);
        const place = (bio: Bio) => [bio.bi_sector, bio.bi_size, bio.bi_idx, bio.bi_bvec_done];
        expect(place(walked)).toEqual(place(direct));
        expect(walkText(one, walked)).toBe(walkText(one, direct));
      }),
    );
  });

  it('takes bytes off the front, and nothing else', () => {
    fc.assert(
      fc.property(vecs, fc.nat(), (text, seed) => {
        const one = rig();
        const bio = bioOf(one, text);
        const all = sectorsOf(one, bio);
        const taken = seed % (all.length + 1);
        bio_advance(one.kernel, bio, taken * 512);
        expect(sectorsOf(one, bio)).toEqual(all.slice(taken));
        expect(bio_segments(one.kernel, bio)).toBe(walkText(one, bio).split('|').filter(Boolean).length);
      }),
    );
  });

  it('moves only the size of a bio whose size is no length of vectors', () => {
    for (const rw of [REQ_DISCARD, REQ_WRITE_SAME]) {
      const one = rig();
      const bio = bioOf(one, '1000/0/512', REQ_WRITE | rw, 8);
      bio.bi_size = 2 ** 20;
      bio_advance(one.kernel, bio, 4096);
      expect([bio.bi_sector, bio.bi_size, bio.bi_idx]).toEqual([16, 2 ** 20 - 4096, 0]);
      expect(bio_segments(one.kernel, bio)).toBe(1);
    }
  });

  it('does not pass the end', () => {
    const one = rig();
    const bio = bioOf(one, '1000/0/512');
    expect(() => bvec_iter_advance(one.kernel, bio, 513)).toThrow(/advanced by 513 of its 512 bytes/);
  });

  it('knows its size in sectors, its end, its data and its memory', () => {
    const one = rig();
    const bio = bioOf(one, '1000/0/4096|1001/0/1024', REQ_WRITE, 50);
    expect([bio_sectors(bio), bio_end_sector(bio)]).toEqual([10, 60]);
    expect([bio_has_data(bio), bio_has_data(bioOf(one, ''))]).toEqual([true, false]);
    one.kernel.bvecs.dev[bio.bi_io_vec] = 1;
    expect(bio_iter_dev(one.kernel, bio)).toBe(1);
    bio.bi_rw |= REQ_DISCARD;
    expect(bio_has_data(bio)).toBe(false);
  });
});

describe('a walk', () => {
  /** Pieces of a walk as [first byte, length, sector on the device]. */
  function pieces(text: string, skip: number, next: 'next' | 'nextPage', cut = Infinity): number[][] {
    const one = rig();
    const bio = bioOf(one, text, REQ_WRITE, 1000);
    bio_advance(one.kernel, bio, skip);
    const walk = new BioWalk();
    const seen: number[][] = [];
    walk.start(bio);
    while (walk[next](one.kernel)) {
      walk.shorten(Math.min(walk.len, cut));
      seen.push([walk.pfn * 4096 + walk.offset, walk.len, walk.sector]);
    }
    return seen;
  }

  it('by pages gives the bytes of the walk by vectors, in pieces that each lie in a page', () => {
    const long = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 99 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 99 }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(long, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 9 }), (all, skip, cut) => {
        const text = all
          .map(([pfn, from, count]) => `${pfn.toString(16)}/${from * 512}/${count * 512}`)
          .join('|');
        const sectors = (list: number[][]) =>
          list.flatMap(([at, len, sector]) =>
            Array.from({ length: len! / 512 }, (_, i) => [at! + i * 512, sector! + i]),
          );
        const skipped = Math.min(skip, all[0]![2]) * 512;
        const byVector = pieces(text, skipped, 'next');
        const byPage = pieces(text, skipped, 'nextPage');
        expect(sectors(byPage)).toEqual(sectors(byVector));
        for (const [at, len] of byPage) expect((at! % 4096) + len!).toBeLessThanOrEqual(4096);
        expect(sectors(pieces(text, skipped, 'nextPage', cut * 512))).toEqual(sectors(byVector));
      }),
    );
  });

  it('leaves the bio where it is', () => {
    const one = rig();
    const bio = bioOf(one, '1000/0/4096|1001/0/4096');
    walkText(one, bio);
    expect([bio.bi_size, bio.bi_idx]).toEqual([8192, 0]);
  });
});
