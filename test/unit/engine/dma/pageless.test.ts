import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { debugged } from '../../../../src/engine/dma/debug';
import { DmaDebug } from '../../../../src/engine/dma/debug/dma-debug';
import { DMA_TO_DEVICE, type DmaDevice } from '../../../../src/engine/dma/dma-ops';
import { nommu } from '../../../../src/engine/dma/nommu';
import { formOf41, formOfV1, formOfV5, type SgForm } from '../../../../src/engine/dma/scatterlist/form';
import { SgList } from '../../../../src/engine/dma/scatterlist/list';
import { ScatterWalk } from '../../../../src/engine/dma/scatterlist/scatterwalk';
import { sgPageOf, type SgPage } from '../../../../src/engine/dma/scatterlist/sg-page';
import { SgChunks } from '../../../../src/engine/dma/scatterlist/scatterlist';
import { __va, pfn_to_page } from '../../../../src/engine/memory/address-space';
import { PhysicalBytes } from '../../../../src/engine/memory/bytes';
import { DirectMap } from '../../../../src/engine/memory/direct-map';
import { PhysicalMap } from '../../../../src/engine/memory/physical-map';
import { Oops } from '../../../../src/engine/oops';

const none = () => undefined;

interface Data {
  readonly pfn: number;
  readonly offset: number;
  readonly length: number;
  /** Set by sg_set_pfn, where there is one. */
  readonly dev: boolean;
}

/** A list of these entries, over chunks of at most `max` of them. */
function listOf<Entry>(form: SgForm<Entry>, data: readonly Data[], max: number): SgList<Entry> {
  const list = new SgList(form, SgChunks.alloc(data.length, max).table);
  const places = [...list.places()];
  data.forEach(({ pfn, offset, length, dev }, i) => {
    list.change(places[i]!, (sg) =>
      dev && form.sg_set_pfn
        ? form.sg_set_pfn(sg, BigInt(pfn), length, offset)
        : form.sg_set_page(sg, pfn_to_page(BigInt(pfn)), length, offset),
    );
  });
  list.change(places.at(-1)!, (sg) => form.sg_mark_end(sg));
  return list;
}

const data: fc.Arbitrary<Data> = fc.record({
  pfn: fc.nat({ max: 2 ** 36 - 1 }).map((n) => n % 2 ** 31),
  offset: fc.nat({ max: 65535 }),
  length: fc.integer({ min: 1, max: 2 ** 20 }),
  dev: fc.boolean(),
});

const FORMS: readonly (readonly [string, SgForm<unknown>])[] = [
  ['4.1', formOf41()],
  ['v1', formOfV1()],
  ['v5', formOfV5(none)],
];

describe.each(FORMS)('a chained list in the form of %s', (_name, form) => {
  it('gives back what was put in, over every link', () => {
    fc.assert(
      fc.property(
        fc.array(data, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 9 }),
        (all, max) => {
          const list = listOf(form, all, max);
          const seen = [...list.places()].map((place) => {
            const sg = list.at(place);
            return { ...form.place(sg), phys: form.sg_phys(sg) };
          });
          expect(seen).toMatchObject(
            all.map(({ pfn, offset, length }) => ({
              offset,
              length,
              phys: BigInt(pfn) * 4096n + BigInt(offset),
            })),
          );
        },
      ),
    );
  });

  it('has its links and its end where SgChunks has them, up to the longest that a driver asks for', () => {
    for (const nents of [1, 2, 127, 128, 129, 254, 255, 256, 2048]) {
      const list = new SgList(form, SgChunks.alloc(nents).table);
      expect([...list.places()]).toHaveLength(nents);
    }
  });
});

describe('an end that is lost', () => {
  const entry = (dev: boolean): Data => ({ pfn: 7, offset: 0, length: 512, dev });

  it('is what sg_set_pfn of v1 leaves behind: the walk goes on behind the table', () => {
    const form = formOfV1();
    const list = new SgList(form, SgChunks.alloc(2).table, 0xffff880000100000n);
    const last = { chunk: 0, index: 1 };
    list.change(last, (sg) => form.sg_set_page(sg, pfn_to_page(7n), 512, 0));
    expect([...list.places()]).toHaveLength(2);
    list.change(last, (sg) => form.sg_set_pfn!(sg, 7n, 512, 0));
    expect(() => [...list.places()]).toThrow(Oops);
    expect(() => [...list.places()]).toThrow(/behind the table/);
  });

  it('is kept by v5', () => {
    const form = formOfV5(none);
    const list = listOf(form, [entry(true), entry(true)], 8);
    list.change({ chunk: 0, index: 1 }, (sg) => form.sg_set_pfn!(sg, 9n, 512, 0));
    expect([...list.places()]).toHaveLength(2);
  });
});

/** 1 GiB of RAM, and above it page-less pmem. */
const map = new PhysicalMap({
  name: 'm',
  kernel: { flavour: '4.1' },
  memory: {
    ranges: [
      { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
      { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent Memory' },
    ],
  },
});

describe('a cipher’s walk over a list', () => {
  const walkOver = <Entry>(form: SgForm<Entry>, all: readonly Data[], bytes = new PhysicalBytes()) =>
    new ScatterWalk(listOf(form, all, 4), new DirectMap(map, bytes));

  it('reads and writes the bytes of the list, from any byte on', () => {
    const ram = fc.record({
      pfn: fc.integer({ min: 256, max: 300 }),
      offset: fc.nat({ max: 4095 }),
      length: fc.integer({ min: 1, max: 9000 }),
      dev: fc.constant(false),
    });
    fc.assert(
      fc.property(fc.array(ram, { minLength: 1, maxLength: 8 }), fc.nat(), fc.nat(), (made, from, much) => {
        // Apart from each other, so that what is written can be read again.
        const all = made.map((one, i) => ({ ...one, pfn: one.pfn + i * 64 }));
        const total = all.reduce((sum, { length }) => sum + length, 0);
        const start = from % total;
        const length = 1 + (much % (total - start));
        const bytes = new PhysicalBytes();
        const written = Uint8Array.from({ length }, (_, i) => i * 7 + start);
        walkOver(formOf41(), all, bytes).scatterwalk_map_and_copy(written, start, true);
        const read = new Uint8Array(length);
        walkOver(formOf41(), all, bytes).scatterwalk_map_and_copy(read, start, false);
        expect(read).toEqual(written);
        const flat = all.flatMap(({ pfn, offset, length: size }) => [
          ...bytes.read(pfn * 4096 + offset, size),
        ]);
        expect(flat.slice(start, start + length)).toEqual([...written]);
        expect(flat.every((byte, i) => byte === 0 || (i >= start && i < start + length))).toBe(true);
      }),
    );
  });

  const pageless: Data = { pfn: 0x40000, offset: 512, length: 64, dev: true };
  const copy = <Entry>(form: SgForm<Entry>): Oops => {
    const ok: Data = { ...pageless, pfn: 0x200, dev: false };
    try {
      walkOver(form, [ok, pageless]).scatterwalk_map_and_copy(new Uint8Array(100), 0, false);
    } catch (error) {
      return error as Oops;
    }
    throw new Error('it went well');
  };

  it('faults in 4.1 at an address of the direct map that only arithmetic knows', () => {
    expect(copy(formOf41())).toMatchObject({ where: '__memcpy', address: __va(0x40000200n) });
  });

  it('is stopped by v1 in sg_page', () => {
    expect(copy(formOfV1())).toMatchObject({ where: 'sg_page' });
  });

  it('goes on in v5 with a warning, and then touches what NULL would map: no address at all', () => {
    const said: string[] = [];
    const { where, message } = copy(formOfV5((text) => said.push(text)));
    expect(said).toEqual(['scatterlist references unmapped memory']);
    expect([where, message]).toEqual(['__memcpy', 'general protection fault: 0000, in __memcpy']);
  });

  it('dies of an entry without bytes, and of a list that is too short', () => {
    expect(() =>
      walkOver(formOf41(), [{ ...pageless, length: 0 }]).scatterwalk_start({ chunk: 0, index: 0 }),
    ).toThrow(/no bytes/);
    const short = [{ ...pageless, pfn: 0x200, dev: false }];
    expect(() => walkOver(formOf41(), short).scatterwalk_map_and_copy(new Uint8Array(65), 0, false)).toThrow(
      /NULL/,
    );
    expect(() => walkOver(formOf41(), short).scatterwalk_map_and_copy(new Uint8Array(1), 64, false)).toThrow(
      /NULL/,
    );
  });
});

describe('page-less entries under dma-debug', () => {
  const device: DmaDevice = { name: 'd', dma_mask: 2 ** 64, seg_boundary_mask: 0xffffffff };
  function mapping(sg_page: SgPage) {
    const said: string[] = [];
    const debug = new DmaDebug({ report: (_, { message }) => said.push(message), printk: none, sg_page });
    // Not nommu of the posting, which asks for the page itself: what dma-debug does is asked here.
    const ops = debugged(nommu(none), debug);
    const sg = new SgTable();
    sg.add(0x40000000, 4096, 1);
    return {
      said,
      debug,
      map: () => ops.map_sg(device, sg, DMA_TO_DEVICE),
      unmap: () => ops.unmap_sg(device, sg, DMA_TO_DEVICE),
    };
  }

  it('stop v1: debug_dma_map_sg was not converted', () => {
    expect(mapping(sgPageOf(formOfV1())).map).toThrow(/in sg_page/);
  });

  it('make v5 warn once, and are recorded as the page of NULL', () => {
    const warned: string[] = [];
    const { map: run, unmap, said, debug } = mapping(sgPageOf(formOfV5((text) => warned.push(text))));
    expect(run()).toBe(1);
    unmap();
    expect(warned).toEqual(['scatterlist references unmapped memory']);
    expect(said).toEqual([]);
    expect(debug.num_free_entries).toBe(debug.min_free_entries + 1);
  });

  it('stop nommu of v5 by its own test: NULL is no page', () => {
    const sg = new SgTable();
    sg.add(0x40000000, 4096, 1);
    const ops = nommu(none, sgPageOf(formOfV5(none)));
    expect(() => ops.map_sg(device, sg, DMA_TO_DEVICE)).toThrow(/!sg_page/);
  });
});
