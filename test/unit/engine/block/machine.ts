import fc from 'fast-check';
import { bioOf, rig, type Rig } from '../../../../src/cli/agree/tables/rig';
import { vecText } from '../../../../src/cli/agree/tables/rows';
import { init_request_from_bio } from '../../../../src/engine/block/merge';
import { BioWalk } from '../../../../src/engine/block/iter';
import { REQ_WRITE } from '../../../../src/engine/block/flags';
import { Recorder, events, type RecordedEvent } from '../../../../src/model/recording';
import type { Request } from '../../../../src/engine/block/requests';
import type { Bio } from '../../../../src/engine/block/tables';

/** A rig that keeps what happens. */
export function recordingRig(choice?: Parameters<typeof rig>[0]): Rig & { events: () => RecordedEvent[] } {
  const recorder = new Recorder();
  const one = rig(choice, recorder);
  const about = { timeUnit: 'step', source: 'test', reconstructed: false } as const;
  return { ...one, events: () => [...events(recorder.finish(about))] };
}

/** A request of one bio over these vectors, at a sector. */
export function requestOf(one: Rig, vecs: string, sector: number, rw = REQ_WRITE): Request {
  const { requests } = one.kernel;
  const rq = requests.alloc(one.disk);
  rq.cmd_flags = 0;
  init_request_from_bio(one.kernel, rq, bioOf(one, vecs, rw, sector));
  return rq;
}

/** Vectors of whole sectors inside single pages, many of which follow each other in memory. */
export const vecs = fc
  .array(
    fc.record({
      follow: fc.boolean(),
      pfn: fc.integer({ min: 0x1000, max: 0x1010 }),
      from: fc.integer({ min: 0, max: 7 }),
      sectors: fc.integer({ min: 1, max: 8 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((all) => {
    let end = 0;
    return all
      .map(({ follow, pfn, from, sectors }) => {
        const start = follow && end > 0 ? end : pfn * 4096 + from * 512;
        const len = Math.min(sectors * 512, 4096 - (start % 4096));
        end = start + len;
        return vecText(Math.floor(start / 4096), start % 4096, len);
      })
      .join('|');
  });

/** Limits that matter for segments. */
export const segmentLimits = fc.record({
  max_segment_size: fc.constantFrom(4096, 8192, 12288, 65536, 0xffffffff),
  seg_boundary_mask: fc.constantFrom(0xfff, 0x3fff, 0xffff, 0xffffffff, 2 ** 52 - 1),
  cluster: fc.constantFrom(0, 1),
  bounce_pfn: fc.constantFrom(0x1008, 2 ** 52 - 1),
});

/** Every 512-byte piece of what remains of a bio, by its physical address. */
export function sectorsOf(one: Rig, bio: Bio): number[] {
  const walk = new BioWalk();
  const seen: number[] = [];
  walk.start(bio);
  while (walk.next(one.kernel)) {
    const at = walk.pfn * 4096 + walk.offset;
    for (let done = 0; done < walk.len; done += 512) seen.push(at + done);
  }
  return seen;
}
