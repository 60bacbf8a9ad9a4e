import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhysicalMap } from '../../../src/engine/memory/physical-map';
import { PhysicalBytes } from '../../../src/engine/memory/bytes';
import { withoutDevicePages } from '../../../src/engine/memory/device-pages';
import type { BioscopeDocument, MachineSpec, MemoryRange } from '../../../src/model/machine-spec';
import { ranges } from '../arbitraries';

const spec = (list: MemoryRange[]): MachineSpec => ({
  name: 'm',
  kernel: { flavour: '4.1' },
  memory: { ranges: list },
});

describe('the physical map', () => {
  it('covers every byte once, and looking a byte up finds its extent', () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (list, part) => {
        const map = new PhysicalMap(spec(list));
        let at = 0;
        for (const e of map.extents) {
          expect(e.start).toBe(at);
          at = e.end;
        }
        const address = Math.floor(part * Math.max(at - 1, 0));
        const found = map.at(address);
        if (at > 0) expect(found!.start <= address && address < found!.end).toBe(true);
        expect(map.at(at)).toBeUndefined();
      }),
    );
  });

  it('gives a whole section a memmap when any RAM is in it, and nothing beyond', () => {
    const map = new PhysicalMap(
      spec([
        { start: '0x0', end: '0x7ffdd000', kind: 'ram', name: 'System RAM' },
        { start: '0x7ffdd000', end: '0x80000000', kind: 'reserved', name: 'reserved' },
        { start: '0x80000000', end: '0x90000000', kind: 'device', name: 'PCI Bus 0000:00' },
      ]),
    );
    expect(map.extents.map((e) => e.page)).toEqual(['memmap', 'section', 'none']);
  });

  it('cuts pmem that shares a section with RAM: its first part has reserved pages', () => {
    const map = new PhysicalMap(
      spec([
        { start: '0x0', end: '0x44000000', kind: 'ram', name: 'System RAM' },
        { start: '0x44000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
      ]),
    );
    expect(map.extents.map((e) => [e.start, e.page])).toEqual([
      [0, 'memmap'],
      [0x44000000, 'section'],
      [0x48000000, 'none'],
    ]);
    expect(map.hasPage(0x47fff)).toBe(true);
    expect(map.hasPage(0x48000)).toBe(false);
  });

  it('counts the memmap: 64 bytes a page', () => {
    const map = new PhysicalMap(spec([{ start: '0x0', end: '0x40000000', kind: 'ram', name: 'System RAM' }]));
    expect(map.totals().memmap).toBe(2 ** 24);
  });
});

describe('a machine without device pages', () => {
  it('has none anywhere in its tree, and keeps everything else', () => {
    const document: BioscopeDocument = {
      bioscope: 1,
      machine: spec([
        {
          start: '0x0',
          end: '0x10000000',
          kind: 'pmem',
          name: 'Persistent Memory (legacy)',
          structPages: 'none',
          children: [
            {
              start: '0x0',
              end: '0x8000000',
              kind: 'pmem',
              name: 'namespace0.0',
              structPages: 'mem',
              assumed: 'x',
            },
          ],
        },
      ]),
    };
    expect(new PhysicalMap(document.machine).totals().pmemWithoutPages).toBe(2 ** 27);
    const without = withoutDevicePages(document);
    expect(new PhysicalMap(without.machine).totals().pmemWithoutPages).toBe(2 ** 28);
    expect(without.machine.memory.ranges[0]!.children![0]).toEqual({
      start: '0x0',
      end: '0x8000000',
      kind: 'pmem',
      name: 'namespace0.0',
      structPages: 'none',
    });
  });
});

describe('bytes', () => {
  const SIZE = 5 * 4096;

  it('behave like one flat array, however they are copied and zeroed', () => {
    const step = fc.record({
      kind: fc.constantFrom('fill', 'copy', 'zero'),
      from: fc.nat(SIZE),
      to: fc.nat(SIZE),
      length: fc.nat(9000),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const bytes = new PhysicalBytes();
        const flat = new Uint8Array(4 * SIZE);
        for (const { kind, from, to, length, seed } of steps) {
          const target = to + 2 * SIZE;
          if (kind === 'fill') {
            bytes.fill(from, length, seed);
            flat.set(bytes.read(from, length), from);
          } else if (kind === 'zero') {
            bytes.zero(target, length);
            flat.fill(0, target, target + length);
          } else if (from + length <= 2 * SIZE) {
            bytes.copy(from, target, length);
            flat.copyWithin(target, from, from + length);
          }
        }
        expect(Buffer.from(bytes.read(0, 4 * SIZE)).equals(Buffer.from(flat))).toBe(true);
      }),
    );
  });
});
