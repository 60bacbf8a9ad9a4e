import { fillByHand } from '../../../engine/block/add';
import { bio_alloc } from '../../../engine/block/bio';
import {
  QUEUE_FLAG_NO_SG_MERGE,
  QUEUE_FLAG_PFN,
  QUEUE_FLAG_SG_GAPS,
  REQ_WRITE,
} from '../../../engine/block/flags';
import { BioWalk } from '../../../engine/block/iter';
import { blk_set_default_limits } from '../../../engine/block/limits';
import type { Disk } from '../../../engine/block/queue';
import type { Bio } from '../../../engine/block/tables';
import { Kernel } from '../../../engine/kernel';
import type { KernelChoice } from '../../../model/flavour';
import type { MemoryRange } from '../../../model/machine-spec';
import { Recorder } from '../../../model/recording';
import { vec, vecText } from './rows';

/** A kernel with one disk, whose queue has the default limits until a row gives it others. */
export interface Rig {
  readonly kernel: Kernel;
  readonly disk: Disk;
}

export function rig(
  choice: KernelChoice = { flavour: '4.1' },
  recorder = new Recorder(false),
  ranges: MemoryRange[] = [],
): Rig {
  const kernel = new Kernel(
    {
      name: 'rig',
      kernel: choice,
      memory: { ranges },
      devices: [{ name: 'disk', driver: 'brd', sectors: 2 ** 40 }],
    },
    recorder,
  );
  const disk = kernel.disk(0);
  Object.assign(disk.queue, { limits: blk_set_default_limits(), flags: 0 });
  return { kernel, disk };
}

/** Gives the queue the limits of a LIM or ADDLIM row; what it does not name stays as it is by default. */
export function setLimits({ disk: { queue } }: Rig, row: ReadonlyMap<string, string>): void {
  const number = (name: string) => Number(row.get(name) ?? 0);
  Object.assign(queue.limits, {
    max_segments: number('max_segments'),
    max_segment_size: number('max_segment_size'),
    seg_boundary_mask: number('seg_boundary'),
    max_sectors: number('max_sectors'),
    chunk_sectors: number('chunk_sectors'),
    bounce_pfn: number('bounce_pfn'),
    cluster: number('cluster'),
  });
  queue.flags =
    (number('no_sg_merge') === 1 ? QUEUE_FLAG_NO_SG_MERGE : 0) |
    (number('sg_gaps') === 1 ? QUEUE_FLAG_SG_GAPS : 0);
}

/** A queue of the series that takes page-less bios. */
export function allowPfns({ disk }: Rig): void {
  disk.queue.flags |= QUEUE_FLAG_PFN;
}

/** A bio over the vectors `pfn/offset/len|…`, filled by hand: no limit is asked. */
export function bioOf({ kernel, disk }: Rig, vecs: string, rw = REQ_WRITE, sector = 0): Bio {
  const all = vecs === '' ? [] : vecs.split('|');
  const bio = bio_alloc(kernel, disk.id, rw, sector, all.length);
  for (const text of all) {
    const { pfn, offset, len } = vec(text);
    fillByHand(kernel, bio, pfn, 0, len, offset, false);
  }
  return bio;
}

/** What remains of a bio, as rows write it. */
export function walkText({ kernel }: Rig, bio: Bio): string {
  const walk = new BioWalk();
  const seen: string[] = [];
  walk.start(bio);
  while (walk.next(kernel)) seen.push(vecText(walk.pfn, walk.offset, walk.len));
  return seen.join('|');
}
