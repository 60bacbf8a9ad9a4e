import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bioOf, rig, type Rig } from '../../../../src/cli/agree/tables/rig';
import {
  __bio_kmap_atomic,
  bio_copy_data,
  bio_data,
  bio_page,
  bio_pfn,
  bv_page,
  bvec_kmap_irq,
  zero_fill_bio,
} from '../../../../src/engine/block/consumers';
import type { Bio } from '../../../../src/engine/block/tables';
import type { KmapRange } from '../../../../src/engine/kmap/ranges';
import { NULL_PAGE } from '../../../../src/engine/posting';
import type { KernelChoice } from '../../../../src/model/flavour';
import { Recorder } from '../../../../src/model/recording';
import { sectorsOf, vecs } from './machine';

const V1: KernelChoice = { flavour: '4.1-pfn', posting: 'v1' };
const V3: KernelChoice = { flavour: '4.1-pfn', posting: 'v3' };
const V5: KernelChoice = { flavour: '4.1-pfn', posting: 'v5' };
const PLAIN: KernelChoice = { flavour: '4.1' };
const TODAY: KernelChoice = { flavour: '6.12' };

/** 1 GiB of RAM, then pmem without pages that a driver has registered, and some that it has not. */
const RAM = { start: '0x0', end: '0x40000000', kind: 'ram', name: 'System RAM' } as const;
const PMEM = { start: '0x40000000', end: '0x80000000', kind: 'pmem', name: 'pmem' } as const;
const RANGES: KmapRange[] = [
  { owner: 'pmem0', start: 0x40000000, end: 0x4fffffff, base: 0xffffc90000000000n },
];

function machine(choice: KernelChoice): Rig {
  return rig(choice, new Recorder(false), [{ ...RAM }, { ...PMEM }]);
}

function pageless(one: Rig, text: string): Bio {
  const bio = bioOf(one, text);
  const { bi_io_vec, bi_vcnt } = bio;
  one.kernel.bvecs.dev.fill(1, bi_io_vec, bi_io_vec + bi_vcnt);
  return bio;
}

describe('a reader of pages', () => {
  it('gets the page of memory that has one, whatever the posting', () => {
    for (const choice of [PLAIN, V1, V3, V5, TODAY]) {
      const one = machine(choice);
      const bio = bioOf(one, '1000/512/1024');
      expect(bio_page(one.kernel, bio)).toBe(0x1000);
      expect(bio_pfn(one.kernel, bio)).toEqual({ pfn: 0x1000, dev: false });
      expect(bio_data(one.kernel, bio)).toBe(0xffff880001000200n);
      expect(__bio_kmap_atomic(one.kernel, bio)).toBe(0x1000200);
      expect(bvec_kmap_irq(one.kernel, bio)).toBe(0x1000200);
    }
  });

  it('bio_data of nothing is NULL', () => {
    const one = machine(PLAIN);
    expect(bio_data(one.kernel, bioOf(one, ''))).toBe(0n);
  });

  it('gets what each posting makes of memory without pages: v3 takes page 0x5800000000, the one NULL stands for', () => {
    const seen = [V1, V3, V5].map((choice) => {
      const one = machine(choice);
      const bio = pageless(one, '40000/512/1024');
      const { kernel } = one;
      expect(bio_pfn(kernel, bio)).toEqual({ pfn: 0x40000, dev: true });
      return [bio_page(kernel, bio), bio_data(kernel, bio).toString(16)];
    });
    expect(seen).toEqual([
      [0x40000, 'ffff880040000200'],
      [NULL_PAGE, '5080000000200'],
      [NULL_PAGE, '5080000000200'],
    ]);
  });

  it('kmaps a page in v1, a pfn in v3 and v5: only there do registered ranges help', () => {
    const reach = (choice: KernelChoice, pfn: string, ranges: readonly KmapRange[]) => {
      const one = machine(choice);
      return __bio_kmap_atomic(one.kernel, pageless(one, `${pfn}/512/1024`), ranges);
    };
    expect(() => reach(V1, '40000', RANGES)).toThrow(
      /paging request at ffff880040000000, in __bio_kmap_atomic/,
    );
    for (const choice of [V3, V5]) {
      expect(reach(choice, '40000', RANGES)).toBe(0x40000200);
      expect(reach(choice, '4ffff', RANGES)).toBe(0x4ffff200);
      expect(() => reach(choice, '50000', RANGES)).toThrow(
        /NULL pointer dereference at 0000000000000200, in __bio_kmap_atomic/,
      );
      expect(() => reach(choice, '40000', [])).toThrow(/NULL pointer/);
    }
  });

  it('that is unconverted builds only where bv_page is still there', () => {
    const reads = [PLAIN, V1, V3, V5, TODAY].map((choice) => {
      const { kernel } = machine(choice);
      return [true, false].map((option) => bv_page(kernel, 0x1000, option));
    });
    const page = 0xffffea0000040000n;
    expect(reads).toEqual([
      [page, page],
      [undefined, undefined],
      [undefined, page],
      [page, page],
      [page, page],
    ]);
  });
});

describe('bio_copy_data and zero_fill_bio', () => {
  it('copy what both have, across bios of any vectors', () => {
    fc.assert(
      fc.property(
        fc.array(vecs, { minLength: 1, maxLength: 3 }),
        fc.array(vecs, { minLength: 1, maxLength: 3 }),
        (from, to) => {
          const one = machine(PLAIN);
          const copied: [number, number][] = [];
          Object.assign(one.kernel, {
            copy: (_device: number, _bio: Bio, source: number, target: number, length: number) => {
              for (let i = 0; i < length; i += 512) copied.push([source + i, target + i]);
            },
          });
          const chain = (texts: string[]) => {
            const bios = texts.map((text) => bioOf(one, text));
            bios.forEach((bio, i) => (bio.bi_next = bios[i + 1]));
            return bios;
          };
          const sources = chain(from);
          const targets = chain(to);
          bio_copy_data(one.kernel, targets[0]!, sources[0]!);
          const all = sources.flatMap((bio) => sectorsOf(one, bio));
          const into = targets.flatMap((bio) => sectorsOf(one, bio));
          const common = Math.min(all.length, into.length);
          expect(copied).toEqual(Array.from({ length: common }, (_, i) => [all[i], into[i]]));
        },
      ),
    );
  });

  it('move bytes, also of registered page-less memory', () => {
    const one = machine(V3);
    one.kernel.bytes.write(0x40000200, Uint8Array.of(1, 2, 3));
    bio_copy_data(one.kernel, bioOf(one, '1000/0/1024'), pageless(one, '40000/512/1024'), RANGES);
    expect([...one.kernel.bytes.read(0x1000000, 4)]).toEqual([1, 2, 3, 0]);
    zero_fill_bio(one.kernel, pageless(one, '40000/512/512'), RANGES);
    expect([...one.kernel.bytes.read(0x40000200, 3)]).toEqual([0, 0, 0]);
  });
});
