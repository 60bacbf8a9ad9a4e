import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geometryOf, raid10_find_phys } from '../../../../src/engine/drivers/md/raid10-layout';
import { raid5_compute_sector, sectorsOfStripe } from '../../../../src/engine/drivers/md/raid5-layout';
import { Machine } from '../../../../src/engine/machine';
import { RAID10_LAYOUTS, RAID5_LAYOUTS, type DeviceSpec } from '../../../../src/model/device-spec';
import { events } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';
import { CHUNK, SECTORS, contents, inUse, io, legs, machine, pageless, store } from './arrays';

/** Writes of any shape that fit an array of `sectors`. */
const writes = (sectors: number) =>
  fc.array(
    fc.record({ at: fc.nat(sectors - 1), sectors: fc.integer({ min: 1, max: 60 }), fill: fc.nat(1000) }),
    { minLength: 1, maxLength: 8 },
  );

describe.each(RAID5_LAYOUTS)('raid5, %s', (layout) => {
  const disks = 4;
  const capacity = SECTORS * (disks - 1);
  const array = (failed = -1): DeviceSpec => ({
    name: 'md0',
    driver: 'raid5',
    chunk: CHUNK,
    layout,
    devices: legs(disks, failed),
  });

  it('has the right parity after any writes, and every single disk can be lost', () => {
    fc.assert(
      fc.property(writes(capacity), (list) => {
        const m = new Machine(machine(array(), disks), { inUse });
        const expected = new Uint8Array(capacity * 512);
        for (const { at, sectors, fill } of list) {
          const length = Math.min(sectors, capacity - at);
          const { outcomes } = m.run([io('write', 'md0', at, length, 0x1000, fill)]);
          expect(outcomes[0]).toMatchObject({ state: 'completed', error: 0 });
          expected.set(m.kernel.bytes.read(0x1000 * 4096, length * 512), at * 512);
        }
        const held = legs(disks).map(({ device }) => contents(m, device));
        for (let i = 0; i < SECTORS * 512; i++)
          if (held.reduce((sum, disk) => sum ^ disk[i]!, 0) !== 0)
            throw new Error(`parity is wrong at byte ${i}`);
        for (let lost = 0; lost < disks; lost++) {
          const degraded = new Machine(machine(array(lost), disks), { inUse });
          held.forEach((bytes, i) => {
            if (i !== lost) store(degraded, legs(disks)[i]!.device, bytes);
          });
          const found = new Uint8Array(capacity * 512);
          for (let at = 0; at < capacity; at += 48) {
            const { outcomes } = degraded.run([io('read', 'md0', at, 48, 0x1000)]);
            expect(outcomes[0]).toMatchObject({ state: 'completed', error: 0 });
            found.set(degraded.kernel.bytes.read(0x1000 * 4096, 48 * 512), at * 512);
          }
          expect(Buffer.compare(found, expected), `without disk ${lost}`).toBe(0);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('goes on writing without a disk, and what is then read is right', () => {
    fc.assert(
      fc.property(writes(capacity), fc.nat(disks - 1), (list, lost) => {
        const m = new Machine(machine(array(lost), disks), { inUse });
        const expected = new Uint8Array(capacity * 512);
        for (const { at, sectors, fill } of list) {
          const length = Math.min(sectors, capacity - at);
          m.run([io('write', 'md0', at, length, 0x1000, fill)]);
          expected.set(m.kernel.bytes.read(0x1000 * 4096, length * 512), at * 512);
          m.run([io('read', 'md0', at, length, 0x1100)]);
          const found = m.kernel.bytes.read(0x1100 * 4096, length * 512);
          expect(Buffer.compare(found, expected.subarray(at * 512, (at + length) * 512))).toBe(0);
        }
        expect(m.kernel.bios.live).toBe(0);
        expect(m.kernel.loop.idle).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('puts every sector in one place, and finds it again', () => {
    fc.assert(
      fc.property(fc.nat(capacity - 1), (at) => {
        const { dd_idx, sector, pd_idx } = raid5_compute_sector(layout, CHUNK, disks, at);
        expect(dd_idx).not.toBe(pd_idx);
        expect(sectorsOfStripe(layout, CHUNK, disks, sector).sectors[dd_idx]).toBe(at);
      }),
    );
  });
});

describe('raid5', () => {
  const array: DeviceSpec = {
    name: 'md0',
    driver: 'raid5',
    chunk: CHUNK,
    layout: 'left-symmetric',
    devices: legs(3),
  };

  it('reads nothing for a whole row, and two pages for one of four disks', () => {
    const issued = (disks: number, sectors: number) => {
      const spec = machine({ ...array, devices: legs(disks) }, disks);
      const m = new Machine(spec, { inUse });
      const { recording } = m.run([io('write', 'md0', 0, sectors, 0x1000, 1)]);
      return [...events(recording)].filter((e) => e.name.name === 'block_rq_issue' && (e.e & 1) === 0).length;
    };
    expect(issued(4, 48)).toBe(0);
    expect(issued(4, 8)).toBe(2);
  });

  it('survives one disk that fails a write, and not two', () => {
    const m = new Machine(machine(array, 3), { inUse, failRequests: [3] });
    const first = m.run([io('write', 'md0', 0, 8, 0x1000, 1), io('read', 'md0', 0, 8, 0x1010)]);
    expect(first.outcomes.map(({ error }) => error)).toEqual([0, 0]);
    expect(m.kernel.bytes.read(0x1010 * 4096, 4096)).toEqual(m.kernel.bytes.read(0x1000 * 4096, 4096));
    const both = new Machine(
      machine({ ...array, devices: legs(3).map((leg, i) => ({ ...leg, failed: i > 0 })) }, 3),
      { inUse },
    );
    expect(both.run([io('read', 'md0', 0, 64, 0x1000)]).outcomes[0]).toMatchObject({ error: -5 });
  });

  it('dies in the copy into the stripe of a page-less write, and passes a page-less read on', () => {
    const spec = pageless(array, 3);
    const raw = (op: 'read' | 'write'): Io => io(op, 'md0', 0, 8, 0x40000);
    const [read, write] = new Machine(spec, { inUse }).run([raw('read'), raw('write')]).outcomes;
    expect(read).toMatchObject({ state: 'completed', error: 0 });
    expect(write).toMatchObject({ state: 'oops' });
    expect(write!.because).toContain('async_copy_data');
  });
});

describe.each(RAID10_LAYOUTS)('raid10, %s', (layout) => {
  it.each([2, 3, 4, 5])('keeps every sector on two of %i devices, and each place once', (disks) => {
    const geo = geometryOf(layout, 2, disks, CHUNK, SECTORS);
    const taken = new Set<string>();
    for (let at = 0; at < geo.size; at++) {
      const copies = raid10_find_phys(geo, at);
      expect(new Set(copies.map(({ devnum }) => devnum)).size).toBe(2);
      for (const { devnum, addr } of copies) {
        expect(addr).toBeLessThan(SECTORS);
        const place = `${devnum}:${addr}`;
        expect(taken.has(place), place).toBe(false);
        taken.add(place);
      }
    }
  });

  it('reads what was written, with any one disk lost', () => {
    const disks = 3;
    const array = (failed: number): DeviceSpec => ({
      name: 'md0',
      driver: 'raid10',
      chunk: CHUNK,
      layout,
      copies: 2,
      devices: legs(disks, failed),
    });
    const { size } = geometryOf(layout, 2, disks, CHUNK, SECTORS);
    fc.assert(
      fc.property(writes(size), fc.integer({ min: -1, max: disks - 1 }), (list, lost) => {
        const whole = new Machine(machine(array(-1), disks), { inUse });
        const expected = new Uint8Array(size * 512);
        for (const { at, sectors, fill } of list) {
          const length = Math.min(sectors, size - at);
          expect(whole.run([io('write', 'md0', at, length, 0x1000, fill)]).outcomes[0]).toMatchObject({
            error: 0,
          });
          expected.set(whole.kernel.bytes.read(0x1000 * 4096, length * 512), at * 512);
        }
        const m = new Machine(machine(array(lost), disks), { inUse });
        legs(disks).forEach(({ device }, i) => {
          if (i !== lost) store(m, device, contents(whole, device));
        });
        for (let at = 0; at + 24 <= size; at += 24) {
          m.run([io('read', 'md0', at, 24, 0x1000)]);
          const found = m.kernel.bytes.read(0x1000 * 4096, 24 * 512);
          expect(Buffer.compare(found, expected.subarray(at * 512, (at + 24) * 512)), `sector ${at}`).toBe(0);
        }
      }),
      { numRuns: 15 },
    );
  });
});
