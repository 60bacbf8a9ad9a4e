import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulatedStorage } from '../../../src/capture/simulate-storage';
import { machineFor } from '../../../src/engine/machine';
import { sampleWorkload } from '../../../src/engine/sample-workload';
import { checkDocument } from '../../../src/model/check';
import type { DeviceSpec } from '../../../src/model/device-spec';
import { readDocument, writeDocument } from '../../../src/model/document';
import type { KernelChoice } from '../../../src/model/flavour';
import type { MachineSpec } from '../../../src/model/machine-spec';
import type { Storage } from '../../../src/model/memory-facts';

const GIB = 2 ** 30;

const memory: MachineSpec['memory'] = {
  ranges: [
    { start: '0x100000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
    { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM' },
  ],
};
const pmem0: DeviceSpec = { name: 'pmem0', driver: 'pmem', start: '0x40000000', end: '0x50000000' };
const disk = (name: string, more: Partial<Storage> = {}): Storage => ({
  name,
  type: 'disk',
  bytes: GIB,
  ...more,
});
const part = (name: string, on: string, bytes: number, more: Partial<Storage> = {}): Storage => ({
  name,
  type: 'part',
  on: [on],
  bytes,
  ...more,
});
const table = (type: string, args: string, sectors = 8192) => [{ start: 0, sectors, type, args }];

const KERNELS: KernelChoice[] = [
  { flavour: '4.1' },
  { flavour: '4.1-pfn', posting: 'v1' },
  { flavour: '4.1-pfn', posting: 'v3' },
  { flavour: '4.1-pfn', posting: 'v5' },
  { flavour: '6.12' },
];

/** Imports, and demands of every import: it is valid, it is read back as written, and it runs on every kernel. */
function imported(captured: Storage[], known: DeviceSpec[] = []) {
  const { devices, storage } = simulatedStorage(captured, known, memory);
  for (const kernel of KERNELS) {
    const machine: MachineSpec = { name: 'imported', kernel, memory, devices, storage };
    const document = { bioscope: 1 as const, machine, workload: sampleWorkload(machine) };
    expect(checkDocument(document).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(readDocument(writeDocument(document))).toMatchObject({ ok: true, document });
    for (const { state } of machineFor(machine, document.workload).run(document.workload).outcomes)
      expect(state).not.toMatch(/oops|hung|not-reached/);
  }
  const words = new Map(storage.map((device) => [device.name, device]));
  return {
    device: (name: string) => devices.find((device) => device.name === name),
    devices,
    storage,
    assumed: (name: string) => words.get(name)?.assumed ?? [],
    why: (name: string) => words.get(name)?.notSimulated,
  };
}

describe('disks of a capture', () => {
  it.each([
    ['sda', 'sd'],
    ['nvme0n1', 'nvme'],
    ['loop3', 'loop'],
    ['ram0', 'brd'],
    ['nullb0', 'null_blk'],
  ])('%s becomes one of the driver %s, of its own size', (name, driver) => {
    const { device } = imported([disk(name, { number: '8:0' })]);
    expect(device(name)).toMatchObject({ driver, sectors: GIB / 512, number: '8:0' });
  });

  it('virtio disks are simulated as what comes nearest, which is said', () => {
    const { device, assumed } = imported([disk('vda')]);
    expect(device('vda')).toMatchObject({
      driver: 'nvme',
      queue: { nomerges: 0, limits: { virt_boundary_mask: '0x0' } },
    });
    expect(assumed('vda').join()).toMatch(/virtio-blk has no model of its own/);
  });

  it('a disk that does not rotate turns 0 times a minute', () => {
    expect(imported([disk('sda', { rotational: false })]).device('sda')).toMatchObject({ rpm: 0 });
  });

  it('limits of /sys/block become those of the queue', () => {
    const limits = {
      max_sectors_kb: 1280,
      max_hw_sectors_kb: 2147483647,
      max_segments: 168,
      logical_block_size: 512,
      physical_block_size: 4096,
      minimum_io_size: 4096,
      virt_boundary_mask: 4095,
      discard_max_bytes: 2147450880,
      scheduler: 'none [mq-deadline]',
      nr_requests: 64,
      fua: 1,
      write_cache: 'write back',
    };
    const { device, assumed } = imported([disk('sda', { limits })]);
    expect(device('sda')!.queue).toEqual({
      limits: {
        max_sectors: 2560,
        max_hw_sectors: 4294967294,
        max_segments: 168,
        logical_block_size: 512,
        physical_block_size: 4096,
        io_min: 4096,
        virt_boundary_mask: '0xfff',
        max_discard_sectors: 4194240,
      },
      scheduler: 'deadline',
      nrRequests: 64,
      writeCache: 'write-back-fua',
    });
    expect(assumed('sda')).toEqual([]);
  });

  it('a limit no queue can have is left to the driver, and said', () => {
    const { device, assumed } = imported([disk('sda', { limits: { max_sectors_kb: 1, max_segments: 3 } })]);
    expect(device('sda')!.queue!.limits).toEqual({ max_segments: 3 });
    expect(assumed('sda').join()).toMatch(/^max_sectors is its driver's own, for max_sectors of sda is 2/);
  });

  it('a scheduler without a model, and a missing size, are assumptions', () => {
    const { assumed } = imported([{ name: 'sda', limits: { scheduler: 'none [bfq]' } }]);
    expect(assumed('sda').join()).toMatch(/1 GiB.*scheduler bfq|scheduler bfq.*1 GiB/);
  });

  it('what the description knows and no capture says, stays', () => {
    const { device } = imported(
      [disk('sda', { limits: { max_segments: 3 } })],
      [{ name: 'sda', driver: 'sd', sectors: 8, queue: { pfn: true } }],
    );
    expect(device('sda')).toMatchObject({
      sectors: GIB / 512,
      queue: { pfn: true, limits: { max_segments: 3 } },
    });
  });

  it('a pmem disk is the one of the memory map, with its limits', () => {
    const { device } = imported([disk('pmem0', { bytes: 2 ** 28, limits: { max_segments: 7 } })], [pmem0]);
    expect(device('pmem0')).toMatchObject({ ...pmem0, queue: { limits: { max_segments: 7 } } });
  });

  it.each([
    ['pmem7', {}, /no range of the memory map/],
    ['pmem0s', {}, /BTT/],
    ['sr0', { type: 'rom' }, /optical/],
    ['xvda', {}, /no model of a driver that calls its disks xvda/],
    ['loop0', { bytes: 0 }, /no file is attached/],
    ['sda', { limits: { zoned: 'host-managed' } }, /zones \(host-managed\)/],
    ['cciss!c0d0', {}, /is no name/],
  ])('%s with %j is listed with its reason', (name, more, why) => {
    const { devices, storage, why: said } = imported([disk(name, more)]);
    expect(devices).toEqual([]);
    expect(storage).toHaveLength(1);
    expect(said(name)).toMatch(why);
  });
});

describe('partitions of a capture', () => {
  it('lie where lsblk says', () => {
    const { device, assumed } = imported([
      disk('sda'),
      part('sda1', 'sda', 2 ** 20, { start: 4096, number: '8:1' }),
    ]);
    expect(device('sda')!.partitions).toEqual([{ name: 'sda1', number: '8:1', start: 4096, sectors: 2048 }]);
    expect(assumed('sda1')).toEqual([]);
  });

  it('lie one after another where nothing says, which is said of each', () => {
    const captured = [disk('sda'), part('sda1', 'sda', 3 * 2 ** 20), part('sda2', 'sda', 2 ** 20)];
    const { device, assumed } = imported(captured);
    expect(device('sda')!.partitions!.map(({ start }) => start)).toEqual([2048, 8192]);
    expect(assumed('sda2')).toEqual(['no capture says where it starts: sector 8192 is taken']);
  });

  it('move closer together where they would not fit', () => {
    const { device } = imported([
      disk('sda', { bytes: 8 * 2 ** 20 }),
      part('sda1', 'sda', 8 * 2 ** 20 - 4096),
    ]);
    expect(device('sda')!.partitions![0]).toMatchObject({ start: 8 });
  });

  it('that are larger than their disk, have no size, or whose disk has no model, are listed', () => {
    const { why } = imported([
      disk('sda', { bytes: 2 ** 20 }),
      part('sda1', 'sda', 2 ** 30),
      part('sda2', 'sda', 0),
      disk('xvda'),
      part('xvda1', 'xvda', 2 ** 20),
    ]);
    expect(why('sda1')).toMatch(/past the 2048 sectors of sda/);
    expect(why('sda2')).toMatch(/no capture says its size/);
    expect(why('xvda1')).toMatch(/its disk xvda is not simulated/);
  });
});

describe('stacks of a capture', () => {
  const two = [disk('sda', { number: '8:0' }), disk('sdb', { number: '8:16' })];

  it('dm linear and striped follow their tables, in any order', () => {
    const { device, devices } = imported([
      { name: 'top', type: 'lvm', table: table('linear', '253:0 0'), on: ['stripe'] },
      {
        name: 'stripe',
        type: 'dm',
        number: '253:0',
        table: table('striped', '2 128 8:0 0 8:16 64'),
        on: ['sda', 'sdb'],
      },
      ...two,
    ]);
    expect(device('stripe')).toEqual({
      name: 'stripe',
      number: '253:0',
      driver: 'dm',
      targets: [
        {
          type: 'striped',
          start: 0,
          sectors: 8192,
          chunk: 128,
          stripes: [
            { device: 'sda', offset: 0 },
            { device: 'sdb', offset: 64 },
          ],
        },
      ],
    });
    expect(device('top')).toMatchObject({ targets: [{ type: 'linear', device: 'stripe', offset: 0 }] });
    expect(devices).toHaveLength(4);
  });

  it('md raid1: what its devices have more lies before the data', () => {
    const { device, assumed } = imported([
      ...two,
      { name: 'md0', type: 'raid1', on: ['sda', 'sdb'], bytes: GIB - 2048 * 512 },
    ]);
    expect(device('md0')).toMatchObject({
      driver: 'raid1',
      sectors: GIB / 512 - 2048,
      devices: [
        { device: 'sda', offset: 2048 },
        { device: 'sdb', offset: 2048 },
      ],
    });
    expect(assumed('md0')).toHaveLength(2);
  });

  it('md raid0: the chunk is the smallest good I/O; 512 KiB where nothing says', () => {
    const md0: Storage = { name: 'md0', type: 'raid0', on: ['sda', 'sdb'], bytes: 2 * (GIB - 2 ** 20) };
    const known = imported([...two, { ...md0, limits: { minimum_io_size: 65536 } }]);
    expect(known.device('md0')).toMatchObject({ driver: 'raid0', chunk: 128, sectors: GIB / 512 - 2048 });
    const unknown = imported([...two, md0]);
    expect(unknown.device('md0')).toMatchObject({ chunk: 1024 });
    expect(unknown.assumed('md0').join()).toMatch(/512 KiB is taken/);
    const uneven = imported([two[0]!, disk('sdb', { bytes: GIB / 2 }), md0]);
    expect(uneven.device('md0')).toMatchObject({ devices: [{ device: 'sda' }, { device: 'sdb' }] });
    expect(uneven.assumed('md0').join()).toMatch(/no equal share/);
  });

  it.each([
    [{ name: 'luks', type: 'crypt', on: ['sda'] }, /its dm table was not captured/],
    [{ name: 'v', type: 'dm', table: table('verity', '1 8:0 8:16'), on: ['sda'] }, /dm-verity has no model/],
    [{ name: 'root', type: 'lvm', on: ['sda'] }, /dmsetup table/],
    [{ name: 'dm-0', limits: {} }, /dmsetup table/],
    [{ name: 'e', type: 'dm', table: [] }, /empty/],
    [{ name: 'lost', type: 'dm', table: table('linear', '8:99 0') }, /lies on 8:99, which is not simulated/],
    [{ name: 'md5', type: 'raid5', on: ['sda'] }, /md raid5 has no model/],
    [{ name: 'md6', limits: {} }, /RAID level/],
    [{ name: 'md7', type: 'raid1', on: ['luks'] }, /lies on luks, which is not simulated/],
    [{ name: 's', type: 'dm', table: table('striped', '2 3 8:0 0 8:16 0') }, /multiple of 8/],
  ] satisfies [Storage, RegExp][])('%j is listed with its reason', (stack, why) => {
    const { devices, why: said } = imported([...two, stack]);
    expect(devices).toHaveLength(2);
    expect(said(stack.name)).toMatch(why);
  });

  it('what lies on something without a model goes with it; the rest stays', () => {
    const { devices, why } = imported([
      ...two,
      { name: 'luks', type: 'crypt', number: '253:0', on: ['sda'] },
      { name: 'home', type: 'lvm', table: table('linear', '253:0 0'), on: ['luks'] },
      { name: 'swap', type: 'lvm', table: table('linear', '8:16 0'), on: ['sdb'] },
    ]);
    expect(devices.map(({ name }) => name)).toEqual(['sda', 'sdb', 'swap']);
    expect(why('home')).toMatch(/lies on luks, which is not simulated/);
  });
});

describe('any storage', () => {
  const names = fc.constantFrom(
    'sda',
    'sdb',
    'sda1',
    'nvme0n1',
    'vda',
    'loop0',
    'ram0',
    'pmem0',
    'md0',
    'dm-0',
    'lv',
    'x!',
  );
  const number = fc.constantFrom('8:0', '8:1', '253:0', '9:0', '99999:99999999');
  const size = fc.oneof(fc.constantFrom(0, 1, 512, 4096, GIB), fc.nat(2 ** 31));
  const targets = fc.array(
    fc.record({
      start: fc.nat(20000),
      sectors: fc.nat(20000),
      type: fc.constantFrom('linear', 'striped', 'crypt'),
      args: fc.constantFrom('8:0 0', '253:0 8', '2 128 8:0 0 8:1 0', '2 3 8:0', '', '99 8 8:0'),
    }),
    { maxLength: 3 },
  );
  const anything: fc.Arbitrary<Storage[]> = fc
    .array(
      fc.record(
        {
          name: names,
          number,
          type: fc.constantFrom('disk', 'part', 'lvm', 'dm', 'crypt', 'raid0', 'raid1', 'raid5'),
          bytes: size,
          start: fc.nat(2 ** 22),
          on: fc.array(names, { maxLength: 3 }),
          table: targets,
          limits: fc.dictionary(
            fc.constantFrom(
              'max_sectors_kb',
              'max_segments',
              'scheduler',
              'nr_requests',
              'chunk_sectors',
              'minimum_io_size',
            ),
            fc.oneof(fc.nat(2 ** 20), fc.constantFrom('none', '[bfq]', 'noop [deadline]')),
          ),
        },
        { requiredKeys: ['name'] },
      ),
      { maxLength: 10 },
    )
    .map((list) => [...new Map(list.map((device) => [device.name, device])).values()]);

  it(
    'makes a machine that is valid and runs on every kernel, and loses no device',
    { timeout: 30_000 },
    () => {
      fc.assert(
        fc.property(anything, fc.boolean(), (captured, withPmem) => {
          const { devices, storage } = imported(captured, withPmem ? [pmem0] : []);
          const made = new Set(
            devices.flatMap((d) => [d.name, ...(d.partitions ?? []).map(({ name }) => name)]),
          );
          for (const { name } of captured) {
            const listed = storage.find((device) => device.name === name);
            expect(listed).toBeDefined();
            expect(made.has(name)).toBe(listed!.notSimulated === undefined);
          }
        }),
        { numRuns: 400 },
      );
    },
  );

  it('is the same when it is imported again', () => {
    fc.assert(
      fc.property(anything, (captured) => {
        const once = simulatedStorage(captured, [], memory);
        const again = simulatedStorage(once.storage, [], memory);
        expect(again).toEqual(once);
      }),
    );
  });
});
