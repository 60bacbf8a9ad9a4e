import { describe, expect, it } from 'vitest';
import { play } from '../../../../src/engine/scenarios';

/** Every order of removal and of each step of the other side is walked; a dead mapping is an address after iounmap. */
const DEAD = /uses an address that iounmap has taken away/;

describe.each(['unbind-during-io', 'unbind-tier'] as const)(
  '%s: the device leaves at every event',
  (name) => {
    it('with the series nothing uses a dead mapping', () => {
      const { walk } = play(undefined, { name, variant: 'v5' });
      expect(walk.complete).toBe(true);
      expect(walk.total).toBeGreaterThan(20);
      expect(walk.outcomes.flatMap(({ broken }) => broken).filter((rule) => DEAD.test(rule))).toEqual([]);
    });

    it('without it there is a window: a kaddr held across the unmap', () => {
      const { walk } = play(undefined, { name, variant: '4.1' });
      expect(walk.complete).toBe(true);
      const dead = walk.outcomes.filter(({ broken }) => broken.some((rule) => DEAD.test(rule)));
      expect(dead.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
    });
  },
);

describe('the power fails at every event of the story', () => {
  it('finds what each wrong order loses, and nothing where the order is right', () => {
    const brokenIn = (variant: string) =>
      play(undefined, { name: 'crash-and-recover', variant }).walk.outcomes.flatMap(({ broken }) => broken);
    expect(brokenIn('ordered')).toEqual([]);
    for (const variant of ['metadata-before-data', 'no-fence', 'clean-before-flush'])
      expect(brokenIn(variant)).not.toEqual([]);
  });

  it('tears a sector without a block translation table, and never with one', () => {
    const outcomes = (variant: string) => play(undefined, { name: 'torn-sector', variant }).walk.outcomes;
    expect(outcomes('raw').some(({ broken }) => broken.includes('a torn sector: part old, part new'))).toBe(
      true,
    );
    expect(outcomes('btt').flatMap(({ broken }) => broken)).toEqual([]);
  });
});
