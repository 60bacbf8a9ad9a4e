import { describe, expect, it } from 'vitest';
import { openMachine } from '../../../src/host/machine-view';
import type { DeviceSpec } from '../../../src/model/device-spec';
import type { KernelChoice } from '../../../src/model/flavour';
import type { Storage } from '../../../src/model/memory-facts';
import { receiveFromHost, PROTOCOL_VERSION } from '../../../src/protocol/messages';
import { machine } from '../arbitraries';

const devices: DeviceSpec[] = [
  { name: 'sda', driver: 'sd', sectors: 131072, queue: { pfn: true } },
  {
    name: 'nvme0n1',
    driver: 'nvme',
    sectors: 131072,
    queue: { limits: { physical_block_size: 4096 } },
    partitions: [{ name: 'nvme0n1p1', start: 2048, sectors: 65536 }],
  },
  { name: 'md0', driver: 'raid0', chunk: 64, devices: [{ device: 'sda' }, { device: 'nvme0n1p1' }] },
];

function viewOf(
  list: DeviceSpec[],
  kernel: KernelChoice = { flavour: '4.1-pfn', posting: 'v1' },
  storage?: Storage[],
) {
  const spec = { ...machine(kernel), devices: list, ...(storage ? { storage } : {}) };
  return openMachine({ bioscope: 1, machine: spec }, []).view;
}

const limitsOf = (kernel?: KernelChoice) =>
  new Map(
    viewOf(devices, kernel)
      .devices.list.find(({ name }) => name === 'md0')!
      .limits.map((limit) => [limit.field, limit]),
  );

describe('the devices of a machine', () => {
  it('are told with driver, size, stack, and how each reaches memory', () => {
    expect(
      viewOf(devices).devices.list.map(({ name, kind, size, on }) => [name, kind, size, on.join()]),
    ).toEqual([
      ['sda', 'sd', 64 * 2 ** 20, ''],
      ['nvme0n1', 'nvme', 64 * 2 ** 20, ''],
      ['nvme0n1p1', 'partition from sector 2048', 32 * 2 ** 20, 'nvme0n1'],
      ['md0', 'raid0', (131072 + 65536) * 512, 'sda,nvme0n1p1'],
    ]);
    const [sda, , , md0] = viewOf(devices).devices.list;
    expect(sda).toMatchObject({ access: 'by DMA: scatterlist', pfn: 'yes: QUEUE_FLAG_PFN' });
    expect(md0).toMatchObject({ access: 'not itself: it passes bios on', pfn: 'no' });
    expect(viewOf(devices, { flavour: '6.12' }).devices.list[0]!.pfn).toBe('no: 6.12 has no pfn bios');
  });

  it('say of each stacked limit which device below it comes from', () => {
    const limits = limitsOf();
    expect(limits.get('max_segments')).toEqual({ field: 'max_segments', value: '128', because: 'nvme0n1p1' });
    expect(limits.get('bounce_pfn')).toMatchObject({ value: 'pages above 0xf_ffff bounce', because: 'sda' });
    expect(limits.get('physical_block_size')).toMatchObject({ value: '4 KiB', because: 'nvme0n1p1' });
    // raid0 cuts at its chunk whatever lies below.
    expect(limits.get('max_sectors')).toMatchObject({ value: '64 sectors (32 KiB)', because: '' });
    expect([limits.has('cluster'), limits.has('virt_boundary_mask')]).toEqual([true, false]);
  });

  it('have the limits of their kernel', () => {
    const limits = limitsOf({ flavour: '6.12' });
    expect(limits.get('virt_boundary_mask')).toMatchObject({ value: '0xfff', because: 'nvme0n1p1' });
    expect(limits.has('bounce_pfn')).toBe(false);
  });

  it('say what their description sets itself', () => {
    const nvme = viewOf(devices).devices.list[1]!;
    const block = nvme.limits.find(({ field }) => field === 'physical_block_size');
    expect(block).toMatchObject({ because: 'the machine’s description' });
  });

  it('that cannot be are refused with the reasons, and nothing runs', () => {
    const circle: DeviceSpec[] = [
      { name: 'md0', driver: 'raid1', devices: [{ device: 'md1' }] },
      { name: 'md1', driver: 'raid1', devices: [{ device: 'md0' }] },
    ];
    const small: DeviceSpec[] = [
      { name: 'ram0', driver: 'brd', sectors: 32 },
      { name: 'md0', driver: 'raid0', chunk: 64, devices: [{ device: 'ram0' }] },
    ];
    expect(viewOf(circle).devices).toMatchObject({
      list: [],
      refused: [/circle/, /circle/].map((p) => expect.stringMatching(p) as string),
    });
    expect(viewOf(small).devices.refused).toEqual([
      'ram0 has 32 sectors: from sector 0 on, md0 has no room for its data there',
    ]);
  });

  it('list what nothing simulates, and what was assumed', () => {
    const storage: Storage[] = [
      { name: 'luks', type: 'crypt', notSimulated: 'dm-crypt has no model' },
      { name: 'sda', assumed: ['its size is a guess'] },
    ];
    const view = viewOf(devices, undefined, storage);
    expect(view.devices.notSimulated).toEqual([
      { name: 'luks', kind: 'crypt', why: 'dm-crypt has no model' },
    ]);
    expect(view.devices.list[0]!.assumed).toEqual(['its size is a guess']);
    const state = { machine: view, selection: { device: 'sda' }, scenarios: [], lessons: [] };
    const message = { v: PROTOCOL_VERSION, type: 'state', state };
    expect(receiveFromHost(message)).toEqual({ ok: true, message });
  });
});
