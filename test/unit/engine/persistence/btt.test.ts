import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhysicalBytes } from '../../../../src/engine/memory/bytes';
import { Btt } from '../../../../src/engine/persistence/btt';
import { PERSISTENCE_DOMAINS, PersistentMemory } from '../../../../src/engine/persistence/persistent-memory';
import { randomFrom } from '../tier/crash';

const SECTOR = 512;
const content = (value: number) => new Uint8Array(SECTOR).fill(value);

/** Writes until the power fails after `steps` steps; gives what each sector was acknowledged to hold, and what was on its way. */
function crash(
  domain: (typeof PERSISTENCE_DOMAINS)[number],
  writes: readonly number[],
  steps: number,
  seed: number,
) {
  const bytes = new PhysicalBytes();
  const persistent = new PersistentMemory(bytes, domain, true);
  const btt = new Btt(bytes, persistent, 0x10000, SECTOR, 8, 3);
  const acknowledged = new Map<number, number>();
  let open: readonly [lba: number, value: number] | undefined;
  let left = steps;
  for (const [i, lba] of writes.entries()) {
    open = [lba, i + 1];
    for (const _step of btt.write(lba, content(i + 1), i % 3)) if (left-- === 0) break;
    if (left < 0) break;
    acknowledged.set(lba, i + 1);
    open = undefined;
  }
  persistent.powerFails(randomFrom(seed));
  const again = new Btt(bytes, new PersistentMemory(bytes, domain, true), 0x10000, SECTOR, 8, 3);
  return { again, acknowledged, open };
}

describe('the block translation table', () => {
  it('has every sector old or new after a power failure, and what was acknowledged', () => {
    const writes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 12 });
    const run = fc.record({
      writes,
      steps: fc.integer({ min: 0, max: 150 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
      domain: fc.constantFrom(...PERSISTENCE_DOMAINS),
    });
    fc.assert(
      fc.property(run, (one) => {
        const { again, acknowledged, open } = crash(one.domain, one.writes, one.steps, one.seed);
        for (let lba = 0; lba < 8; lba++) {
          const found = again.read(lba);
          expect(new Set(found).size).toBe(1);
          const allowed = [acknowledged.get(lba) ?? 0, ...(open?.[0] === lba ? [open[1]] : [])];
          expect(allowed).toContain(found[0]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never has two sectors, or a sector and a lane, in one block', () => {
    const { again } = crash('adr', [0, 1, 2, 3, 0, 1, 2, 3, 4, 4, 4], 120, 9);
    const blocks = Array.from({ length: 8 }, (_, lba) => again.btt_map_read(lba));
    expect(new Set(blocks).size).toBe(8);
  });

  it('tells zeros and errors from data', () => {
    const { again } = crash('uncached', [1, 2], 1000, 1);
    again.mark(1, 'zeroes');
    again.mark(2, 'error');
    expect(again.btt_map_read(1)).toBe('zeroes');
    expect(again.btt_map_read(2)).toBe('error');
    expect(again.read(1)).toEqual(content(0));
  });
});

describe('persistent memory', () => {
  const lost = (domain: (typeof PERSISTENCE_DOMAINS)[number], after: (memory: PersistentMemory) => void) => {
    const bytes = new PhysicalBytes();
    const memory = new PersistentMemory(bytes, domain, true);
    memory.store(0, 4096);
    bytes.write(0, new Uint8Array(4096).fill(7));
    after(memory);
    memory.powerFails(() => 0);
    return bytes.read(0, 4096).some((byte) => byte !== 7);
  };

  it('is durable when its domain says so', () => {
    const nothing = () => undefined;
    expect(lost('adr', nothing)).toBe(true);
    expect(
      lost('adr', (memory) => {
        memory.clwb(0, 4096);
      }),
    ).toBe(true);
    expect(
      lost('adr', (memory) => {
        memory.persist(0, 4096);
      }),
    ).toBe(false);
    expect(
      lost('pcommit', (memory) => {
        memory.clwb(0, 4096);
        memory.sfence();
      }),
    ).toBe(true);
    expect(
      lost('pcommit', (memory) => {
        memory.persist(0, 4096);
      }),
    ).toBe(false);
    expect(
      lost('eadr', (memory) => {
        memory.sfence();
      }),
    ).toBe(false);
    expect(
      lost('uncached', (memory) => {
        memory.sfence();
      }),
    ).toBe(false);
    // The last store can be cut short, at its end.
    expect(lost('uncached', nothing)).toBe(true);
  });
});
