import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDrivers } from '../../../src/engine/drivers';
import { uncommon } from '../../../src/engine/drivers/uncommon';
import type { BrokenOrder } from '../../../src/engine/drivers/tier/order';
import { Machine } from '../../../src/engine/machine';
import { afterPowerFailure, runUntilPowerFails } from '../../../src/engine/persistence/power-failure';
import { openMachine } from '../../../src/host/machine-view';
import { TierPictures, type TierEngine } from '../../../src/host/tier';
import { blocksAt } from '../../../src/host/tier/blocks';
import { decisionsOf } from '../../../src/host/tier/decisions';
import { readDocument } from '../../../src/model/document';
import type { BioscopeDocument } from '../../../src/model/machine-spec';
import { TIER_KINDS, kindOf } from '../../../src/model/tier-kinds';
import { TierViewSchema } from '../../../src/protocol/tier-view';
import * as v from 'valibot';
import { crashWorkload, tierMachine } from '../engine/tier/crash';

const engine: TierEngine = {
  open: (document) => openMachine(document, []),
  Machine,
  runUntilPowerFails,
  afterPowerFailure,
};

function pictures(document: BioscopeDocument, other = engine): TierPictures {
  return new TierPictures(document, openMachine(document, []), other);
}

const small = (seed: number, length = 40): BioscopeDocument => ({
  bioscope: 1,
  machine: tierMachine({ slots: 16, dirtyHigh: 20, dirtyLow: 5, sequentialCutoff: 16384 }),
  workload: crashWorkload(seed, length),
});

function sample(name: string): BioscopeDocument {
  const read = readDocument(
    readFileSync(join(__dirname, `../../../media/presets/${name}.bioscope.json`), 'utf8'),
  );
  if (!read.ok) throw new Error(read.problems[0]!.message);
  return read.document;
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const whole = { device: undefined, io: 0, crashAt: undefined };

beforeAll(() => addDrivers(uncommon));

describe('the map of a cache', () => {
  it('has what the driver finds there: a hit is in it, and what is promoted was not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        const document = small(seed, 60);
        const { recording, view } = openMachine(document, []);
        const bios = view.workload.map(({ bio }) => bio);
        const decisions = decisionsOf(recording!, 'tier0', 'tier', bios);
        for (const { kind, event, sector, because } of decisions) {
          if (kind === 'writeback') continue;
          const { cached } = blocksAt(recording!, 'tier0', 8, [], event);
          const block = Math.floor(sector / 8);
          if (kind === 'hit') expect(cached.get(block)).toBe(because.startsWith('dirty'));
          if (kind === 'promotion') expect(cached.has(block)).toBe(false);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each(['tier0', 'bcache0', 'cache0', 'wc0'])(
    'of %s has every hit, and holds something at the end',
    (device) => {
      const document = sample('four-caches');
      const { recording, view } = openMachine(document, []);
      const { driver } = document.machine.devices!.find(({ name }) => name === device)!;
      const block = driver === 'dm-cache' ? 128 : 8;
      const decisions = decisionsOf(
        recording!,
        device,
        driver,
        view.workload.map(({ bio }) => bio),
      );
      const hits = decisions.filter(({ kind }) => kind === 'hit');
      expect(hits.length).toBeGreaterThan(0);
      for (const { event, sector } of hits)
        expect(blocksAt(recording!, device, block, [], event).cached.has(Math.floor(sector / block))).toBe(
          true,
        );
      expect(pictures(document).view({ ...whole, device })!.map.cached).toBeGreaterThan(0);
    },
  );

  it('is empty before anything has happened, and folds what was never touched', () => {
    const view = pictures(sample('zero-copy-tier'));
    expect(view.view({ ...whole, until: 0 })!.map).toMatchObject({ cached: 0, stretches: [] });
    const { map } = view.view(whole)!;
    expect(map.stretches.map(({ start }) => start)).toEqual([0, 64 * 2 ** 20]);
    expect(sum(map.stretches.flatMap(({ cached }) => cached))).toBe(map.cached);
    expect(sum(map.stretches.flatMap(({ dirty }) => dirty))).toBe(map.dirty);
  });

  it('stays small, however much was touched', { timeout: 30_000 }, () => {
    const document = small(1);
    const devices = document.machine.devices!.map((device) =>
      device.name === 'sda' && device.driver === 'sd' ? { ...device, sectors: 2 ** 31 } : device,
    );
    const workload = Array.from({ length: 3000 }, (_, n) => ({
      op: 'write' as const,
      device: 'tier0',
      sector: ((n * 7919) % 100_000) * 16_384,
      add: 'bio_add_page' as const,
      vecs: [{ pfn: '0x200', offset: 0, len: 4096 }],
    }));
    const view = pictures({ ...document, machine: { ...document.machine, devices }, workload }).view(whole)!;
    const cells = view.map.stretches.flatMap(({ cached }) => cached);
    expect(cells.length).toBeLessThanOrEqual(720);
    expect(sum(cells)).toBe(view.map.cached);
    expect(view.decisions.bins.length).toBeLessThanOrEqual(160);
    expect(view.decisions.near.length).toBeLessThanOrEqual(40);
  });
});

describe('decisions', () => {
  it('are all counted, once, in every form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        const { decisions } = pictures(small(seed)).view(whole)!;
        expect(sum(decisions.counts)).toBe(decisions.total);
        expect(sum(decisions.bins.flatMap(({ counts }) => counts))).toBe(decisions.total);
        expect(sum(decisions.reasons.map(({ count }) => count))).toBe(decisions.total);
      }),
      { numRuns: 10 },
    );
  });

  it('belong to the I/O that they are about', () => {
    const { decisions } = pictures(sample('why-not-cached')).view({ ...whole, device: 'bcache4', io: 26 })!;
    const [mine] = decisions.near.filter(({ io }) => io === 26);
    expect(mine).toMatchObject({ kind: 'bypass', because: expect.stringContaining('congested') as string });
  });

  it('of a word that no driver says are a bug of ours', () => {
    expect(() => kindOf('tier', 'shrug', '', false)).toThrow('no such decision');
    expect(TIER_KINDS).toContain(kindOf('dm-cache', 'fast', 'read hit', false));
  });
});

describe('the three ways', () => {
  it('differ by one copy of what is written back, or by a memmap', () => {
    const document = sample('zero-copy-tier');
    const [copy, pages, pfn] = pictures(document).view(whole)!.ways!.ways;
    expect(copy!.written).toBeGreaterThan(0);
    expect(copy!.copied - pfn!.copied).toBe(copy!.written);
    expect(pages!.copied).toBe(pfn!.copied);
    expect([copy!.memmap, pages!.memmap, pfn!.memmap]).toEqual([0, (256 * 2 ** 20) / 64, 0]);
    expect([copy!.own, pages!.own, pfn!.own]).toEqual([false, false, true]);
    for (const way of [copy!, pages!, pfn!]) {
      expect(way).toMatchObject({ refused: '', fellBack: '', ios: document.workload!.length });
      expect(sum(way.histogram)).toBe(way.ios);
      expect(way.p50).toBeLessThanOrEqual(way.p99);
    }
  });

  it('give a machine of today the kernel of the series for its page frames', () => {
    const ways = pictures(small(3)).view(whole)!.ways!.ways;
    expect(ways.map(({ kernel }) => kernel)).toEqual(['6.12', '6.12', '4.1-pfn · v3']);
  });

  it('are no choice of the caches of the kernel', () => {
    expect(pictures(sample('why-not-cached')).view(whole)!.ways).toBeUndefined();
  });
});

describe('a power failure', () => {
  const found = (document: BioscopeDocument, other = engine) => {
    const view = pictures(document, other);
    const { events } = view.walk(undefined) as { events: number };
    for (let at = 3; at <= events; at += 13) {
      const { lost, torn } = view.view({ ...whole, crashAt: at })!.crash!;
      if (lost + torn > 0) return lost + torn;
    }
    return 0;
  };

  it('loses nothing that was promised', { timeout: 60_000 }, () => expect(found(small(5, 16))).toBe(0));

  it.each<BrokenOrder>(['metadata-before-data', 'no-fence', 'clean-before-flush'])(
    'is found to lose something where the order is wrong: %s',
    { timeout: 60_000 },
    (brokenOrder) => {
      const broken: TierEngine = {
        ...engine,
        runUntilPowerFails: (spec, workload, at, random, options) =>
          runUntilPowerFails(spec, workload, at, random, { ...options, brokenOrder }),
      };
      expect(found(small(5, 24), broken)).toBeGreaterThan(0);
    },
  );

  it('names the event, and what was promised until then', () => {
    const view = pictures(small(5, 16));
    const { events } = view.walk(undefined) as { events: number };
    const end = view.view({ ...whole, crashAt: 1e9 })!.crash!;
    expect(end).toMatchObject({ at: events, events, acknowledged: 16, inFlight: 0 });
    expect(view.view({ ...whole, crashAt: 0 })!.crash).toMatchObject({
      last: 'nothing has happened yet',
      acknowledged: 0,
      fates: [],
    });
  });

  it('has no model for the caches of the kernel, and cannot tell pages that are shared apart', () => {
    expect(pictures(sample('why-not-cached')).view(whole)!.noCrash).toMatch(/bcache .* has no model/);
    const document = small(5, 16);
    const workload = document.workload!.map((io) => ({
      ...io,
      batch: 1,
      vecs: io.vecs.map((vec) => ({ ...vec, pfn: '0x200' })),
    }));
    expect(pictures({ ...document, workload }).view(whole)!.noCrash).toMatch(/the same page/);
  });
});

it('is what the protocol says', () => {
  const view = pictures(small(7)).view({ ...whole, crashAt: 100 });
  expect(v.safeParse(TierViewSchema, view).issues).toBeUndefined();
  expect(
    pictures({ bioscope: 1, machine: { ...small(1).machine, devices: [] } }).view(whole),
  ).toBeUndefined();
});
