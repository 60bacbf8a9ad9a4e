import { describe, expect, it } from 'vitest';
import { withoutDevicePages } from '../../../src/engine/memory/device-pages';
import { openMachine } from '../../../src/host/machine-view';
import { withMarkChange } from '../../../src/host/marks';
import { pageView } from '../../../src/host/page-view';
import { changedSelection } from '../../../src/host/selection';
import { readDocument, writeDocument } from '../../../src/model/document';
import type { BioscopeDocument, MachineSpec } from '../../../src/model/machine-spec';
import { machine } from '../arbitraries';

function look(pfn: number, kernel: MachineSpec['kernel'], change: Partial<MachineSpec['memory']> = {}) {
  const base = machine(kernel, true);
  const spec = { ...base, memory: { ...base.memory, ...change } };
  const vec = (at: string, offset: number, len: number) => ({ pfn: at, offset, len });
  const workload: BioscopeDocument['workload'] = [
    {
      op: 'write',
      device: 'ram0',
      sector: 0,
      add: 'by-hand',
      vecs: [vec('0x100', 0, 4096), vec('0x40000', 512, 1024)],
    },
  ];
  const { view, map, vectors } = openMachine({ bioscope: 1, machine: spec, workload }, []);
  return pageView({ spec, map, view: view.map, vectors }, pfn);
}

const fact = (list: readonly { label: string; value: string }[] | undefined, label: string) =>
  list?.find((f) => f.label === label);

describe('one page', () => {
  it('without a struct page: no zone, no pointer, not mapped, and a word in each layout', () => {
    const page = look(0x40000, { flavour: '4.1-pfn', posting: 'v3' })!;
    expect(page.title).toBe('pfn 0x4_0000 · Persistent RAM');
    expect(fact(page.physical, 'zone')!.value).toMatch(/^none/);
    expect(fact(page.physical, 'section')!.value).toBe('8 (128 MiB), no memmap');
    expect(fact(page.words, 'struct page *')!.value).toBe('none');
    expect(fact(page.words, 'direct map')!.value).toContain('ioremaps');
    expect(fact(page.words, 'v1')!.value).toBe('0x40000');
    expect(fact(page.words, 'v3')).toMatchObject({ value: '0x200001', badge: 'reconstructed' });
    expect(fact(page.words, '4.5')!.value).toBe('0x2000000000040000');
    expect(fact(page.pointers, 'bio 0')!.value).toBe('bv[1] · offset 512 + 1024 B');
    expect(page.sentence).toContain('bvec_page() gives NULL');
  });

  it('with one: its zone, its pointer, its place in the direct map', () => {
    const page = look(0x100, { flavour: '4.1' })!;
    expect(fact(page.words, 'struct page *')!.value).toBe('0xffff_ea00_0000_4000');
    expect(fact(page.words, 'direct map')!.value).toBe('0xffff_8800_0010_0000');
    expect(fact(page.physical, 'zone')).toMatchObject({ value: 'DMA', badge: 'assumed' });
    expect(fact(page.words, 'v3')!.value).toBe('0xffffea0000004000');
  });

  it('takes zone and node from /proc/zoneinfo where that was read', () => {
    const zones = [
      { node: 1, name: 'Normal', start: '0x100000', end: '0x10000000', presentPages: 1, managedPages: 1 },
    ];
    const page = look(0x100, { flavour: '4.1' }, { zones })!;
    expect(fact(page.physical, 'zone')).toEqual({ label: 'zone', value: 'Normal' });
    expect(fact(page.physical, 'node')!.value).toBe('1');
  });

  it('counts slots of the bounce pool, and tells namespaces and notes', () => {
    const page = look(
      0x102,
      { flavour: '4.1' },
      {
        swiotlb: { start: '0x100000', end: '0x200000' },
        namespaces: [{ name: 'namespace0.0', mode: 'raw', size: 1, start: '0x100000', end: '0x103000' }],
        marks: [{ start: '0x102fff', end: '0x103000', text: 'last byte' }],
      },
    )!;
    expect(page.pointers.map((f) => f.value)).toEqual([
      'slot 0x4 of the pool',
      'namespace0.0 (raw)',
      'last byte',
    ]);
  });

  it('says why it is not mapped where it is above lowmem, and which layouts have no word for it', () => {
    const ranges = [{ start: '0x100000', end: '0x200000000', kind: 'ram' as const, name: 'System RAM' }];
    const page = look(0x180000, { flavour: '4.1', arch: 'x86-pae' }, { ranges })!;
    expect(fact(page.words, 'direct map')!.value).toContain('HIGHMEM');
    expect(fact(page.physical, 'zone')!.value).toBe('HighMem');
    expect(fact(page.words, 'v5')!.value).toMatch(/^cannot be encoded/);
  });

  it('is nothing past the end of memory', () => {
    expect(look(0x40100, { flavour: '4.1' })).toBeUndefined();
  });
});

describe('the selection', () => {
  const { map } = openMachine({ bioscope: 1, machine: machine({ flavour: '4.1' }) }, []);
  it('of a page brings its extent; of another extent lets go of the page', () => {
    const page = changedSelection({ io: 2 }, { page: 0x40010 }, map);
    expect(page).toEqual({ io: 2, page: 0x40010, extent: 0x40000000 });
    expect(changedSelection(page, { extent: 0x100000 }, map)).toEqual({ io: 2, extent: 0x100000 });
    expect(changedSelection(page, { io: 1 }, map)).toEqual({ ...page, io: 1 });
    expect(changedSelection(page, { page: 2 ** 38 }, map)).toEqual({ io: 2, extent: 0x40000000 });
  });
});

describe('notes', () => {
  const document: BioscopeDocument = { bioscope: 1, machine: machine({ flavour: '4.1' }) };
  const mark = { start: 0x40000000, end: 0x40001000, text: 'a', colour: 'red' as const };

  it('are added, changed and removed, and survive the document', () => {
    const one = withMarkChange(document, { do: 'add', mark });
    const two = withMarkChange(one, { do: 'add', mark: { start: 0, end: 1, text: 'b' } });
    const changed = withMarkChange(two, {
      do: 'replace',
      index: 0,
      mark: { ...mark, text: 'c', colour: 'blue' },
    });
    const read = readDocument(writeDocument(changed));
    expect(read.ok && read.document.machine.memory.marks).toEqual([
      { start: '0x40000000', end: '0x40001000', text: 'c', colour: 'blue' },
      { start: '0x0', end: '0x1', text: 'b' },
    ]);
    expect(withMarkChange(changed, { do: 'remove', index: 0 }).machine.memory.marks).toHaveLength(1);
    expect(document.machine.memory.marks).toBeUndefined();
  });

  it('and the bounce pool stay when the device pages go, whose zone and namespaces go with them', () => {
    const { machine: base } = withMarkChange(document, { do: 'add', mark });
    const zone = { node: 0, start: '0x40000000', end: '0x40100000', presentPages: 0, managedPages: 0 };
    const memory = {
      ...base.memory,
      swiotlb: { start: '0x100000', end: '0x200000' },
      zones: [
        { ...zone, name: 'DMA32' },
        { ...zone, name: 'Device' },
      ],
      namespaces: [{ name: 'namespace0.0', mode: 'fsdax' as const, map: 'dev' as const, size: 2 ** 20 }],
    };
    const after = withoutDevicePages({ ...document, machine: { ...base, memory } }).machine.memory;
    expect(after.marks).toEqual(base.memory.marks);
    expect(after.swiotlb).toEqual(memory.swiotlb);
    expect(after.zones!.map((z) => z.name)).toEqual(['DMA32']);
    expect(after.namespaces).toMatchObject([{ mode: 'raw', map: 'none' }]);
  });

  it('that are gone change nothing', () => {
    const one = withMarkChange(document, { do: 'add', mark });
    for (const change of [
      { do: 'remove', index: 5 },
      { do: 'replace', index: 5, mark },
    ] as const)
      expect(withMarkChange(one, change).machine.memory.marks).toEqual(one.machine.memory.marks);
  });
});
