import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDevice } from '../../../../src/engine/dma/dma-ops';
import { amd_iommu } from '../../../../src/engine/dma/iommu/amd-vi';
import { APERTURE_MAX_RANGES, APERTURE_RANGE_SIZE } from '../../../../src/engine/dma/iommu/dma-ops-domain';
import type { TableMemory } from '../../../../src/engine/dma/iommu/page-table';
import { HIGH_WATER_MARK, UNMAP_TIMEOUT } from '../../../../src/engine/dma/iommu/unmap-queue';
import { intel_iommu, type IntelIommuOptions } from '../../../../src/engine/dma/iommu/vt-d';
import { vtdHardware } from '../../../../src/engine/dma/iommu/vt-d-hardware';
import { Oops } from '../../../../src/engine/oops';
import { phys } from '../../../../src/model/address';
import { mappingSequence, type Mapper } from './mapping-sequence';

const device: DmaDevice = { name: 'device', dma_mask: 0xffffffff, seg_boundary_mask: 0xffffffff };
const narrow: DmaDevice = { ...device, dma_mask: 0xffffff };
const wide: DmaDevice = { ...device, dma_mask: Infinity };

/** Pages for tables, counted: what is freed must have been given, and once. */
class Pages implements TableMemory {
  readonly used = new Set<number>();
  private next = 0x100000;
  readonly get_zeroed_page = () => {
    this.next += 4096;
    this.used.add(this.next);
    return this.next;
  };
  readonly free_page = (page: number) => {
    if (!this.used.delete(page)) throw new RangeError(`page ${page} is freed, but was not in use`);
  };
}

function intel(options: Partial<IntelIommuOptions> = {}) {
  const memory = new Pages();
  const messages: string[] = [];
  let timer: (() => void) | undefined;
  let after = 0;
  const iommu = intel_iommu({
    hardware: vtdHardware(0xd2008c22260206n),
    strict: false,
    forcedac: false,
    sp_off: false,
    passthrough: false,
    required_mask: 2 ** 33 - 1,
    reserved: [{ start: phys('0xfeb00000'), end: phys('0xfeb01000') }],
    memory,
    mod_timer: (milliseconds, run) => {
      after = milliseconds;
      timer = run;
    },
    printk: (message) => messages.push(message),
    ...options,
  });
  const flush = () => {
    const run = timer;
    timer = undefined;
    run?.();
  };
  const mapper: Mapper = { ops: iommu, walk: (to, bus) => iommu.find_domain(to)!.walk(bus), flush };
  const ranges = (of = device) =>
    iommu.find_domain(of)!.iovad.ranges.map(({ pfn_lo, pfn_hi }) => [pfn_lo, pfn_hi]);
  return { iommu, memory, messages, flush, mapper, ranges, after: () => after };
}

function amd(fullflush = false) {
  const memory = new Pages();
  const messages: string[] = [];
  const iommu = amd_iommu({ fullflush, memory, printk: (message) => messages.push(message) });
  const mapper: Mapper = { ops: iommu, walk: (to, bus) => iommu.domain_for_device(to).walk(bus) };
  return { iommu, memory, messages, mapper };
}

function sgOf(entries: readonly (readonly [phys: number, length: number, skip?: number])[]): SgTable {
  const sg = new SgTable();
  for (const [at, length, skip] of entries) sg.add(at, length, 0, skip);
  return sg;
}

/** What is never given: interrupts, and the BAR of the tests. */
const RESERVED = [
  [0xfeb00, 0xfeb00],
  [0xfee00, 0xfeeff],
];
const AMD_RESERVED = [[0, 0]];

describe('over 1,000,000 random maps and unmaps no two mappings meet, each leads to its memory, and nothing leaks', () => {
  it.each([
    ['deferred', false],
    ['strict', true],
  ])('VT-d, %s', { timeout: 240_000 }, (_, strict) => {
    const { mapper, ranges, iommu, memory } = intel({ strict });
    const { wrong, maps, errors } = mappingSequence(mapper, device, { steps: 1_000_000, seed: 1 });
    expect(wrong).toEqual([]);
    expect(errors).toBe(0);
    expect(maps).toBeGreaterThan(490_000);
    expect(ranges()).toEqual(RESERVED);
    // An empty table but for pages that wait to be used again: what is unmapped whole is given back.
    iommu.find_domain(device)!.dma_free_pagelist(iommu.find_domain(device)!.domain_unmap(0, 2 ** 27 - 1));
    expect(memory.used.size).toBe(1);
  });

  it('AMD-Vi', { timeout: 240_000 }, () => {
    const { mapper, iommu, messages } = amd();
    const { wrong, maps, errors } = mappingSequence(mapper, device, { steps: 1_000_000, seed: 2 });
    expect(wrong).toEqual([]);
    expect(errors).toBe(0);
    expect(maps).toBeGreaterThan(490_000);
    expect(iommu.domain_for_device(device).used()).toEqual(AMD_RESERVED);
    expect(messages).toEqual([]);
  });

  it('any short sequence of a device with 16 MiB of addresses, full or not', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('deferred', 'strict', 'amd', 'fullflush'), (seed, kind) => {
        const vtd =
          kind === 'deferred' || kind === 'strict' ? intel({ strict: kind === 'strict' }) : undefined;
        const { mapper } = vtd ?? amd(kind === 'fullflush');
        const { wrong } = mappingSequence(mapper, narrow, { steps: 2000, seed });
        expect(wrong).toEqual([]);
        if (vtd) expect(vtd.ranges(narrow)).toEqual(RESERVED);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a full space', () => {
  it('VT-d says so twice, and a list has no length; unmapped ranges count until the flush', () => {
    const { iommu, messages, flush, after } = intel();
    const size = 1 << 18;
    const buses: number[] = [];
    for (let one = iommu.map_page(narrow, 0, size, DMA_TO_DEVICE); !one.error;) {
      buses.push(one.bus);
      one = iommu.map_page(narrow, 0, size, DMA_TO_DEVICE);
    }
    // 64 of them would fit, but for the pages that are never given.
    expect(buses).toHaveLength(63);
    expect(messages).toEqual([
      'Allocating 64-page iova for device failed',
      'Device device request: 40@0 dir 1 --- failed',
    ]);
    const sg = sgOf([[0, size]]);
    sg.dma_length[0] = 1;
    expect(iommu.map_sg(narrow, sg, DMA_TO_DEVICE)).toBe(0);
    expect(sg.dma_length[0]).toBe(0);
    for (const bus of buses) iommu.unmap_page(narrow, bus, size, DMA_TO_DEVICE);
    expect(iommu.map_page(narrow, 0, size, DMA_TO_DEVICE).error).toBe(true);
    expect(after()).toBe(UNMAP_TIMEOUT);
    flush();
    expect(iommu.map_page(narrow, 0, size, DMA_TO_DEVICE)).toEqual({ bus: 0xfc0000, error: false });
  });

  it('VT-d flushes by itself before a 251st range waits', () => {
    const { iommu } = intel();
    const given = Array.from({ length: HIGH_WATER_MARK + 2 }, () => {
      const { bus } = iommu.map_page(device, 0, 1, DMA_TO_DEVICE);
      iommu.unmap_page(device, bus, 1, DMA_TO_DEVICE);
      return bus;
    });
    expect(new Set(given).size).toBe(HIGH_WATER_MARK + 1);
    expect(given.at(-1)).toBe(given[0]);
  });

  it('AMD-Vi grows the aperture to 4 GiB before it gives up, and undoes a list', () => {
    const { iommu } = amd();
    const domain = iommu.domain_for_device(narrow);
    const sg = sgOf([
      [0, 4096],
      [0, 1 << 24],
    ]);
    expect(iommu.map_sg(narrow, sg, DMA_TO_DEVICE)).toBe(0);
    expect(domain.aperture_size).toBe(APERTURE_MAX_RANGES * APERTURE_RANGE_SIZE);
    expect([sg.dma_address[0], sg.dma_length[0], sg.dma_address[1]]).toEqual([0, 0, 0]);
    expect(domain.used()).toEqual([
      [0, 0],
      [0xfee00, 0xfee0f],
    ]);
  });

  it('AMD-Vi gives one level more to a table that has to reach beyond 1 GiB', () => {
    const { iommu } = amd();
    const domain = iommu.domain_for_device(device);
    const size = 2 ** 26;
    const buses = Array.from(
      { length: 20 },
      (_, i) => iommu.map_page(device, i * size, size, DMA_TO_DEVICE).bus,
    );
    expect(domain.mode).toBe(3);
    for (const [i, bus] of buses.entries()) expect(domain.walk(bus + 5).phys).toBe(i * size + 5);
    expect(domain.walk(buses[0]!).steps.map(({ level, says }) => `${level} ${says}`)).toEqual([
      '3 table',
      '2 table',
      '1 read',
    ]);
  });
});

describe('wrong unmaps', () => {
  it('VT-d unmaps all of the range that holds the address; of an address in none it warns once', () => {
    const { iommu, messages, ranges, memory } = intel({ strict: true });
    const { bus } = iommu.map_page(device, 0x7000, 0x4000, DMA_FROM_DEVICE);
    const pages = memory.used.size;
    iommu.unmap_page(device, bus + 0x2000, 0x1000, DMA_FROM_DEVICE);
    expect(iommu.find_domain(device)!.walk(bus).phys).toBeUndefined();
    expect(ranges()).toEqual(RESERVED);
    expect(memory.used.size).toBe(pages);
    for (let i = 0; i < 2; i++) iommu.unmap_page(device, 0x123000, 0x1000, DMA_FROM_DEVICE);
    expect(messages).toEqual(['Driver unmaps unmatched page at PFN 123000']);
  });

  it('VT-d, deferred: a range that is unmapped twice is freed twice at the flush, which is a fault', () => {
    const { iommu, flush } = intel();
    const { bus } = iommu.map_page(device, 0x7000, 0x4000, DMA_FROM_DEVICE);
    for (let i = 0; i < 2; i++) iommu.unmap_page(device, bus, 0x4000, DMA_FROM_DEVICE);
    expect(flush).toThrow(Oops);
  });

  it('VT-d dies of an unmap without a domain', () => {
    expect(() => {
      intel().iommu.unmap_page(device, 0x1000, 1, DMA_TO_DEVICE);
    }).toThrow(Oops);
  });

  it('AMD-Vi unmaps what is named, warns of each page that is not mapped, and leaks what is not named', () => {
    const { iommu, messages } = amd();
    const domain = iommu.domain_for_device(device);
    const { bus } = iommu.map_page(device, 0x7000, 0x4000, DMA_FROM_DEVICE);
    iommu.unmap_page(device, bus, 0x2000, DMA_FROM_DEVICE);
    expect(domain.walk(bus).phys).toBeUndefined();
    expect(domain.walk(bus + 0x2000).phys).toBe(0x9000);
    expect(domain.used()).toEqual([
      [0, 0],
      [3, 4],
    ]);
    iommu.unmap_page(device, bus, 0x4000, DMA_FROM_DEVICE);
    expect(messages).toHaveLength(2);
    iommu.unmap_page(device, 2 ** 32, 0x1000, DMA_FROM_DEVICE);
    expect(messages).toHaveLength(2);
  });
});

describe('special mappings', () => {
  it('a list of VT-d is one range; what its entry says beyond its page leads into the next one: a fault of 4.1', () => {
    const { iommu } = intel();
    const sg = sgOf([
      [0x11000, 4096, 1],
      [0x20000, 4096],
    ]);
    expect(iommu.map_sg(device, sg, DMA_TO_DEVICE)).toBe(2);
    expect(sg.dma_address[0]).toBe(sg.dma_address[1]);
    expect(iommu.find_domain(device)!.walk(sg.dma_address[0]!).phys).toBe(0x20000);
    iommu.unmap_sg(device, sg, DMA_TO_DEVICE);
    expect(iommu.find_domain(device)!.walk(sg.dma_address[0]!).phys).toBeUndefined();
  });

  it('VT-d dies of an entry of no bytes before others', () => {
    const sg = sgOf([
      [0x10000, 0],
      [0x20000, 4096],
    ]);
    expect(() => intel().iommu.map_sg(device, sg, DMA_TO_DEVICE)).toThrow(Oops);
  });

  it('a large page takes the place of an empty table of small ones, which is freed', () => {
    const { iommu, memory } = intel({ strict: true });
    const domain = () => iommu.find_domain(device)!;
    const small = iommu.map_page(device, 0x1000, 2 ** 20, DMA_TO_DEVICE).bus;
    iommu.unmap_page(device, small, 2 ** 20, DMA_TO_DEVICE);
    const tables = memory.used.size;
    const { bus } = iommu.map_page(device, 2 ** 30, 2 ** 21, DMA_TO_DEVICE);
    expect(Math.floor(bus / 2 ** 21)).toBe(Math.floor(small / 2 ** 21));
    expect(memory.used.size).toBe(tables - 1);
    expect(domain().walk(bus + 12345)).toEqual({
      steps: [
        { level: 3, index: 3, lo: expect.any(Number) as number, hi: 0, says: 'table' },
        { level: 2, index: 511, lo: 2 ** 30 + 0x81, hi: 0, says: 'read' },
      ],
      phys: 2 ** 30 + 12345,
    });
  });

  it('with iommu=pt a device that reaches all memory sees physical addresses, and a narrower one does not', () => {
    const { iommu, messages } = intel({ passthrough: true });
    const sg = sgOf([[0x1_2345_6789, 4096]]);
    expect(iommu.map_sg(wide, sg, DMA_TO_DEVICE)).toBe(1);
    expect(sg.dma_address[0]).toBe(0x1_2345_6789);
    expect(iommu.map_page({ ...device, name: 'narrow' }, 0x5000, 1, DMA_TO_DEVICE).bus).toBe(0xfffff000);
    expect(messages).toEqual(['32bit narrow uses non-identity mapping']);
  });

  it('a device that can tell reading from writing nothing may only write what is for writing', () => {
    const zlr = vtdHardware(0xd2008c22660206n);
    expect(zlr.zlr).toBe(true);
    const { iommu } = intel({ hardware: zlr });
    const { bus } = iommu.map_page(device, 0x5000, 1, DMA_FROM_DEVICE);
    expect(iommu.find_domain(device)!.walk(bus).steps.at(-1)!.says).toBe('write');
  });
});
