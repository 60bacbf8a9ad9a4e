import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../src/engine/machine';
import type { Recording } from '../../../../src/model/recording';
import { Recorder } from '../../../../src/model/recording';
import { History } from '../../../../src/model/time/history';
import { depthsOf } from '../../../../src/model/time/nesting';
import { MOVES, moved } from '../../../../src/model/time/transport';
import { conditionsOf, runUntil } from '../../../../src/model/time/until';
import { changesOf, emptyWorld, vectorsOf, type World } from '../../../../src/model/time/world';
import { stacks, wishes, workloadOf } from '../../engine/stacks/arbitrary';

const runs: fc.Arbitrary<Recording> = fc
  .tuple(stacks, wishes)
  .map(([stack, wished]) => simulate(stack.spec, workloadOf(stack, wished)).recording);

/** Added up from the first event on, without marks. */
function fromScratch(recording: Recording, step: number): World {
  const world = emptyWorld();
  const changes = changesOf(recording);
  for (let i = 0; i < step; i++) changes[recording.columns.name[i]!]?.(world, recording, i);
  return world;
}

const shown = (world: World) =>
  JSON.stringify({
    requests: [...world.requests.values()],
    bios: [...world.bios.values()].map(({ number, device, submitted }) => [number, device, submitted]),
    vectors: vectorsOf(world),
  });

/** `rounds` bios one after the other, each with a request; as long as it has to be. */
function longRun(rounds: number): Recording {
  const recorder = new Recorder();
  const name = (id: string) => recorder.define({ name: id, kind: 'call', args: ['', '', '', '', ''] });
  const [add, submit, get, issue, complete, end] = [
    'bio_add_page',
    'submit_bio',
    'block_getrq',
    'block_rq_issue',
    'block_rq_complete',
    'bio_endio',
  ].map(name) as [number, number, number, number, number, number];
  const device = recorder.addDevice('sda');
  let time = 0;
  const emit = (id: number, bio: number, a: number, b: number, c: number, d = 0) =>
    recorder.emit(id, time++, device, bio, a, b, c, d, 1, 0);
  for (let bio = 0; bio < rounds; bio++) {
    emit(add, bio, bio, 0, 4096, 4096);
    emit(submit, bio, bio * 8, 0, 4096, 1);
    emit(get, bio, bio * 8, bio, 8);
    emit(issue, bio, bio * 8, bio, 8);
    // Every eighth stays under way.
    if (bio % 8 === 0) continue;
    emit(complete, bio, bio * 8, bio, 8);
    emit(end, bio, bio * 8, 0, 4096);
  }
  return recorder.finish({ timeUnit: 'step', source: 'test', reconstructed: false });
}

describe('a moment of a run', () => {
  it('is the same whichever way one comes to it', () => {
    fc.assert(
      fc.property(runs, fc.array(fc.nat(), { maxLength: 20 }), (recording, jumps) => {
        const history = new History(recording);
        for (const jump of jumps) {
          const step = jump % (recording.length + 1);
          expect(shown(history.at(step))).toBe(shown(fromScratch(recording, step)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same after all steps forward and all steps back', () => {
    fc.assert(
      fc.property(runs, (recording) => {
        const history = new History(recording);
        const there = Array.from({ length: recording.length + 1 }, (_, step) => shown(history.at(step)));
        const back = there.map((_, n) => shown(history.at(recording.length - n))).reverse();
        expect(back).toEqual(there);
        expect(there[0]).toBe(shown(emptyWorld()));
      }),
      { numRuns: 30 },
    );
  });

  it('is exact across marks, with much under way', () => {
    const recording = longRun(4_000);
    const history = new History(recording);
    const { length } = recording;
    for (const step of [length, length - 1, 2_048, 2_047, 2_049, 5_000, 0, 12_345, length, 4_096])
      expect(shown(history.at(step))).toBe(shown(fromScratch(recording, step)));
  });

  it('shows who pointed where in the whole run once it is over', () => {
    const recording = longRun(10);
    const history = new History(recording);
    expect(history.vectorsAt(recording.length)).toHaveLength(10);
    expect(history.vectorsAt(1)).toEqual([{ bio: 0, vec: 0, pfn: 0, offset: 0, len: 4096 }]);
    expect(history.vectorsAt(0)).toEqual([]);
  });
});

describe('ways to another moment', () => {
  it('stay inside the run, and over and out never go deeper', () => {
    fc.assert(
      fc.property(runs, fc.nat(), fc.constantFrom(...MOVES), (recording, at, move) => {
        const step = at % (recording.length + 1);
        const to = moved(recording, step, move);
        expect(to).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(recording.length);
        if (['into', 'over', 'out', 'end'].includes(move)) expect(to).toBeGreaterThanOrEqual(step);
        else expect(to).toBeLessThanOrEqual(step);
        if (step === 0 || to === 0 || to === recording.length) return;
        const depths = depthsOf(recording);
        if (move === 'over' || move === 'backOver')
          expect(depths[to - 1]).toBeLessThanOrEqual(depths[step - 1]!);
        if (move === 'out') expect(depths[to - 1]).toBeLessThan(depths[step - 1]!);
      }),
      { numRuns: 200 },
    );
  });

  it('find the next event that is meant, or say that there is none', () => {
    fc.assert(
      fc.property(runs, fc.nat(), fc.nat(), (recording, at, which) => {
        const step = at % (recording.length + 1);
        const conditions = conditionsOf(recording);
        const wanted = conditions[which % conditions.length]!;
        const found = runUntil(recording, step, wanted);
        if (found === undefined) return;
        expect(found).toBeGreaterThan(step);
        // Nothing between fits: from just before it, the same one is next.
        expect(runUntil(recording, found - 1, wanted)).toBe(found);
      }),
      { numRuns: 100 },
    );
    const recording = longRun(3);
    expect(runUntil(recording, 0, 'block_rq_issue()')).toBe(4);
    expect(runUntil(recording, 4, 'block_rq_issue')).toBe(8);
    expect(runUntil(recording, 0, 'bio 1')).toBe(5);
    expect(runUntil(recording, 0, 'dma_map_pfn')).toBeUndefined();
  });
});
