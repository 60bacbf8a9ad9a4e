import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapView } from '../../../src/host/map-view';
import { layoutMap } from '../../../webview/memory-map/layout';
import { machine, ranges } from '../arbitraries';

const measures = { width: 900, folded: 34, narrowest: 40, gap: 2 };
const viewOf = (list: Parameters<typeof mapView>[0]['memory']['ranges']) =>
  mapView({ name: 'm', kernel: { flavour: '4.1' }, memory: { ranges: list } });

describe('the layout of the memory map', () => {
  it('shows every extent in exactly one block, left to right, without overlap', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 200, max: 2000 }), (list, width) => {
        const { extents } = viewOf(list);
        const layout = layoutMap(extents, { ...measures, width });
        expect(layout.blocks.flatMap((b) => b.extents)).toEqual(extents);
        let x = 0;
        for (const block of layout.blocks) {
          expect(block.x).toBeGreaterThanOrEqual(x - 1e-6);
          expect(block.width).toBeGreaterThanOrEqual(measures.folded);
          x = block.x + block.width;
        }
        if (layout.blocks.length > 0) expect(layout.width).toBeCloseTo(x);
      }),
    );
  });

  it('keeps memory to scale: twice the bytes, twice the width', () => {
    const layout = layoutMap(
      viewOf([
        { start: '0x40000000', end: '0x80000000', kind: 'ram', name: 'System RAM' },
        {
          start: '0x80000000',
          end: '0x100000000',
          kind: 'pmem',
          name: 'Persistent RAM',
          structPages: 'none',
        },
      ]).extents,
      measures,
    );
    const [, ram, pmem] = layout.blocks;
    expect(pmem!.width / ram!.width).toBeCloseTo(2);
    expect(layout.widened).toBe(false);
  });

  it('says when it had to widen a block', () => {
    const layout = layoutMap(
      viewOf([
        { start: '0x0', end: '0x10000000000', kind: 'ram', name: 'System RAM' },
        {
          start: '0x10000000000',
          end: '0x10000100000',
          kind: 'pmem',
          name: 'Persistent RAM',
          structPages: 'none',
        },
      ]).extents,
      measures,
    );
    expect(layout.widened).toBe(true);
  });

  it('folds the mixed first MiB into one block', () => {
    const layout = layoutMap(
      viewOf([
        { start: '0x0', end: '0x1000', kind: 'reserved', name: 'reserved' },
        { start: '0x1000', end: '0x9fc00', kind: 'ram', name: 'System RAM' },
        { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
      ]).extents,
      measures,
    );
    expect(layout.blocks.map((b) => b.name)).toEqual(['low 1 MiB', 'System RAM']);
  });
});

describe('the facts of an extent', () => {
  it('say for page-less memory: no page, no memmap, not mapped, and a badge on the reconstructed word', () => {
    const { extents, totals } = mapView(machine({ flavour: '4.1-pfn', posting: 'v3' }));
    const facts = Object.fromEntries(extents.find((e) => e.kind === 'pmem')!.facts.map((f) => [f.label, f]));
    expect(facts['struct page']!.value).toBe('none');
    expect(facts['direct map']!.value).toBe('not mapped');
    expect(facts['0x4_0000 in v3']).toMatchObject({ value: '0x200001', badge: 'reconstructed' });
    expect(facts['0x4_0000 in v5']).toMatchObject({ value: '0x40000004' });
    expect(totals.memmapSaved).toBe(256 * 64);
  });
});
