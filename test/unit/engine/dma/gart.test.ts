import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { DMA_FROM_DEVICE, DMA_TO_DEVICE, type DmaDevice } from '../../../../src/engine/dma/dma-ops';
import { gart, type GartOptions } from '../../../../src/engine/dma/iommu/gart';
import {
  EMERGENCY_PAGES,
  GART_MAX_PHYS_ADDR,
  GartAperture,
  GPTE_DECODE,
  GPTE_ENCODE,
} from '../../../../src/engine/dma/iommu/gart-aperture';
import { machineFor } from '../../../../src/engine/machine';
import { hex } from '../../../../src/model/address';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import { events } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';
import { mappingSequence, type Mapper } from './mapping-sequence';

const GIB = 2 ** 30;
const HIGH = 5 * GIB;
const SCRATCH = 0x7000;
const device: DmaDevice = { name: 'device', dma_mask: 0xffffffff, seg_boundary_mask: 0xffffffff };

/** An aperture of 64 MiB at 2 GiB, all of it for the IOMMU. */
function make({ fullflush = true, ...options }: Partial<GartOptions> & { fullflush?: boolean } = {}) {
  const messages: string[] = [];
  const printk = (message: string) => messages.push(message);
  const geometry = { aper_base: 2 * GIB, aper_order: 1, agp: false };
  const aperture = new GartAperture({ ...geometry, fullflush, scratch: SCRATCH, printk });
  const ops = gart({
    aperture,
    force_iommu: false,
    iommu_merge: false,
    panic_on_overflow: false,
    printk,
    ...options,
  });
  const mapper: Mapper = { ops, walk: (_, bus) => aperture.walk(bus), scratch: SCRATCH };
  const first = aperture.bus_base + EMERGENCY_PAGES * 4096;
  return { ops, aperture, messages, mapper, first };
}

function sgOf(entries: readonly (readonly [phys: number, length: number])[]): SgTable {
  const sg = new SgTable();
  for (const [at, length] of entries) sg.add(at, length, 0);
  return sg;
}

const out = ({ dma_address, dma_length }: SgTable, nents: number) =>
  Array.from({ length: nents }, (_, i) => [dma_address[i], dma_length[i]]);

/** Takes all pages but `left` of them. */
function fill({ ops, aperture }: ReturnType<typeof make>, left: number): number {
  const { bus } = ops.map_page(device, HIGH, (16384 - EMERGENCY_PAGES - 1 - left) * 4096, DMA_TO_DEVICE);
  expect(aperture.holds(bus)).toBe(true);
  return bus;
}

describe('over 1,000,000 random maps and unmaps no two mappings meet, each leads to its memory, and nothing leaks', () => {
  it.each([true, false])('fullflush %s', { timeout: 240_000 }, (fullflush) => {
    const { mapper, aperture, messages } = make({ force_iommu: true, fullflush });
    const { wrong, maps, errors } = mappingSequence(mapper, device, { steps: 1_000_000, seed: 3, most: 400 });
    expect(wrong).toEqual([]);
    expect(errors).toBe(0);
    expect(maps).toBeGreaterThan(490_000);
    expect(aperture.used()).toEqual([[0, EMERGENCY_PAGES - 1]]);
    expect(messages).toEqual([]);
    if (fullflush) expect(aperture.flushes).toBe(maps);
    else expect(aperture.flushes).toBeLessThan(maps / 5);
  });
});

describe('entries', () => {
  it('hold every page below 1 TiB', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: GART_MAX_PHYS_ADDR / 4096 - 1 }), (pfn) => {
        expect(GPTE_DECODE(GPTE_ENCODE(pfn * 4096))).toBe(pfn * 4096);
      }),
    );
  });

  it('have no room for more: a page is refused, a list is not, and leads elsewhere', () => {
    const { ops, aperture, messages } = make();
    expect(ops.map_page(device, GART_MAX_PHYS_ADDR - 4096, 4096, DMA_TO_DEVICE).error).toBe(false);
    expect(ops.map_page(device, GART_MAX_PHYS_ADDR - 4095, 4096, DMA_TO_DEVICE)).toEqual({
      bus: aperture.bus_base,
      error: true,
    });
    const sg = sgOf([[GART_MAX_PHYS_ADDR, 4096]]);
    expect(ops.map_sg(device, sg, DMA_TO_DEVICE)).toBe(1);
    expect(aperture.walk(sg.dma_address[0]!).phys).toBe(4096);
    expect(messages).toEqual([]);
  });

  it('that are not mapped lead to the scratch page, and the first ones nowhere', () => {
    const { aperture, first } = make();
    expect(aperture.walk(first + 5)).toMatchObject({
      steps: [{ says: 'scratch' }],
      phys: SCRATCH + 5,
    });
    expect(aperture.walk(aperture.bus_base).phys).toBeUndefined();
    expect(aperture.walk(0x1234)).toEqual({ steps: [], phys: 0x1234 });
  });
});

describe('the aperture', () => {
  it('leaves an AGP driver the lower half, ends on 2 MiB, and is called small below 64 MiB', () => {
    const messages: string[] = [];
    const printk = (message: string) => messages.push(message);
    const common = { aper_base: 3 * GIB, fullflush: true, scratch: 0, printk };
    const half = new GartAperture({ ...common, aper_order: 2, agp: true });
    expect([half.bus_base, half.size]).toEqual([3 * GIB + 64 * 2 ** 20, 64 * 2 ** 20]);
    expect(messages).toEqual([]);
    const small = new GartAperture({ ...common, aper_order: 0, agp: false });
    expect(small.size).toBe(32 * 2 ** 20);
    expect(messages).toEqual([
      'PCI-DMA: Warning: Small IOMMU 32MB. Consider increasing the AGP aperture in BIOS',
    ]);
  });

  it('is for what a device cannot reach, unless it is forced', () => {
    const { ops, first } = make();
    expect(ops.map_page(device, 0x5123, 100, DMA_TO_DEVICE).bus).toBe(0x5123);
    expect(ops.map_page(device, HIGH + 0x123, 100, DMA_TO_DEVICE).bus).toBe(first + 0x123);
    expect(make({ force_iommu: true }).ops.map_page(device, 0x5123, 100, DMA_TO_DEVICE).bus).toBe(
      first + 0x123,
    );
  });

  it('crosses no boundary of the device', () => {
    const { ops, aperture, first } = make();
    const bounded = { ...device, seg_boundary_mask: 0xffff };
    for (const pages of [3, 14, 3, 16]) {
      const { bus } = ops.map_page(bounded, HIGH, pages * 4096, DMA_TO_DEVICE);
      expect(bus).toBeGreaterThanOrEqual(first);
      expect(Math.floor(bus / 65536)).toBe(Math.floor((bus + pages * 4096 - 1) / 65536));
    }
    expect(ops.map_page(bounded, HIGH, 17 * 4096, DMA_TO_DEVICE).bus).toBe(aperture.bus_base);
  });

  it('without fullflush is flushed when the search goes back to the start', () => {
    const one = make({ fullflush: false });
    const bus = fill(one, 1);
    expect(one.aperture.flushes).toBe(0);
    one.ops.unmap_page(device, bus, 4096, DMA_TO_DEVICE);
    one.ops.map_page(device, HIGH, 4096, DMA_TO_DEVICE);
    expect(one.aperture.flushes).toBe(0);
    expect(one.ops.map_page(device, HIGH, 4096, DMA_TO_DEVICE).bus).toBe(one.first);
    expect(one.aperture.flushes).toBe(1);
  });
});

describe('a list', () => {
  const entries = [
    [HIGH + 512, 3584],
    [HIGH + 0x10000, 8192],
    [HIGH + 0x20000, 100],
    [HIGH + 0x30000, 4096],
    [0x5000, 4096],
  ] as const;

  it('with iommu=merge joins what ends and begins on a page', () => {
    const { ops, first, aperture } = make({ iommu_merge: true });
    const sg = sgOf(entries);
    expect(ops.map_sg(device, sg, DMA_TO_DEVICE)).toBe(3);
    expect(out(sg, 4)).toEqual([
      [first + 512, 3584 + 8192 + 100],
      [first + 4 * 4096, 4096],
      [0x5000, 4096],
      [0, 0],
    ]);
    expect(aperture.walk(first + 4096 + 5).phys).toBe(HIGH + 0x10005);
    ops.unmap_sg(device, sg, DMA_TO_DEVICE);
    expect(aperture.used()).toEqual([[0, EMERGENCY_PAGES - 1]]);
  });

  it('is joined only up to what the device takes as one, and else not at all', () => {
    const limited = { ...device, max_segment_size: 12288 };
    const { ops } = make({ iommu_merge: true });
    const pages = sgOf([0, 1, 2, 3].map((i) => [HIGH + i * 0x10000, 4096] as const));
    expect(ops.map_sg(limited, pages, DMA_TO_DEVICE)).toBe(2);
    expect([...pages.dma_length.subarray(0, 3)]).toEqual([12288, 4096, 0]);
    expect(make().ops.map_sg(device, sgOf(entries), DMA_TO_DEVICE)).toBe(5);
  });

  it('that was forced and does not fit is mapped again as far as it must be', () => {
    const one = make({ force_iommu: true });
    fill(one, 1);
    const sg = sgOf([
      [HIGH, 4096],
      [0x5000, 4096],
    ]);
    expect(one.ops.map_sg(device, sg, DMA_TO_DEVICE)).toBe(2);
    expect(one.aperture.holds(sg.dma_address[0]!)).toBe(true);
    expect(sg.dma_address[1]).toBe(0x5000);
    expect(one.messages).toEqual([]);
  });

  it('that does not fit at all is nowhere: 0, the bad address, and what was taken is given back', () => {
    const one = make({ iommu_merge: true });
    fill(one, 1);
    const before = one.aperture.used();
    const sg = sgOf([
      [HIGH, 4096],
      [HIGH + 0x10000, 4096],
    ]);
    expect(one.ops.map_sg(device, sg, DMA_TO_DEVICE)).toBe(0);
    expect(out(sg, 2)).toEqual([
      [one.aperture.bus_base, 0],
      [one.aperture.bus_base, 0],
    ]);
    expect(one.aperture.used()).toEqual(before);
    expect(one.messages).toEqual([
      'device: PCI-DMA: Out of IOMMU space for 4096 bytes',
      'device: PCI-DMA: Out of IOMMU space for 8192 bytes',
    ]);
  });

  it('of no entries is none, and one with an entry of no bytes is the end', () => {
    const { ops } = make();
    expect(ops.map_sg(device, new SgTable(), DMA_TO_DEVICE)).toBe(0);
    expect(() => ops.map_sg(device, sgOf([[HIGH, 0]]), DMA_TO_DEVICE)).toThrow(/BUG/);
  });
});

describe('what does not fit', () => {
  it('goes to the emergency pages if it is at most 128 KiB, or else the kernel panics', () => {
    const one = make();
    fill(one, 0);
    expect(one.ops.map_page(device, HIGH, 2 ** 17, DMA_TO_DEVICE)).toEqual({ bus: 2 * GIB, error: true });
    expect(() => one.ops.map_page(device, HIGH, 2 ** 17 + 1, DMA_TO_DEVICE)).toThrow(/panic.*Random memory/);
    expect(() => one.ops.map_page(device, HIGH, 2 ** 17 + 1, DMA_FROM_DEVICE)).toThrow(/panic.*corrupted/);
  });

  it('panics at once with iommu=panic, and is no loss to a device that reaches memory', () => {
    const one = make({ panic_on_overflow: true, force_iommu: true });
    fill(one, 0);
    expect(one.ops.map_page(device, 0x5000, 4096, DMA_TO_DEVICE).bus).toBe(0x5000);
    expect(() => one.ops.map_page(device, HIGH, 4096, DMA_TO_DEVICE)).toThrow(/dma_map_area overflow/);
    expect(() => one.ops.map_sg(device, sgOf([[HIGH, 4096]]), DMA_TO_DEVICE)).toThrow(/overflow/);
  });

  it('a wrong unmap frees what it names; beside the aperture it does nothing', () => {
    const { ops, aperture, first } = make();
    const { bus } = ops.map_page(device, HIGH, 16384, DMA_TO_DEVICE);
    ops.unmap_page(device, bus, 8192, DMA_TO_DEVICE);
    expect(aperture.walk(bus + 8192).phys).toBe(HIGH + 8192);
    for (const wrong of [aperture.bus_base, 0x5000, bus]) ops.unmap_page(device, wrong, 8192, DMA_TO_DEVICE);
    expect(aperture.used()).toEqual([
      [0, EMERGENCY_PAGES - 1],
      [EMERGENCY_PAGES + 2, EMERGENCY_PAGES + 3],
    ]);
    expect(bus).toBe(first);
  });
});

describe('a machine with an AMD northbridge', () => {
  const ram = (start: number, end: number) => ({
    start: hex(start),
    end: hex(end),
    kind: 'ram' as const,
    name: 'System RAM',
  });
  const spec = (cmdline: string): MachineSpec => ({
    name: 'gart',
    kernel: { flavour: '4.1' },
    memory: { ranges: [ram(0x100000, 0x7ff00000), ram(4 * GIB, HIGH)] },
    devices: [{ name: 'nvme0n1', driver: 'nvme', sectors: 65536, dmaMask: '0xffffffff' }],
    dma: { hardware: 'amd-gart', cmdline },
  });
  const io = (op: 'read' | 'write', pfn: number): Io => ({
    op,
    device: 'nvme0n1',
    sector: 0,
    add: 'bio_add_page',
    vecs: [0, 2, 4].map((n) => ({ pfn: hex(pfn + n), offset: 0, len: 4096 })),
    ...(op === 'write' ? { fill: 7 } : {}),
  });

  it.each([
    ['', 3],
    ['iommu=merge', 1],
    // Whatever iommu= says, it also turns merging on.
    ['iommu=nofullflush', 1],
  ])('%s: data of a 32-bit device goes through the aperture and comes back as it was', (cmdline, entries) => {
    const workload = [io('write', 0x100004), io('read', 0x100104)];
    const machine = machineFor(spec(cmdline), workload);
    const { outcomes, recording } = machine.run(workload);
    expect(outcomes.map(({ state, error }) => [state, error])).toEqual([
      ['completed', 0],
      ['completed', 0],
    ]);
    const { bytes, dma } = machine.kernel;
    expect(bytes.read(0x100104 * 4096, 4096)).toEqual(bytes.read(0x100004 * 4096, 4096));
    expect(bytes.read(0x100104 * 4096, 4)).not.toEqual(new Uint8Array(4));
    const addresses = [...events(recording)].filter(({ name }) => name.name === 'sg_dma_address');
    expect(addresses).toHaveLength(2 * entries);
    for (const { a } of addresses) expect(dma!.made.walk!(device, a)!.steps).toHaveLength(1);
    expect(dma!.live).toBe(0);
  });
});
