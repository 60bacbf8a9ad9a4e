import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_FLAGS, Frames, type FrameRun } from '../../../src/model/frames';

const SPAN = 100_000;
const pfn = fc.oneof(
  fc.integer({ min: 0, max: SPAN }),
  // Where blocks and sections begin and end, things go wrong.
  fc.constantFrom(0, 255, 256, 257, 32767, 32768, 32769, 65536, 98304),
);
const flag = fc.constantFrom(...Object.values(FRAME_FLAGS));
const run = fc.tuple(
  pfn,
  fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.constant(32768)),
  fc.integer({ min: 1, max: 31 }),
);

/** The same with a byte for every frame and no structure at all. */
function naive(runs: readonly (readonly [number, number, number])[]): Uint8Array {
  const all = new Uint8Array(SPAN + 40_001);
  for (const [start, count, flags] of runs) for (let i = start; i < start + count; i++) all[i]! |= flags;
  return all;
}

function built(runs: readonly (readonly [number, number, number])[]): Frames {
  const frames = new Frames();
  for (const [start, count, flags] of runs) frames.set(start, count, flags);
  return frames;
}

function naiveRuns(all: Uint8Array, from: number, to: number): FrameRun[] {
  const found: FrameRun[] = [];
  for (let i = from; i < to;) {
    let end = i + 1;
    while (end < to && all[end] === all[i]) end++;
    if (all[i] !== 0) found.push({ start: i, count: end - i, flags: all[i]! });
    i = end;
  }
  return found;
}

describe('page frames by columns', () => {
  it('count, run and answer as a byte for every frame does', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), pfn, pfn, flag, (runs, a, b, one) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const frames = built(runs);
        const all = naive(runs);
        const expected = all.subarray(from, to).reduce((n, flags) => ((flags & one) !== 0 ? n + 1 : n), 0);
        expect(frames.count(from, to, one)).toBe(expected);
        expect([...frames.runs(from, to)]).toEqual(naiveRuns(all, from, to));
        expect(frames.at(a)).toBe(all[a]);
      }),
      { numRuns: 300 },
    );
  });

  it('of 10^9 take no array where sections are alike, and one where a single frame differs', () => {
    const frames = new Frames();
    frames.set(0, 1_000_013_824, FRAME_FLAGS.userPte);
    expect(frames.bytes).toBe(0);
    expect(frames.count(5, 1_000_000_000, FRAME_FLAGS.userPte)).toBe(999_999_995);
    frames.set(777_777_777, 1, FRAME_FLAGS.kmap);
    expect(frames.bytes).toBeLessThan(40_000);
    expect([...frames.runs(777_777_776, 777_777_779)]).toEqual([
      { start: 777_777_776, count: 1, flags: 8 },
      { start: 777_777_777, count: 1, flags: 10 },
      { start: 777_777_778, count: 1, flags: 8 },
    ]);
  });

  it('reach the top of the address space, where sections are far apart', () => {
    const frames = built([
      [2 ** 40 - 3, 3, FRAME_FLAGS.mark],
      [7, 1, FRAME_FLAGS.mark],
    ]);
    expect(frames.count(0, 2 ** 40, FRAME_FLAGS.mark)).toBe(4);
    expect([...frames.runs(0, 2 ** 40)].map((r) => r.start)).toEqual([7, 2 ** 40 - 3]);
  });

  it.each([
    [-1, 1],
    [0.5, 1],
    [0, Number.NaN],
    [2 ** 40, 1],
    [0, Infinity],
  ])('refuse %d + %d, which is no run', (start, count) => {
    expect(() => new Frames().set(start, count, 1)).toThrow(RangeError);
  });
});
