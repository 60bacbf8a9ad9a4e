import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bioOf, rig, walkText } from '../../../../src/cli/agree/tables/rig';
import {
  bio_alloc,
  bio_chain_endio,
  bio_endio,
  bio_endio_nodec,
  bio_put,
  bio_reset,
} from '../../../../src/engine/block/bio';
import { bio_chain, bio_clone_bioset, bio_clone_fast, bio_split } from '../../../../src/engine/block/clone';
import { BIO_UPTODATE, REQ_DISCARD, REQ_WRITE_SAME, REQ_WRITE } from '../../../../src/engine/block/flags';
import { bio_advance, bio_sectors } from '../../../../src/engine/block/iter';
import { blk_recount_segments } from '../../../../src/engine/block/segments';
import { recordingRig, sectorsOf, segmentLimits, vecs } from './machine';

describe('a bio', () => {
  it('can have no vector at all, and gives everything back', () => {
    const one = rig();
    const bio = bio_alloc(one.kernel, 0, REQ_WRITE, 0, 0);
    expect([one.kernel.bios.live, one.kernel.bvecs.live]).toEqual([1, 0]);
    bio_put(one.kernel, bio);
    expect([one.kernel.bios.live, one.kernel.bvecs.live]).toEqual([0, 0]);
  });

  it('is as new after bio_reset, with the vectors it had', () => {
    const one = rig();
    const bio = bioOf(one, '1000/0/4096', REQ_WRITE, 7);
    const vectors = bio.bi_io_vec;
    bio_endio(one.kernel, bio, -5);
    bio.bi_flags |= 1 << 14;
    bio_reset(bio);
    expect([bio.bi_vcnt, bio.bi_size, bio.bi_remaining]).toEqual([0, 0, 1]);
    expect([bio.bi_io_vec, bio.bi_max_vecs, bio.bi_flags]).toEqual([vectors, 1, BIO_UPTODATE | (1 << 14)]);
    bio_endio(one.kernel, bio, 0);
    expect(bio.bi_error).toBe(0);
  });

  it('completes once; twice is an error of ours, unless a driver took the bio back', () => {
    const one = recordingRig();
    const { kernel } = one;
    const got: number[] = [];
    const bio = bioOf(one, '1000/0/4096', REQ_WRITE, 7);
    bio.bi_end_io = (_kernel, _bio, error) => got.push(error);
    bio_endio(kernel, bio, -95);
    expect(() => bio_endio(kernel, bio, 0)).toThrow(/completed twice/);
    bio_endio_nodec(kernel, bio, 0);
    // BIO_UPTODATE stays cleared, so success is no success any more.
    expect(got).toEqual([-95, -5]);
    const ends = one.events().filter(({ name }) => name.name === 'bio_endio');
    expect(ends.map(({ a, c, d, e }) => [a, c, d, e])).toEqual([
      [7, 4096, -95, REQ_WRITE],
      [7, 4096, -5, REQ_WRITE],
    ]);
  });
});

describe('bio_split and the clones', () => {
  it('split: what the children have is what the parent had, in order', () => {
    fc.assert(
      fc.property(vecs, fc.array(fc.nat(), { maxLength: 4 }), (text, seeds) => {
        const one = rig();
        const rest = bioOf(one, text, REQ_WRITE, 500);
        const all = sectorsOf(one, rest);
        const got: number[] = [];
        let at = 500;
        for (const seed of seeds) {
          const sectors = bio_sectors(rest);
          if (sectors < 2) break;
          const child = bio_split(one.kernel, rest, 1 + (seed % (sectors - 1)));
          expect(child.bi_sector).toBe(at);
          at += bio_sectors(child);
          got.push(...sectorsOf(one, child));
        }
        expect([...got, ...sectorsOf(one, rest)]).toEqual(all);
        expect(rest.bi_sector).toBe(at);
      }),
    );
  });

  it('both kinds of clone have the bytes and the segments of what remains of the parent', () => {
    fc.assert(
      fc.property(vecs, fc.nat(), segmentLimits, (text, seed, limits) => {
        const one = rig();
        const { kernel, disk } = one;
        Object.assign(disk.queue.limits, limits);
        const bio = bioOf(one, text);
        bio_advance(kernel, bio, (seed % bio_sectors(bio)) * 512);
        const counts = [bio, bio_clone_fast(kernel, bio), bio_clone_bioset(kernel, bio)].map((each) => {
          blk_recount_segments(kernel, disk.queue, each);
          const { bi_phys_segments, bi_seg_front_size, bi_seg_back_size } = each;
          return [walkText(one, each), bi_phys_segments, bi_seg_front_size, bi_seg_back_size];
        });
        expect(counts[1]).toEqual(counts[0]);
        expect(counts[2]).toEqual(counts[0]);
      }),
    );
  });

  it('a discard has no vector to clone, a write same has its first', () => {
    const one = rig();
    const clones = [REQ_DISCARD, REQ_WRITE_SAME].map((rw) => {
      const bio = bioOf(one, '1000/512/512', REQ_WRITE | rw, 8);
      bio.bi_size = 2 ** 20;
      return bio_clone_bioset(one.kernel, bio);
    });
    expect(clones.map((clone) => [clone.bi_vcnt, clone.bi_max_vecs, clone.bi_size])).toEqual([
      [0, 1, 2 ** 20],
      [1, 1, 2 ** 20],
    ]);
  });

  it.each([0, -1, 8, 9])('%i of 8 sectors cannot be split off', (sectors) => {
    const one = rig();
    expect(() => bio_split(one.kernel, bioOf(one, '1000/0/4096'), sectors)).toThrow(/kernel BUG/);
  });

  it('says which bio each was made from', () => {
    const one = recordingRig();
    const { kernel } = one;
    const bio = bioOf(one, '1000/0/4096', REQ_WRITE, 16);
    bio_clone_fast(kernel, bio);
    const child = bio_split(kernel, bio, 2);
    bio_chain(kernel, child, bio);
    const said = one.events().filter(({ name }) => /^bio_(clone|split|chain)$/.test(name.name));
    expect(said.map(({ name, object, a, b, c, d }) => [name.name, object, a, b, c, d])).toEqual([
      ['bio_clone', 1, 0, 16, 8, 0],
      ['bio_split', 2, 0, 16, 2, 0],
      ['bio_chain', 2, 0, 0, 0, 2],
    ]);
  });
});

describe('bio_chain', () => {
  it('a parent completes once, after everything, in whatever order', () => {
    const errors = fc.constantFrom(0, -5, -95);
    fc.assert(
      fc.property(
        fc
          .array(errors, { minLength: 1, maxLength: 6 })
          .chain((children) =>
            fc.tuple(
              fc.constant(children),
              fc.shuffledSubarray([...children.keys(), -1], { minLength: children.length + 1 }),
            ),
          ),
        ([children, order]) => {
          const one = rig();
          const { kernel } = one;
          const parent = bioOf(one, '');
          const ends: number[] = [];
          parent.bi_end_io = (_kernel, _bio, error) => ends.push(error);
          const all = children.map(() => {
            const child = bioOf(one, '');
            bio_chain(kernel, child, parent);
            return child;
          });
          const given = order.map((id) => (id < 0 ? 0 : children[id]!));
          order.forEach((id, i) => {
            expect(ends).toEqual([]);
            bio_endio(kernel, id < 0 ? parent : all[id]!, given[i]!);
          });
          const last = given.at(-1)!;
          expect(ends).toEqual([last !== 0 ? last : given.some((error) => error !== 0) ? -5 : 0]);
          expect(kernel.bios.live).toBe(1);
        },
      ),
    );
  });

  it('a long chain needs no deep stack', () => {
    const one = rig();
    const { kernel } = one;
    const first = bioOf(one, '');
    let parent = first;
    for (let i = 0; i < 50_000; i++) {
      const child = bioOf(one, '');
      bio_chain(kernel, child, parent);
      bio_endio(kernel, parent, 0);
      parent = child;
    }
    bio_endio(kernel, parent, 0);
    expect([first.done, kernel.bios.live]).toEqual([1, 1]);
  });

  it('a child belongs to one parent', () => {
    const one = rig();
    const child = bioOf(one, '');
    bio_chain(one.kernel, child, bioOf(one, ''));
    expect(() => bio_chain(one.kernel, child, bioOf(one, ''))).toThrow(/kernel BUG/);
  });

  it('calling its bi_end_io does what completing it does', () => {
    const one = rig();
    const parent = bioOf(one, '');
    const child = bioOf(one, '');
    bio_chain(one.kernel, child, parent);
    bio_chain_endio(one.kernel, child, -5);
    expect([parent.bi_remaining, one.kernel.bios.live]).toEqual([1, 1]);
  });
});
