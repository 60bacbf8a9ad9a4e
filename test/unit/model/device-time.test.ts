import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/engine/machine';
import { deviceTime, formatNanoseconds } from '../../../src/model/device-time';
import { events } from '../../../src/model/recording';
import type { DeviceSpec } from '../../../src/model/device-spec';
import { machine } from '../arbitraries';

function timesOf(device: string) {
  const devices: DeviceSpec[] = [
    { name: 'ram0', driver: 'brd', sectors: 8192 },
    { name: 'nvme0n1', driver: 'nvme', sectors: 8192 },
  ];
  const vecs = [{ pfn: '0x200', offset: 0, len: 4096 }];
  const { recording } = simulate({ ...machine({ flavour: '4.1' }), devices }, [
    { op: 'write', device, sector: 0, add: 'bio_add_page', vecs },
  ]);
  return [...events(recording)].map((event) => deviceTime(recording, event));
}

describe('time', () => {
  it('passes only where a device works', () => {
    expect(Math.max(...timesOf('ram0'))).toBe(0);
    const times = timesOf('nvme0n1');
    expect(times[0]).toBe(0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(20_000);
  });

  it.each([
    [7, '7 ns'],
    [20_016, '20 µs'],
    [1_234_567, '1.23 ms'],
    [2_500_000_000, '2.5 s'],
  ])('%i reads %s', (ns, text) => expect(formatNanoseconds(ns)).toBe(text));
});
