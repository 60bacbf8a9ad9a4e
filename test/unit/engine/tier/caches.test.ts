import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYPASS_REASONS } from '../../../../src/engine/drivers/bcache/bypass';
import { Congestion } from '../../../../src/engine/drivers/bcache/congested';
import { TIER_DECISIONS } from '../../../../src/engine/drivers/tier/decide';
import { tierPolicies } from '../../../../src/engine/drivers/tier/policies';
import { Machine, machineFor } from '../../../../src/engine/machine';
import { SectorSet } from '../../../../src/engine/sector-set';
import { TIER_POLICIES } from '../../../../src/model/cache-spec';
import type { DriverName } from '../../../../src/model/device-spec';
import { readDocument } from '../../../../src/model/document';
import type { MachineSpec } from '../../../../src/model/machine-spec';
import { events } from '../../../../src/model/recording';
import type { Io } from '../../../../src/model/workload-spec';
import { crashWorkload, tierMachine } from './crash';

const PRESETS = join(__dirname, '../../../../media/presets');

function preset(file: string) {
  const read = readDocument(readFileSync(join(PRESETS, file), 'utf8'));
  if (!read.ok) throw new Error(`${file}: ${read.problems[0]!.message}`);
  const { machine, workload = [] } = read.document;
  const run = machineFor(machine, workload).run(workload);
  expect(run.outcomes.every(({ state, error }) => state === 'completed' && error === 0)).toBe(true);
  return [...events(run.recording)];
}

type Cache = Extract<DriverName, 'tier' | 'bcache' | 'dm-cache' | 'dm-writecache'>;

/** The small machine, with another cache in place of the tier. */
function machineWith(driver: Cache, more: object): MachineSpec {
  const machine = tierMachine({});
  const devices = machine.devices!.map((device) =>
    device.name === 'tier0' ? { name: 'tier0', driver, cache: 'pmem0', origin: 'sda', ...more } : device,
  );
  return { ...machine, devices };
}

const CACHES: readonly (readonly [Cache, object])[] = [
  ...TIER_POLICIES.map((policy) => ['tier', { policy, slots: 16, dirtyHigh: 30, dirtyLow: 10 }] as const),
  ['tier', { mode: 'write-through', slots: 16 }],
  ['tier', { mode: 'write-around', slots: 16, block: 16 }],
  ['tier', { mode: 'pass-through' }],
  ['tier', { slots: 24, congestion: 1, dirtyHigh: 5, dirtyLow: 0 }],
  ['bcache', { mode: 'writeback', bucket: 128 }],
  ['bcache', { mode: 'writethrough', bucket: 64, sequentialCutoff: 16384 }],
  ['bcache', { mode: 'writearound', bucket: 64 }],
  ['bcache', { mode: 'none' }],
  ['dm-writecache', { highWatermark: 1, lowWatermark: 0 }],
  ['dm-writecache', { kind: 's', highWatermark: 1, lowWatermark: 0 }],
  ['dm-cache', { block: 64 }],
  ['dm-cache', { block: 64, mode: 'writethrough' }],
  ['dm-cache', { block: 64, mode: 'passthrough' }],
];

describe('every cache', () => {
  it.each(CACHES)('%s %j: a read gives what was written last, and nothing is left behind', (driver, more) => {
    for (let seed = 1; seed <= 12; seed++) {
      const workload: Io[] = crashWorkload(seed, 60, 40);
      // A page of its own for each block, so that what was read can be compared at the end.
      const machine = new Machine(machineWith(driver, more), { record: false });
      const { kernel } = machine;
      const written = new Map<number, Uint8Array>();
      for (const [i, io] of workload.entries()) {
        machine.run([io]);
        for (const [n, vec] of io.vecs.entries()) {
          const bytes = kernel.bytes.read(Number(vec.pfn) * 4096, 4096);
          const block = io.sector / 8 + n;
          if (io.op === 'write') written.set(block, bytes);
          else
            expect(bytes, `seed ${seed}, I/O ${i}, block ${block}`).toEqual(
              written.get(block) ?? new Uint8Array(4096),
            );
        }
      }
      expect(kernel.bios.live).toBe(0);
      expect(kernel.loop.idle).toBe(true);
    }
  });
});

describe('the sample machines', () => {
  it('why-not-cached gives the true reason for each entry of the bypass list that can be reached', () => {
    const notes = preset('why-not-cached.bioscope.json')
      .filter(({ name }) => name.name === 'cache_decision')
      .map(({ note }) => note);
    const WORDS: Readonly<Record<(typeof BYPASS_REASONS)[number], RegExp | undefined>> = {
      detaching: /being detached/,
      discard: /discard only drops/,
      'in_use>95': /in_use 9\d % > 95 %/,
      'mode none': /cache_mode is none/,
      'mode writearound': /writearound, and it is a write/,
      'readahead, meta-only': /meta-only, and it is readahead/,
      // The block layer refuses such bios first: not seen on any kernel.
      unaligned: undefined,
      sequential: /128 sectors in a row >= sequential_cutoff 128/,
      congested: /8 sectors in a row >= 6 that a congested/,
    };
    for (const reason of BYPASS_REASONS) {
      const words = WORDS[reason];
      if (words)
        expect(
          notes.some((note) => note.startsWith('bypass') && words.test(note)),
          reason,
        ).toBe(true);
    }
    expect(notes.some((note) => note.startsWith('hit'))).toBe(true);
    // Metadata readahead is cached all the same.
    expect(notes.filter((note) => /meta-only/.test(note))).toHaveLength(1);
  });

  it('zero-copy-tier sends dirty blocks by page frames, and copies nothing on the way', () => {
    const all = preset('zero-copy-tier.bioscope.json');
    const sent = all.filter(({ name }) => name.name === 'tier_writeback');
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.every(({ d }) => d === 2)).toBe(true);
    const copies = all.filter(
      ({ name, object }) => name.name === 'memcpy' && sent.some((one) => one.object === object),
    );
    expect(copies).toEqual([]);
    const decisions = new Set(
      all.filter(({ name }) => name.name === 'tier_map').map(({ d }) => TIER_DECISIONS[d]),
    );
    expect([...decisions]).toEqual(expect.arrayContaining(['hit', 'promote', 'write-back', 'miss']));
  });

  it('four-caches has all of them decide', () => {
    const devices = new Set(
      preset('four-caches.bioscope.json')
        .filter(({ name }) => name.name === 'cache_decision' || name.name === 'tier_map')
        .map(({ device }) => device),
    );
    expect([...devices].sort()).toEqual(['bcache0', 'cache0', 'tier0', 'wc0']);
  });

  it('are in the list that “Open Sample Machine…” shows', () => {
    const index = JSON.parse(readFileSync(join(PRESETS, 'index.json'), 'utf8')) as { file: string }[];
    const listed = index.map(({ file }) => file);
    const there = readdirSync(PRESETS).filter((file) => file.endsWith('.bioscope.json'));
    for (const file of [
      'zero-copy-tier',
      'why-not-cached',
      'crash-and-recover',
      'unbind-under-a-tier',
      'torn-sector',
    ])
      expect(listed).toContain(`${file}.bioscope.json`);
    expect(there).toEqual(expect.arrayContaining(listed));
  });
});

describe('the three ways to the slow disk', () => {
  const WORKLOAD = crashWorkload(3, 60, 40);
  const bytesOf = (move: 'copy' | 'pages' | 'pfn', pages: 'none' | 'mem', flavour: '4.1' | '4.1-pfn') => {
    const machine = tierMachine({ slots: 16, dirtyHigh: 10, dirtyLow: 0, move }, flavour);
    machine.memory.ranges[1]!.structPages = pages;
    const run = new Machine(machine);
    run.run(WORKLOAD);
    return run.kernel.bytesCopied;
  };

  it('differ by what is copied; a way that is not there becomes a copy', () => {
    const copied = bytesOf('copy', 'none', '4.1');
    expect(bytesOf('pages', 'mem', '4.1')).toBeLessThan(copied);
    expect(bytesOf('pfn', 'none', '4.1-pfn')).toBe(bytesOf('pages', 'mem', '4.1'));
    expect(bytesOf('pages', 'none', '4.1')).toBe(copied);
    expect(bytesOf('pfn', 'none', '4.1')).toBe(copied);
  });
});

describe('policies', () => {
  it.each(TIER_POLICIES)('%s: a victim is a cached block that may go, and no block is lost', (name) => {
    const op = fc.record({
      block: fc.integer({ min: 0, max: 30 }),
      write: fc.boolean(),
      later: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(op, { maxLength: 300 }), (ops) => {
        const policy = tierPolicies[name](8);
        const cached = new Set<number>();
        let now = 0;
        for (const { block, write, later } of ops) {
          now += later ? 600_000_000 : 1000;
          if (cached.has(block)) policy.hit(block, write, now);
          else if (policy.wants(block, write, now)) {
            const pinned = (one: number) => one % 5 !== 0;
            if (cached.size >= 8) {
              const victim = policy.victim(pinned, block);
              if (victim === undefined) continue;
              expect(cached.has(victim) && pinned(victim)).toBe(true);
              cached.delete(victim);
              policy.removed(victim, true);
            }
            cached.add(block);
            policy.inserted(block);
          }
          expect(policy.because).not.toBe('');
        }
        // All that is cached can be taken out, one by one.
        for (let left = cached.size; left > 0; left--) {
          const victim = policy.victim(() => true, -1);
          expect(victim !== undefined && cached.delete(victim)).toBe(true);
          policy.removed(victim!, true);
        }
        expect(policy.victim(() => true, -1)).toBeUndefined();
      }),
    );
  });

  it('arc keeps what is used again through a scan, lru does not', () => {
    const hits = (name: 'arc' | 'lru') => {
      const policy = tierPolicies[name](16);
      const cached = new Set<number>();
      let hit = 0;
      const use = (block: number) => {
        if (cached.has(block)) {
          hit++;
          policy.hit(block, false, 0);
          return;
        }
        policy.wants(block, false, 0);
        if (cached.size >= 16) {
          const victim = policy.victim(() => true, block)!;
          cached.delete(victim);
          policy.removed(victim, true);
        }
        cached.add(block);
        policy.inserted(block);
      };
      for (let round = 0; round < 50; round++) {
        for (let i = 0; i < 8; i++) {
          use(i);
          use(i);
        }
        for (let i = 0; i < 20; i++) use(1000 + round * 20 + i);
      }
      return hit;
    };
    expect(hits('arc')).toBeGreaterThan(hits('lru'));
  });
});

describe('what the caches are made of', () => {
  it('a set of sectors is the set it should be', () => {
    const run = fc.record({
      add: fc.boolean(),
      start: fc.integer({ min: 0, max: 60 }),
      length: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(run), (runs) => {
        const set = new SectorSet();
        const model = new Set<number>();
        for (const { add, start, length } of runs) {
          if (add) set.add(start, start + length);
          else set.remove(start, start + length);
          for (let i = start; i < start + length; i++)
            if (add) model.add(i);
            else model.delete(i);
        }
        expect(set.size).toBe(model.size);
        const found = [...set.within(0, 100)].flatMap(([from, to]) =>
          Array.from({ length: to - from }, (_, i) => from + i),
        );
        expect(found).toEqual([...model].sort((a, b) => a - b));
        for (let at = 0; at < 80; at += 7) {
          expect(set.covers(at, at + 5)).toBe([0, 1, 2, 3, 4].every((i) => model.has(at + i)));
          expect(set.meets(at, at + 5)).toBe([0, 1, 2, 3, 4].some((i) => model.has(at + i)));
        }
      }),
    );
  });

  it('congestion grows with slow I/Os, and goes away with time and with fast ones (captures: bcache-19)', () => {
    const busy = new Congestion({ read: 1, write: 1 }, () => 0);
    expect(busy.bch_get_congested(0)).toBe(0);
    // 40 reads of 20 ms each: 19 whole milliseconds of 1024 us are taken off for each.
    for (let i = 1; i <= 60; i++) busy.ended(false, i * 20_000 - 20_000, i * 20_000);
    expect(busy.counter).toBe(-1024);
    const at = 60 * 20_000;
    expect(busy.bch_get_congested(at)).toBeLessThanOrEqual(6);
    // About half a second later: a few hundred sectors, as in the capture.
    const later = busy.bch_get_congested(at + 500_000);
    expect(later).toBeGreaterThan(100);
    expect(later).toBeLessThan(600);
    expect(busy.bch_get_congested(at + 1_500_000)).toBe(0);
    expect(new Congestion({ read: 0, write: 0 }, () => 0).bch_get_congested(1)).toBe(0);
  });
});
