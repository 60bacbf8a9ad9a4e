import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCENARIOS, type ScenarioName } from '../../../src/model/scenario';
import { play, scenarios } from '../../../src/engine/scenarios';
import { machine } from '../arbitraries';

const walkOf = (name: ScenarioName, variant?: string) =>
  play(undefined, { name, ...(variant === undefined ? {} : { variant }) }).walk;
const broken = (name: ScenarioName, variant?: string) =>
  walkOf(name, variant).outcomes.flatMap((outcome) => outcome.broken);
const all = scenarios.flatMap((s) => s.variants.map((v) => [s.name, v.name] as const));

describe('scenarios', () => {
  it('are the ones a document can name, variant for variant', () => {
    expect(Object.fromEntries(scenarios.map((s) => [s.name, s.variants.map((v) => v.name)]))).toEqual(
      SCENARIOS,
    );
  });

  it.each(all)(
    '%s/%s: every interleaving is walked, every step says something, none waits for ever',
    (name, variant) => {
      const { walk, steps } = play(undefined, { name, variant });
      expect(walk.complete).toBe(true);
      expect(walk.outcomes.reduce((sum, o) => sum + o.count, 0)).toBe(walk.total);
      expect(steps.filter((step) => step.note === '')).toEqual([]);
      expect(walk.outcomes.flatMap((o) => o.broken).filter((b) => b.endsWith('waits for ever'))).toEqual([]);
    },
  );

  it.each(all)('%s/%s: any schedule is played, the same one always the same way', (name, variant) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }), (schedule) => {
        const once = play(undefined, { name, variant, schedule });
        expect(play(undefined, { name, variant, schedule })).toEqual(once);
      }),
      { numRuns: 20 },
    );
  });

  it('play on the machine’s own disk', () => {
    const spec = machine({ flavour: '4.1' });
    expect(play(spec, { name: 'kmap-race' }).stage).toMatchObject({ disk: 'pmem0', start: 0x40000000 });
  });
});

describe('unbind during I/O', () => {
  it('4.1: finds the address that outlives its mapping, and the freed driver state', () => {
    const found = broken('unbind-during-io', '4.1');
    expect(found).toContain('dax_io on pwrite uses an address that iounmap has taken away');
    expect(found).toContain('pmem_direct_access on pwrite reads struct pmem_device after kfree');
  });

  it('with the series: no order uses memory after the unmap; late comers get -ERANGE or -EIO', () => {
    const walk = walkOf('unbind-during-io', 'v5');
    expect(walk.outcomes.flatMap((o) => o.broken).filter((b) => b.includes('iounmap'))).toEqual([]);
    expect(new Set(walk.outcomes.flatMap((o) => o.results))).toEqual(
      new Set(['pwrite: 4096 bytes', 'pwrite: -ERANGE', 'pwrite: -EIO']),
    );
  });

  it('with the series: user mappings still survive', () => {
    expect(broken('unbind-open-file', 'v5')).toEqual(['user PTEs outlive the driver: the remaining hole']);
  });
});

describe('sleeping while mapped', () => {
  it('is reported, and lets teardown unmap under the sleeper', () => {
    const found = broken('kmap-sleep', 'v5');
    expect(found).toContain('fallocate sleeps inside an RCU read-side critical section');
    expect(found).toContain('dax_clear_blocks on fallocate uses an address that iounmap has taken away');
  });

  it('does neither when the task stays awake', () => {
    const found = broken('kmap-sleep', 'awake');
    expect(found.filter((b) => b.includes('sleeps') || b.includes('iounmap'))).toEqual([]);
  });
});

describe('a stray store', () => {
  it('is silent without annotations, in every order', () => {
    expect(new Set(broken('stray-store', 'none'))).toEqual(new Set(['a stray store scribbles silently']));
  });

  it('is caught with them, but not while somebody else’s window is open', () => {
    const { outcomes } = walkOf('stray-store', 'annotations');
    expect(outcomes.map((o) => o.broken)).toContainEqual(['a stray store is caught and named']);
    expect(outcomes.map((o) => o.broken)).toContainEqual([
      'a stray store scribbles while somebody else’s window is open',
    ]);
  });
});

describe('kmap_atomic slots', () => {
  it('come apart in the wrong order, and run out after 20', () => {
    expect(broken('kmap-slots', 'lifo')).toEqual([]);
    expect(broken('kmap-slots', 'wrong-order')).toHaveLength(1);
    expect(broken('kmap-slots', 'wrong-order-debug')[0]).toMatch(/^WARN_ON_ONCE/);
    expect(play(undefined, { name: 'kmap-slots', variant: 'too-many' }).steps.at(-1)).toMatchObject({
      oops: true,
    });
  });
});

describe('the range list', () => {
  it('is empty without CONFIG_KMAP_PFN, and every pfn passes for a page', () => {
    const played = play(undefined, { name: 'range-walk', variant: 'off' });
    expect(played.before).toContainEqual({ label: 'ranges registered', value: '0' });
    expect(played.steps[0]!.note).toContain('kmap_atomic gives ffff880040000000, where nothing is mapped');
  });

  it('costs as many visits as there are ranges, for the map and again for the unmap', () => {
    for (const variant of SCENARIOS['range-walk'].filter((v) => v !== 'off')) {
      const n = Number(variant);
      const { steps } = play(undefined, { name: 'range-walk', variant });
      const nodes = n === 1 ? '1 list node' : `${n} list nodes`;
      expect(steps[1]!.note).toContain(`${nodes} for the map, ${n} for the unmap`);
      expect(steps[2]!.note).toContain(`0 list nodes for the map, ${n} for the unmap`);
    }
  });
});
