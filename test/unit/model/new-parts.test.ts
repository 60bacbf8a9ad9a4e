import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/machine';
import { checkValue } from '../../../src/model/document-value';
import { DeviceSchema } from '../../../src/model/device-spec';
import { EMPTY_MACHINE, newDevice, newIo, newRange, newVec } from '../../../src/model/new-parts';

const drivers = DeviceSchema.options.map((option) => option.entries.driver.literal);

describe('a new machine', () => {
  it('is accepted as it is, and its workload runs', () => {
    expect(checkValue(EMPTY_MACHINE).findings).toEqual([]);
    const { outcomes } = simulate(EMPTY_MACHINE.machine, EMPTY_MACHINE.workload!);
    expect(outcomes).toMatchObject([{ state: 'completed', error: 0 }]);
  });

  it.each(drivers)('takes a %s, named as nothing else is', (driver) => {
    const device = newDevice(driver, EMPTY_MACHINE);
    const machine = { ...EMPTY_MACHINE.machine, devices: [...EMPTY_MACHINE.machine.devices!, device] };
    const { findings } = checkValue({ ...EMPTY_MACHINE, machine });
    // Two disks in one range of memory are the one thing there is to say, and the checks say it.
    expect(findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
    const next = newDevice(driver, { machine });
    expect(next.name).not.toBe(device.name);
  });

  it('takes another range behind the last one, and another I/O', () => {
    const memory = { ranges: [...EMPTY_MACHINE.machine.memory.ranges, newRange(EMPTY_MACHINE)] };
    const workload = [...EMPTY_MACHINE.workload!, newIo(EMPTY_MACHINE)];
    expect(
      checkValue({ ...EMPTY_MACHINE, machine: { ...EMPTY_MACHINE.machine, memory }, workload }).findings,
    ).toEqual([]);
  });

  it('starts from what is half-typed, too', () => {
    expect(newRange({})).toMatchObject({ start: '0x0' });
    expect(newRange({ machine: { memory: { ranges: [{ end: 'oops' }] } } })).toMatchObject({ start: '0x0' });
    expect(newDevice('raid1', {})).toMatchObject({ devices: [{ device: 'sda' }, { device: 'sda' }] });
    expect(newVec([{ pfn: '0x1fff' }])).toEqual({ pfn: '0x2000', offset: 0, len: 4096 });
    expect(newVec([{ pfn: '?' }])).toMatchObject({ pfn: '0x1000' });
  });
});
