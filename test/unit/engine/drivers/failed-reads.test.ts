import { describe, expect, it } from 'vitest';
import { REQ_WRITE } from '../../../../src/engine/block/flags';
import { Machine } from '../../../../src/engine/machine';
import { RAID10_LAYOUTS, type DeviceSpec } from '../../../../src/model/device-spec';
import { events, type Recording } from '../../../../src/model/recording';
import { CHUNK, SECTORS, contents, inUse, io, legs, machine, pageless, store } from './arrays';

/** Reads the array's first page where some of the requests that follow fail. What happened on the disks meanwhile. */
function readFailing(array: DeviceSpec, disks: number, failing: readonly number[]) {
  const whole = new Machine(machine({ ...array, devices: legs(disks) } as DeviceSpec, disks), { inUse });
  whole.run([io('write', 'md0', 0, 8, 0x1000, 1)]);
  const expected = whole.kernel.bytes.read(0x1000 * 4096, 4096);
  const made = (failRequests: number[]) => {
    const m = new Machine(machine(array, disks), { inUse, failRequests });
    for (const { device } of legs(disks)) store(m, device, contents(whole, device));
    return m;
  };
  const issues = (recording: Recording) =>
    [...events(recording)].filter(({ name }) => name.name === 'block_rq_issue');
  const before = issues(made([]).run([]).recording).length;
  const m = made(failing.map((n) => n + before));
  const { outcomes, recording } = m.run([io('read', 'md0', 0, 8, 0x1010)]);
  expect(m.kernel.bios.live).toBe(0);
  const named = (name: string) => [...events(recording)].filter((event) => event.name.name === name);
  return {
    error: outcomes[0]!.error,
    right: Buffer.compare(m.kernel.bytes.read(0x1010 * 4096, 4096), expected) === 0,
    ops: issues(recording)
      .slice(before)
      .map(({ e }) => ((e & REQ_WRITE) !== 0 ? 'write' : 'read')),
    said: [...named('fix_read_error'), ...named('raid5_end_read_request')].map(({ note }) => note),
    lost: named('md_error').map(({ note }) => /md_error: (\w+)/.exec(note ?? '')?.[1]),
  };
}

describe('raid5', () => {
  const array: DeviceSpec = {
    name: 'md0',
    driver: 'raid5',
    chunk: CHUNK,
    layout: 'left-symmetric',
    devices: legs(3),
  };

  // By chunk: the aligned read, the page by itself, the two others, the write over it, the read back.
  it.each([
    ['reads its page by itself', [1], ['read', 'read']],
    [
      'computes it, writes it over and reads it back',
      [1, 2],
      ['read', 'read', 'read', 'read', 'write', 'read'],
    ],
  ])('%s', (_what, failing, ops) => {
    const run = readFailing(array, 3, failing);
    expect(run).toMatchObject({ error: 0, right: true, lost: [], ops });
    const corrected = ['raid5_end_read_request: sector 0 of sda gives back what was written over it'];
    expect(run.said).toEqual(failing.length > 1 ? corrected : []);
  });

  it('gives a device up whose page cannot be written over', () => {
    expect(readFailing(array, 3, [1, 2, 5])).toMatchObject({ error: 0, right: true, lost: ['sda'] });
  });

  it('gives a device up at once where another is lost, and the read fails', () => {
    const degraded = { ...array, devices: legs(3, 1) };
    // Through the stripes from the start: what it needs is one page, which fails, and fails by itself.
    const run = readFailing(degraded, 3, [1, 2]);
    expect(run).toMatchObject({ error: -5, lost: ['sda'] });
    expect(run.said[0]).toBe(
      'raid5_end_read_request: sector 0 of sda cannot be read, and not be repaired: another device is lost',
    );
  });
});

describe.each(RAID10_LAYOUTS)('raid10, %s', (layout) => {
  const of = (disks: number, failed = -1): DeviceSpec => ({
    name: 'md0',
    driver: 'raid10',
    chunk: CHUNK,
    layout,
    copies: 2,
    devices: legs(disks, failed),
  });

  it('writes the other copy over what could not be read, and reads it back', () => {
    // The read, the page by itself, the other copy, the write over it, the read back, the read once more.
    const run = readFailing(of(3), 3, [1, 2]);
    expect(run).toMatchObject({ error: 0, right: true, lost: [] });
    expect(run.ops).toEqual(['read', 'read', 'read', 'write', 'read', 'read']);
    expect(run.said).toEqual(['fix_read_error: sda gives back what was written over sector 0']);
  });

  it('gives a device up that cannot be written over, and reads the other copy', () => {
    expect(readFailing(of(3), 3, [1, 2, 4])).toMatchObject({ error: 0, right: true, lost: ['sda'] });
  });

  it('fails a read that no other device has', () => {
    expect(readFailing(of(2, 1), 2, [1])).toMatchObject({ error: -5, lost: [], ops: ['read'] });
  });
});

describe('raid1', () => {
  const array: DeviceSpec = { name: 'md0', driver: 'raid1', devices: legs(2) };

  it('writes the other leg over what could not be read, and reads it back', () => {
    const run = readFailing(array, 2, [1, 2]);
    expect(run).toMatchObject({ error: 0, right: true, lost: [] });
    expect(run.ops).toEqual(['read', 'read', 'read', 'write', 'read', 'read']);
    expect(run.said).toEqual(['fix_read_error: sda gives back what was written over sector 0']);
  });

  it('gives a device up that cannot be written over, and reads the other leg', () => {
    expect(readFailing(array, 2, [1, 2, 4])).toMatchObject({ error: 0, right: true, lost: ['sda'] });
  });
});

describe('a read that fails whatever is repaired', () => {
  /** A page-less read of a mirror whose first disk takes no bio without pages, but every page of the array's own. */
  const readBy = (driver: 'raid1' | 'raid10') => {
    const disk = (name: string, pfn: boolean): DeviceSpec => ({
      name,
      driver: 'sd',
      sectors: SECTORS,
      queue: { pfn },
    });
    const common = { name: 'md0', devices: legs(2), queue: { pfn: true } };
    const array: DeviceSpec =
      driver === 'raid1'
        ? { ...common, driver }
        : { ...common, driver, chunk: CHUNK, layout: 'near', copies: 2 };
    const m = new Machine({
      ...pageless(array, 2),
      devices: [disk('sda', false), disk('sdb', true), array],
    });
    const { outcomes, recording } = m.run([{ ...io('read', 'md0', 0, 8, 0x40000), add: 'bio_add_pfn' }]);
    const named = (name: string) => [...events(recording)].filter((event) => event.name.name === name);
    return { ...outcomes[0]!, refused: named('generic_make_request_checks').length, lost: named('md_error') };
  };

  it('goes on for ever in raid1', () => {
    expect(readBy('raid1')).toMatchObject({ state: 'hung', lost: [] });
  });

  it('costs a device of raid10 its place after twenty repairs', () => {
    const { state, error, refused, lost } = readBy('raid10');
    expect({ state, error, refused }).toEqual({ state: 'completed', error: 0, refused: 21 });
    expect(lost.map(({ note }) => note)).toEqual([
      'md_error: sda ended a bio with -5: md0 goes on without it',
    ]);
  });
});
