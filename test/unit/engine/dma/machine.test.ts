import { describe, expect, it } from 'vitest';
import { machineFor } from '../../../../src/engine/machine';
import { events } from '../../../../src/model/recording';
import { hex } from '../../../../src/model/address';
import type { DeviceSpec } from '../../../../src/model/device-spec';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import type { Io } from '../../../../src/model/workload-spec';

const PMEM = 0x40000000;
const ram = (start: number, end: number) => ({
  start: hex(start),
  end: hex(end),
  kind: 'ram' as const,
  name: 'System RAM',
});

function machine(dma: MachineSpec['dma'], device: DeviceSpec, kernel?: MachineSpec['kernel']): MachineSpec {
  return {
    name: 'dma',
    kernel: kernel ?? { flavour: '4.1' },
    memory: {
      ranges: [
        ram(0x100000, PMEM),
        { start: hex(PMEM), end: hex(PMEM + 0x10000000), kind: 'pmem', name: 'Persistent RAM' },
        ram(0x100000000, 0x140000000),
      ],
    },
    devices: [device],
    dma,
  };
}

const nvme: DeviceSpec = { name: 'nvme0n1', driver: 'nvme', sectors: 65536 };
const narrow: DeviceSpec = { ...nvme, dmaMask: '0xffffffff' };

const io = (op: 'read' | 'write', pfn: number, pages: number): Io => ({
  op,
  device: 'nvme0n1',
  sector: 0,
  add: 'bio_add_page',
  vecs: [...Array(pages).keys()].map((n) => ({ pfn: hex(pfn + n), offset: 0, len: 4096 })),
  ...(op === 'write' ? { fill: 7 } : {}),
});

/** Pages above 4 GiB are written and read back to others. */
const roundTrip = [io('write', 0x100004, 8), io('read', 0x100104, 8)];

function run(spec: MachineSpec, workload: readonly Io[]) {
  const made = machineFor(spec, workload);
  const { outcomes, recording } = made.run(workload);
  const seen = (name: string) => [...events(recording)].filter((event) => event.name.name === name);
  return { kernel: made.kernel, outcomes, seen };
}

describe('requests on their way to a device', () => {
  it.each<[string, MachineSpec['dma'], DeviceSpec, boolean]>([
    ['a device that reaches everything', {}, nvme, false],
    ['a device of 32 bits', {}, narrow, true],
    ['swiotlb=force', { cmdline: 'swiotlb=force' }, nvme, true],
    ['a Xen domain', { hardware: 'xen' }, nvme, true],
    ['devices behind a window of 512 MiB', { hardware: 'sta2x11' }, nvme, true],
  ])('data comes back as it was: %s', (_name, dma, device, bounced) => {
    const { kernel, outcomes, seen } = run(machine(dma, device), roundTrip);
    expect(outcomes.map(({ state, error }) => [state, error])).toEqual([
      ['completed', 0],
      ['completed', 0],
    ]);
    const { bytes } = kernel;
    expect(bytes.read(0x100104 * 4096, 8 * 4096)).toEqual(bytes.read(0x100004 * 4096, 8 * 4096));
    expect(bytes.read(0x100104 * 4096, 4).some((byte) => byte !== 0)).toBe(true);
    expect(seen('swiotlb_bounce').length > 0).toBe(bounced);
    expect(kernel.dma!.live).toBe(0);
    expect(kernel.dma!.made.pool?.used ?? 0).toBe(0);
  });

  it('a bounce goes to a slot the device can reach, before the device starts and after it is done', () => {
    const { kernel, seen } = run(machine({}, narrow), roundTrip);
    const [out, back] = seen('swiotlb_bounce');
    const { pool } = kernel.dma!.made;
    expect(pool!.holds(out!.b)).toBe(true);
    expect(pool!.holds(back!.a)).toBe(true);
    for (const { a } of seen('sg_dma_address')) expect(a).toBeLessThan(2 ** 32);
    expect(seen('dma_map_sg')[0]!.index).toBeGreaterThan(out!.index);
    expect(back!.index).toBeGreaterThan(seen('dma_unmap_sg')[1]!.index);
  });

  it('says why a request cannot be mapped, and how that ends', () => {
    // One entry of 384 KiB: no run of slots is longer than 256 KiB, however empty the pool.
    const long = { limits: { max_segment_size: 0x100000, seg_boundary_mask: '0xffffffff' } };
    const sd: DeviceSpec = {
      name: 'nvme0n1',
      driver: 'sd',
      sectors: 65536,
      queue: { limits: { ...long.limits, max_sectors: 1024, max_hw_sectors: 1024 } },
    };
    const { outcomes, seen } = run(machine({ cmdline: 'swiotlb=force' }, sd), [io('write', 0x10000, 96)]);
    expect(outcomes[0]).toMatchObject({ state: 'completed', error: -5 });
    expect(outcomes[0]!.because).toBe(
      'dma_map_sg: swiotlb could not map the 1 entries for nvme0n1 (DMA: Out of SW-IOMMU space for 393216 bytes at device nvme0n1)',
    );
    expect(seen('printk').map(({ note }) => note)).toEqual([
      'nvme0n1: swiotlb buffer is full (sz: 393216 bytes)',
      'DMA: Out of SW-IOMMU space for 393216 bytes at device nvme0n1',
    ]);
  });

  it('an NVMe driver that can never map its request is busy for ever', () => {
    const { outcomes } = run(machine({ cmdline: 'iommu=off' }, narrow), [io('write', 0x100000, 1)]);
    expect(outcomes[0]).toMatchObject({ state: 'hung' });
    expect(outcomes[0]!.because).toMatch(
      /^dma_map_sg: nommu could not map the 1 entries for nvme0n1 \(nommu_map_sg: overflow/,
    );
  });
});

describe('a driver that mishandles its mappings', () => {
  it.each([
    ['leak', /pending DMA allocations while released from device \[count=2\]/],
    ['unmap-twice', /tries to free DMA memory it has not allocated/],
    [
      'unmap-other-direction',
      /with different direction .*\[mapped with DMA_TO_DEVICE\] \[unmapped with DMA_FROM_DEVICE\]/,
    ],
    ['unmap-fewer-entries', /different entry count \[map count=2\] \[unmap count=1\]/],
  ] as const)('%s: dma-debug says so, and nothing of a driver without it', (dmaBug, report) => {
    const two = {
      ...io('write', 0x1000, 1),
      vecs: [0x1000, 0x2000].map((pfn) => ({ pfn: hex(pfn), offset: 0, len: 4096 })),
    };
    const said = (device: DeviceSpec) =>
      run(machine({ cmdline: 'iommu=off', debug: true }, device), [two])
        .seen('printk')
        .map(({ note }) => note);
    const reports = said({ ...nvme, dmaBug });
    expect(reports.length).toBeGreaterThan(0);
    expect(reports.join('\n')).toMatch(report);
    expect(said(nvme)).toEqual([]);
  });
});

describe('page-less memory under swiotlb in v1', () => {
  const v1: MachineSpec['kernel'] = { flavour: '4.1-pfn', posting: 'v1' };
  const pageless: Io = {
    op: 'write',
    device: 'nvme0n1',
    sector: 0,
    add: 'bio_add_pfn',
    vecs: [{ pfn: '0x40000', offset: 0, len: 4096 }],
  };
  const pfn = { ...nvme, queue: { pfn: true } };

  it('goes to the device by its address where nothing bounces', () => {
    const { outcomes, seen } = run(machine({ cmdline: 'iommu=off' }, pfn, v1), [pageless]);
    expect(outcomes[0]).toMatchObject({ state: 'completed', error: 0 });
    expect(seen('sg_dma_address')[0]!.a).toBe(PMEM);
  });

  it('dies in memcpy where it must bounce, for nothing maps it for the CPU', () => {
    const { outcomes } = run(machine({ cmdline: 'swiotlb=force' }, pfn, v1), [pageless]);
    expect(outcomes[0]).toMatchObject({
      state: 'oops',
      because: 'BUG: unable to handle kernel paging request at ffff880040000000, in __memcpy',
    });
  });
});
