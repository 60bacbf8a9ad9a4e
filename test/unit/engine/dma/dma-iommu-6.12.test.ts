import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { dmaIommu, type IommuEvent } from '../../../../src/engine/dma/iommu/dma-iommu-6.12';
import { DMA_TO_DEVICE, type DmaDevice } from '../../../../src/engine/dma/dma-ops';
import { IovaDomain612 } from '../../../../src/engine/dma/iommu/iova-6.12';
import { randomFrom } from '../../capture/mutate';

const LAST = 2 ** 20 - 1;

describe('I/O virtual addresses of 6.12', () => {
  it(
    'are given once, in order from the top, aligned to their size, and none is lost',
    { timeout: 60_000 },
    () => {
      const iovad = new IovaDomain612();
      iovad.reserve_iova(0xfee00, 0xfeeff);
      const owner = new Map<number, number>();
      const live: { pfn: number; size: number }[] = [];
      const next = randomFrom(3);
      const wrong = new Set<string>();
      for (let step = 0; step < 300_000; step++) {
        if (live.length > 500 || (live.length > 0 && next(2) === 0)) {
          const at = next(live.length);
          const { pfn, size } = live[at]!;
          live[at] = live.at(-1)!;
          live.pop();
          for (let i = 0; i < size; i++) owner.delete(pfn + i);
          iovad.free_iova_fast(pfn, size);
          continue;
        }
        const size = 1 + next(next(10) === 0 ? 300 : 40);
        const pfn = iovad.alloc_iova_fast(size, LAST, true);
        if (pfn === 0 || pfn + size - 1 > LAST) wrong.add('limit');
        if (pfn % 2 ** Math.ceil(Math.log2(size)) !== 0) wrong.add('alignment');
        if (pfn <= 0xfeeff && pfn + size > 0xfee00) wrong.add('reserved');
        for (let i = 0; i < size; i++) {
          if (owner.has(pfn + i)) wrong.add('a page twice');
          owner.set(pfn + i, step);
        }
        live.push({ pfn, size });
      }
      expect([...wrong]).toEqual([]);
    },
  );

  it('begin at the last page below 4 GiB, and a short one that was freed is given again at once', () => {
    const iovad = new IovaDomain612();
    const [a, b] = [iovad.alloc_iova_fast(1, LAST, false), iovad.alloc_iova_fast(3, LAST, false)];
    expect([a, b]).toEqual([0xfffff, 0xffff8]);
    iovad.free_iova_fast(a, 1);
    expect(iovad.alloc_iova_fast(4, LAST, false)).toBe(0xffff4);
    expect(iovad.alloc_iova_fast(1, LAST, false)).toBe(a);
    // 33 pages are more than a CPU keeps: the range is free for anything.
    const long = iovad.alloc_iova_fast(33, LAST, false);
    iovad.free_iova_fast(long, 33);
    expect(iovad.alloc_iova_fast(40, LAST, false)).toBe(long);
  });

  it('are found above the place of the last search when nothing is free below it, and in what a CPU keeps', () => {
    const iovad = new IovaDomain612();
    iovad.reserve_iova(0, LAST - 4);
    const all = [1, 1, 1, 1].map((size) => iovad.alloc_iova_fast(size, LAST, false));
    expect(iovad.alloc_iova_fast(1, LAST, false)).toBe(0);
    iovad.free_iova_fast(all[2]!, 1);
    iovad.free_iova_fast(all[3]!, 1);
    expect(iovad.alloc_iova_fast(2, LAST, false)).toBe(0);
    expect(iovad.alloc_iova_fast(2, LAST, true)).toBe(LAST - 3);
  });
});

/** Where byte `k` of the data lies, which is in these runs, one after the other. */
function addressOf(runs: readonly (readonly [start: number, bytes: number])[], k: number): number {
  let left = k;
  for (const [start, bytes] of runs) {
    if (left < bytes) return start + left;
    left -= bytes;
  }
  return -1;
}

describe('a list through the IOMMU of 6.12', () => {
  const device = (more: Partial<DmaDevice>): DmaDevice => ({
    name: 'd',
    dma_mask: Infinity,
    seg_boundary_mask: 0xffffffff,
    ...more,
  });
  const entry = fc.record({
    pfn: fc.integer({ min: 1, max: 40 }),
    offset: fc.oneof(fc.constant(0), fc.nat({ max: 4095 })),
    length: fc.oneof(fc.constant(4096), fc.integer({ min: 1, max: 20_000 })),
  });

  it('is one range, in which the device finds every byte in order, and no segment is too long', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(20_000, 65_536, 2 ** 32 - 1),
        fc.constantFrom(0xffff, 0xffffffff),
        (entries, max_segment_size, seg_boundary_mask) => {
          const events: IommuEvent[] = [];
          const ops = dmaIommu({
            iovad: new IovaDomain612(),
            aperture_end: 2 ** 39 - 1,
            printk: () => undefined,
            trace: (event) => events.push(event),
          });
          const d = device({ max_segment_size, seg_boundary_mask });
          const sg = new SgTable();
          for (const { pfn, offset, length } of entries) sg.add(pfn * 4096 + offset, length, 0);
          const nents = ops.map_sg(d, sg, DMA_TO_DEVICE);
          const seen = [...Array(nents).keys()].map((i) => [sg.dma_address[i]!, sg.dma_length[i]!] as const);
          const bytes = entries.reduce((sum, { length }) => sum + length, 0);
          expect(seen.reduce((sum, [, size]) => sum + size, 0)).toBe(bytes);
          for (const [at, size] of seen) {
            expect(size).toBeLessThanOrEqual(
              Math.max(max_segment_size, ...entries.map(({ length }) => length)),
            );
            if (seg_boundary_mask === 0xffff && size <= 4096)
              expect(Math.floor(at / 65536)).toBe(Math.floor((at + size - 1) / 65536));
          }
          const memory = entries.map(({ pfn, offset, length }) => [pfn * 4096 + offset, length] as const);
          for (let k = 0; k < bytes; k += 509)
            expect(ops.reach!(d, addressOf(seen, k))).toBe(addressOf(memory, k));
          const mapped = events.filter(({ event }) => event === 'map');
          ops.unmap_sg(d, sg, DMA_TO_DEVICE);
          const [gone] = events.filter(({ event }) => event === 'unmap');
          expect(gone!.iova).toBe(mapped[0]!.iova);
          expect(ops.reach!(d, gone!.iova)).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('joins whole pages up to what the device takes, and maps neighbours at once', () => {
    const events: IommuEvent[] = [];
    const ops = dmaIommu({
      iovad: new IovaDomain612(),
      aperture_end: 2 ** 39 - 1,
      printk: () => undefined,
      trace: (event) => events.push(event),
    });
    const sg = new SgTable();
    for (const pfn of [9, 5, 6, 3]) sg.add(pfn * 4096, 4096, 0);
    expect(ops.map_sg(device({ max_segment_size: 12_288 }), sg, DMA_TO_DEVICE)).toBe(2);
    expect([...sg.dma_length.subarray(0, 4)]).toEqual([12_288, 4096, 0, 0]);
    expect(events.map(({ size, paddr }) => [size, paddr])).toEqual([
      [4096, 0x9000],
      [8192, 0x5000],
      [4096, 0x3000],
    ]);
  });

  it('goes above 4 GiB only when nothing is left below', () => {
    const said: string[] = [];
    const iovad = new IovaDomain612();
    iovad.reserve_iova(0, LAST);
    const ops = dmaIommu({ iovad, aperture_end: 2 ** 39 - 1, printk: (text) => said.push(text) });
    expect(ops.map_page(device({}), 0x5000, 4096, DMA_TO_DEVICE).bus).toBe(2 ** 39 - 4096);
    expect(ops.map_page(device({ dma_mask: 2 ** 32 - 1 }), 0x5000, 4096, DMA_TO_DEVICE).error).toBe(true);
    expect(said).toEqual(['d: Using 39-bit DMA addresses']);
  });
});
