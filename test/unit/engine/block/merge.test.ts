import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bioOf, rig } from '../../../../src/cli/agree/tables/rig';
import { bio_clone_fast } from '../../../../src/engine/block/clone';
import {
  QUEUE_FLAG_SG_GAPS,
  READ,
  REQ_DISCARD,
  REQ_FAILFAST_MASK,
  REQ_FUA,
  REQ_MIXED_MERGE,
  REQ_NOMERGE,
  REQ_RAHEAD,
  REQ_SECURE,
  REQ_SYNC,
  REQ_WRITE_SAME,
  REQ_WRITE,
} from '../../../../src/engine/block/flags';
import {
  ELEVATOR_BACK_MERGE,
  ELEVATOR_FRONT_MERGE,
  ELEVATOR_NO_MERGE,
  attempt_merge,
  bio_attempt_back_merge,
  bio_attempt_front_merge,
  blk_rq_bio_prep,
  blk_rq_get_max_sectors,
  blk_rq_merge_ok,
  blk_try_merge,
} from '../../../../src/engine/block/merge';
import { recordingRig, requestOf, vecs } from './machine';
import type { Request } from '../../../../src/engine/block/requests';
import type { Bio } from '../../../../src/engine/block/tables';

const PAGE = '1000/0/4096';

function chainOf(rq: Request): Bio[] {
  const seen: Bio[] = [];
  for (let bio = rq.bio; bio !== undefined; bio = bio.bi_next) seen.push(bio);
  return seen;
}

describe('a bio and a request', () => {
  it('merge where the bio ends or starts the request', () => {
    const one = rig();
    const rq = requestOf(one, PAGE, 100);
    const at = (sector: number) => blk_try_merge(rq, bioOf(one, PAGE, REQ_WRITE, sector));
    expect([at(108), at(92), at(100), at(107)]).toEqual([
      ELEVATOR_BACK_MERGE,
      ELEVATOR_FRONT_MERGE,
      ELEVATOR_NO_MERGE,
      ELEVATOR_NO_MERGE,
    ]);
  });

  it('must be of one kind', () => {
    const one = rig();
    const ok = (a: number, b: number) =>
      blk_rq_merge_ok(one.kernel, requestOf(one, PAGE, 0, a), bioOf(one, PAGE, b, 8));
    expect([ok(REQ_WRITE, REQ_WRITE), ok(READ, READ), ok(REQ_WRITE, REQ_WRITE | REQ_SYNC)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([
      ok(REQ_WRITE, READ),
      ok(REQ_WRITE, REQ_WRITE | REQ_FUA),
      ok(REQ_WRITE | REQ_FUA, REQ_WRITE),
    ]).toEqual([false, false, false]);
    expect([
      ok(REQ_WRITE, REQ_WRITE | REQ_DISCARD),
      ok(REQ_WRITE | REQ_DISCARD, REQ_WRITE | REQ_DISCARD | REQ_SECURE),
    ]).toEqual([false, false]);
    const elsewhere = requestOf(one, PAGE, 0);
    elsewhere.disk = { ...one.disk };
    expect(blk_rq_merge_ok(one.kernel, elsewhere, bioOf(one, PAGE, REQ_WRITE, 8))).toBe(false);
  });

  it('write the same only from the same bytes; v3 has no address for what has no page', () => {
    const same = (posting: 'v1' | 'v3', a: string, b: string, dev: number) => {
      const one = rig({ flavour: '4.1-pfn', posting });
      const rq = requestOf(one, a, 0, REQ_WRITE | REQ_WRITE_SAME);
      const bio = bioOf(one, b, REQ_WRITE | REQ_WRITE_SAME, 8);
      one.kernel.bvecs.dev.fill(dev);
      return blk_rq_merge_ok(one.kernel, rq, bio);
    };
    expect(same('v1', '1000/0/512', '1000/0/512', 0)).toBe(true);
    expect(same('v1', '1000/0/512', '2000/0/512', 0)).toBe(false);
    expect(same('v1', '1000/0/512', '2000/0/512', 1)).toBe(false);
    expect(same('v3', '1000/0/512', '2000/0/512', 0)).toBe(false);
    expect(same('v3', '1000/0/512', '2000/0/512', 1)).toBe(true);
  });

  it('a gap is refused, and told only where the two meet', () => {
    const one = recordingRig();
    one.disk.queue.flags = QUEUE_FLAG_SG_GAPS;
    const { kernel } = one;
    const rq = requestOf(one, '1000/0/4096|1001/0/1024', 0);
    expect(blk_rq_merge_ok(kernel, rq, bioOf(one, PAGE, REQ_WRITE, 500))).toBe(false);
    expect(blk_rq_merge_ok(kernel, rq, bioOf(one, PAGE, REQ_WRITE, 10))).toBe(false);
    const told = one.events().filter(({ note }) => note !== '');
    expect(told.map(({ name, a, b, c, note }) => [name.name, a, b, c, note])).toEqual([
      ['blk_rq_merge_ok', 10, 0, 8, 'blk_rq_merge_ok: 3072 bytes > QUEUE_FLAG_SG_GAPS 0 of disk'],
    ]);
    const whole = requestOf(one, PAGE, 0);
    expect(blk_rq_merge_ok(kernel, whole, bioOf(one, '2000/512/512', REQ_WRITE, 8))).toBe(false);
    expect(kernel.refusal).toBe('blk_rq_merge_ok: 512 bytes > QUEUE_FLAG_SG_GAPS 0 of disk');
    expect(blk_rq_merge_ok(kernel, whole, bioOf(one, PAGE, REQ_WRITE, 8))).toBe(true);
  });

  it('the end of a clone is where its part of the vectors ends', () => {
    const one = rig();
    const { kernel } = one;
    one.disk.queue.flags = QUEUE_FLAG_SG_GAPS;
    const clone = bio_clone_fast(kernel, bioOf(one, '1000/0/4096|1001/0/1024'));
    clone.bi_size = 4096;
    const rq = requestOf(one, PAGE, 0);
    rq.biotail = clone;
    expect(blk_rq_merge_ok(kernel, rq, bioOf(one, PAGE, REQ_WRITE, 8))).toBe(true);
  });

  it('back and front merges keep chain, place, length and count; the event names the request', () => {
    const one = recordingRig();
    const { kernel } = one;
    const rq = requestOf(one, PAGE, 100);
    const middle = rq.bio;
    const back = bioOf(one, '1001/0/4096', REQ_WRITE, 108);
    const front = bioOf(one, '3000/0/512', REQ_WRITE, 99);
    expect(bio_attempt_back_merge(kernel, rq, back)).toBe(true);
    expect(bio_attempt_front_merge(kernel, rq, front)).toBe(true);
    expect(chainOf(rq)).toEqual([front, middle, back]);
    expect([rq.biotail, rq.__sector, rq.__data_len]).toEqual([back, 99, 8704]);
    // 1001 follows 1000 in memory, but the count does not look there.
    expect(rq.nr_phys_segments).toBe(3);
    const said = one.events().filter(({ name }) => name.name.startsWith('block_bio_'));
    expect(said.map(({ name, a, b, c }) => [name.name, a, b, c])).toEqual([
      ['block_bio_backmerge', 108, rq.serial, 8],
      ['block_bio_frontmerge', 99, rq.serial, 1],
    ]);
  });

  it.each([
    ['max_sectors', { max_sectors: 15 }, '16 sectors > max_sectors 15'],
    ['the chunk', { chunk_sectors: 16 }, '16 sectors > chunk_sectors_left 12'],
    ['max_segments', { max_segments: 1 }, '2 segments > max_segments 1'],
  ])('%s refuses, and the request takes nothing more', (_, limits, rule) => {
    for (const [attempt, sector] of [
      [bio_attempt_back_merge, 108],
      [bio_attempt_front_merge, 92],
    ] as const) {
      const one = recordingRig();
      Object.assign(one.disk.queue.limits, limits);
      const { kernel } = one;
      const rq = requestOf(one, PAGE, 100);
      expect(attempt(kernel, rq, bioOf(one, '3000/0/4096', REQ_WRITE, sector))).toBe(false);
      expect(kernel.refusal).toContain(`: ${rule} of disk`);
      expect(one.events().at(-1)).toMatchObject({ a: sector, c: 8, note: kernel.refusal });
      expect(rq.cmd_flags & REQ_NOMERGE).toBe(REQ_NOMERGE);
      expect(blk_rq_merge_ok(kernel, rq, bioOf(one, PAGE, REQ_WRITE, 108))).toBe(false);
    }
  });

  it('a discard and a write same have limits of their own', () => {
    const one = rig();
    Object.assign(one.disk.queue.limits, { max_discard_sectors: 0xffffffff, max_write_same_sectors: 77 });
    const max = (rw: number) => blk_rq_get_max_sectors(requestOf(one, '', 0, REQ_WRITE | rw));
    expect([max(REQ_DISCARD), max(REQ_WRITE_SAME), max(0)]).toEqual([0x7fffff, 77, 255]);
  });

  it('bios that may fail in different ways make the merge a mixed one', () => {
    const one = rig();
    const { kernel } = one;
    const rq = requestOf(one, PAGE, 0, REQ_WRITE | REQ_RAHEAD);
    expect(rq.cmd_flags & REQ_FAILFAST_MASK).toBe(REQ_FAILFAST_MASK);
    const first = rq.bio!;
    const next = bioOf(one, '3000/0/512', REQ_WRITE, 8);
    bio_attempt_back_merge(kernel, rq, next);
    expect(rq.cmd_flags & REQ_MIXED_MERGE).toBe(REQ_MIXED_MERGE);
    expect([first, next].map((bio) => bio.bi_rw & REQ_FAILFAST_MASK)).toEqual([REQ_FAILFAST_MASK, 0]);
  });

  it('a request is made of one bio', () => {
    const one = rig();
    const { kernel } = one;
    const bio = bioOf(one, '', REQ_WRITE | REQ_DISCARD, 8);
    bio.bi_size = 8192;
    const rq = kernel.requests.alloc(one.disk);
    blk_rq_bio_prep(kernel, rq, bio);
    expect([rq.nr_phys_segments, rq.__data_len]).toEqual([0, 8192]);
  });
});

describe('attempt_merge', () => {
  const two = (
    a: string,
    b: string,
    limits: object = {},
    rw: readonly [number, number] = [REQ_WRITE, REQ_WRITE],
  ) => {
    const one = recordingRig();
    Object.assign(one.disk.queue.limits, limits);
    const { kernel } = one;
    const rq = requestOf(one, a, 100, rw[0]);
    const next = requestOf(one, b, 100 + rq.__data_len / 512, rw[1]);
    return { one, kernel, requests: kernel.requests, rq, next };
  };

  it('appends what follows, and sees where segments become one', () => {
    const { kernel, rq, next } = two(PAGE, '1001/0/4096');
    rq.start_time = 20;
    next.start_time = 10;
    expect(attempt_merge(kernel, rq, next)).toBe(true);
    expect([rq.nr_phys_segments, rq.__data_len, rq.start_time]).toEqual([1, 8192, 10]);
    expect(chainOf(rq)).toHaveLength(2);
    expect(rq.bio!.bi_seg_front_size).toBe(8192);
    expect(rq.biotail!.bi_seg_back_size).toBe(8192);
  });

  it.each([
    ['max_sectors', { max_sectors: 15 }, 'll_merge_requests_fn: 16 sectors > max_sectors 15 of disk'],
    ['max_segments', { max_segments: 1 }, 'll_merge_requests_fn: 2 segments > max_segments 1 of disk'],
  ])('%s refuses, without marking the request', (_, limits, rule) => {
    const { one, kernel, rq, next } = two(PAGE, '3000/0/4096', limits);
    expect(attempt_merge(kernel, rq, next)).toBe(false);
    expect(one.events().at(-1)!.note).toBe(rule);
    expect(rq.cmd_flags & REQ_NOMERGE).toBe(0);
  });

  it('refuses a gap', () => {
    const { one, kernel, rq, next } = two('1000/0/512', '3000/0/512');
    one.disk.queue.flags = QUEUE_FLAG_SG_GAPS;
    expect(attempt_merge(kernel, rq, next)).toBe(false);
    expect(kernel.refusal).toBe('ll_merge_requests_fn: 3584 bytes > QUEUE_FLAG_SG_GAPS 0 of disk');
  });

  it('wants two of one kind that meet', () => {
    for (const rw of [
      [REQ_WRITE, READ],
      [REQ_WRITE | REQ_FUA, REQ_WRITE],
      [REQ_WRITE | REQ_DISCARD, REQ_WRITE],
    ] as const) {
      const { kernel, rq, next } = two(PAGE, PAGE, {}, rw);
      expect(attempt_merge(kernel, rq, next)).toBe(false);
    }
    const { kernel, rq, next } = two(PAGE, PAGE);
    next.__sector++;
    expect(attempt_merge(kernel, rq, next)).toBe(false);
    next.__sector--;
    next.disk = { ...next.disk };
    expect(attempt_merge(kernel, rq, next)).toBe(false);
    const same = two('1000/0/512', '2000/0/512', { max_write_same_sectors: 99 }, [
      REQ_WRITE | REQ_WRITE_SAME,
      REQ_WRITE | REQ_WRITE_SAME,
    ]);
    expect(attempt_merge(same.kernel, same.rq, same.next)).toBe(false);
  });

  it('mixes', () => {
    const { kernel, rq, next } = two(PAGE, '3000/0/512', {}, [REQ_WRITE, REQ_WRITE | REQ_RAHEAD]);
    expect(attempt_merge(kernel, rq, next)).toBe(true);
    expect(rq.cmd_flags & REQ_MIXED_MERGE).toBe(REQ_MIXED_MERGE);
    expect(rq.biotail!.bi_rw & REQ_FAILFAST_MASK).toBe(REQ_FAILFAST_MASK);
  });

  it('the count is never below that of one bio with everything', () => {
    fc.assert(
      fc.property(vecs, vecs, (a, b) => {
        const { one, kernel, rq, next } = two(a, b);
        if (!attempt_merge(kernel, rq, next)) return;
        const all = requestOf(one, `${a}|${b}`, 0);
        expect(rq.nr_phys_segments).toBeGreaterThanOrEqual(all.nr_phys_segments);
      }),
    );
  });
});
