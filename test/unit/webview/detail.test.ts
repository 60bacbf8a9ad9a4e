import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapView } from '../../../src/host/map-view';
import type { MapView } from '../../../src/protocol/map-view';
import { describePage } from '../../../webview/memory-map/detail/describe';
import { layoutLanes } from '../../../webview/memory-map/detail/lanes';
import { DetailModel } from '../../../webview/memory-map/detail/model';
import { layoutMap, xOf } from '../../../webview/memory-map/layout';
import { readMemory } from '../../../webview/memory';
import { machine, ranges } from '../arbitraries';

const view: MapView = {
  ...mapView(machine({ flavour: '4.1-pfn', posting: 'v3' })),
  namespaces: [
    {
      name: 'namespace0.0',
      mode: 'raw',
      map: 'none',
      size: 2 ** 20,
      at: { start: 2 ** 30, end: 2 ** 30 + 2 ** 20 },
    },
  ],
  marks: [{ start: 2 ** 30, end: 2 ** 30 + 4096, text: 'look here' }],
  windows: [{ start: 2 ** 30 + 4096, end: 2 ** 30 + 8192, by: 'dax_io' }],
};
const vectors = [
  { bio: 9, vec: 0, pfn: 0x40002, offset: 0, len: 4096 },
  { bio: 7, vec: 1, pfn: 0x40000, offset: 512, len: 8192 },
];
const model = new DetailModel(view, vectors);

describe('the detail of the map', () => {
  it('says of a page where it is, what describes it, and who points at it', () => {
    expect(describePage(model, 0x40000)).toBe(
      'pfn 0x4_0000 at 0x4000_0000 · Persistent RAM · no struct page · namespace0.0 · ' +
        'bio 7 points here (bv[1]) · note: look here',
    );
    expect(describePage(model, 0x40001)).toContain('mapped by dax_io');
    expect(describePage(model, 0x100)).toBe(
      'pfn 0x100 at 0x10_0000 · System RAM · has a struct page · zone DMA',
    );
    expect(describePage(model, 0x80000000)).toContain('beyond the memory map');
  });

  it('finds the vectors that reach a page, also from the pages before it', () => {
    // 512 + 8192 bytes reach into a third page, which bio 9 has too.
    expect([...model.vectorsIn(0x40002, 0x40003)].map((v) => v.bio)).toEqual([7, 9]);
    expect([...model.vectorsIn(0x40003, 0x50000)]).toEqual([]);
  });

  it('starts with all memory in view and the cursor where there is no struct page', () => {
    const { span, cursor } = model.start;
    expect(cursor).toBe(0x40000);
    expect(span.from).toBe(0);
    expect(span.pages).toBeGreaterThanOrEqual(0x40100);
  });

  it('has a lane for what is there and none for what is not', () => {
    const names = (shown: MapView) => {
      const made = new DetailModel(shown, []);
      return layoutLanes(shown, made.frames, made.total).lanes.map((lane) => lane.name);
    };
    expect(names(view)).toEqual([
      'ruler',
      'zones',
      'physical',
      'memmap',
      'sections',
      'namespaces',
      'marks',
      'kmap',
    ]);
    expect(names(mapView(machine({ flavour: '4.1' })))).not.toContain('kmap');
  });

  it('stacks its lanes without overlap', () => {
    const { lanes, height } = layoutLanes(view, model.frames, model.total);
    lanes.forEach((lane, i) => {
      const before = lanes[i - 1];
      if (before) expect(lane.y).toBeGreaterThanOrEqual(before.y + before.height);
    });
    expect(height).toBeGreaterThanOrEqual(lanes.at(-1)!.y + lanes.at(-1)!.height);
  });
});

describe('a byte in the folded map', () => {
  it('is further right than every byte before it, and inside the picture', () => {
    fc.assert(
      fc.property(ranges, fc.array(fc.double({ min: 0, max: 1.1, noNaN: true })), (list, shares) => {
        const { extents } = mapView({ name: 'm', kernel: { flavour: '4.1' }, memory: { ranges: list } });
        const layout = layoutMap(extents, { width: 900, folded: 34, narrowest: 40, gap: 2 });
        const end = extents.at(-1)?.end ?? 0;
        let last = 0;
        for (const share of [...shares].sort((a, b) => a - b)) {
          const x = xOf(layout, share * end);
          expect(x).toBeGreaterThanOrEqual(last);
          expect(x).toBeLessThanOrEqual(layout.width + 1e-6);
          last = x;
        }
      }),
    );
  });
});

describe('what a page remembers', () => {
  it('comes back as it was stored', () => {
    const memory = { unfolded: ['cost'], place: { span: { from: 3.5, pages: 64 }, cursor: 5 } };
    expect(readMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
  });

  it.each([
    [undefined],
    [null],
    [7],
    [{}],
    [{ place: 1 }],
    [{ place: { span: { from: -1, pages: 2 }, cursor: 0 } }],
  ])('is nothing when %j was stored', (stored) => {
    expect(readMemory(stored)).toEqual({ unfolded: [], place: undefined });
  });
});
