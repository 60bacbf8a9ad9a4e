import { describe, expect, it } from 'vitest';
import { TIER_MODES, TIER_POLICIES } from '../../../../src/model/cache-spec';
import { BROKEN_ORDERS } from '../../../../src/engine/drivers/tier/order';
import { PERSISTENCE_DOMAINS } from '../../../../src/engine/persistence/persistent-memory';
import { crash, crashWorkload, tierMachine } from './crash';

/** Crash points of a workload, spread over all its events. */
function points(events: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => 1 + Math.floor((i * events) / count));
}

const SMALL = { slots: 16, dirtyHigh: 30, dirtyLow: 10 };

/** 4 modes x 4 policies x 25 workloads x 51 crash points. */
const WORKLOADS = 25;
const POINTS = 51;

describe('the power fails at any event', () => {
  let runs = 0;
  const cases = TIER_MODES.flatMap((mode) => TIER_POLICIES.map((policy) => ({ mode, policy })));
  it.each(cases)(
    '$mode, $policy: nothing that was acknowledged durable is lost, nothing is torn',
    ({ mode, policy }) => {
      const broken: string[] = [];
      for (let seed = 1; seed <= WORKLOADS; seed++) {
        const workload = crashWorkload(seed, 24);
        const flavour = (['6.12', '4.1-pfn', '4.1'] as const)[seed % 3]!;
        const move = flavour === '4.1-pfn' ? 'pfn' : 'copy';
        const spec = tierMachine({ ...SMALL, mode, policy, move }, flavour);
        const persistence = PERSISTENCE_DOMAINS[seed % PERSISTENCE_DOMAINS.length]!;
        const { events } = crash(spec, workload, Infinity, seed, { persistence });
        for (const at of points(events, POINTS)) {
          runs++;
          const found = crash(spec, workload, at, seed * 1000 + at, { persistence });
          if (found.broken) broken.push(`workload ${seed}, ${persistence}, event ${at}: ${found.broken}`);
        }
      }
      expect(broken).toEqual([]);
    },
    300_000,
  );

  it('was 20,000 runs and more', () => {
    expect(runs).toBeGreaterThanOrEqual(20_000);
  });
});

describe('a wrong order', () => {
  it.each(BROKEN_ORDERS)(
    '%s: is found',
    (brokenOrder) => {
      const spec = tierMachine({ ...SMALL, mode: 'write-back' });
      const broken: string[] = [];
      for (let seed = 1; seed <= 40 && broken.length === 0; seed++) {
        const workload = crashWorkload(seed, 24);
        const { events } = crash(spec, workload, Infinity, seed, { brokenOrder });
        for (const at of points(events, 60)) {
          const found = crash(spec, workload, at, seed * 1000 + at, { brokenOrder });
          if (found.broken) broken.push(found.broken);
        }
      }
      expect(broken).not.toEqual([]);
    },
    120_000,
  );
});
