import { blk_set_stacking_limits } from '../../block/limits';
import { REQ_FLUSH, REQ_FUA, QUEUE_FLAG_DISCARD } from '../../block/flags';
import type { RequestQueue } from '../../block/queue';
import type { Kernel } from '../../kernel';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { stackLimits } from '../stack';
import { storedBelow, type Places } from '../stored-below';
import type { Target } from './target';
import { makeTarget } from './targets';

/** A mapped device: its table cuts bios where targets and chunks end, and sends clones below (drivers/md/dm.c). */
export const dm: Driver<'dm'> = {
  name: 'dm',
  access: 'passes-on',
  pageless: 'Its clones share the vectors and keep BIO_PFN: each device below is asked again.',
  probe(kernel, spec, id, find) {
    const targets = spec.targets.map((target) => makeTarget(target, find)).sort((a, b) => a.start - b.start);
    const last = targets.at(-1)!;
    const limits = blk_set_stacking_limits();
    for (const target of targets) {
      for (const { bdev, start } of target.devices) stackLimits(kernel, spec.name, id, limits, bdev, start);
      if (target.type === 'striped') stripe_io_hints(limits, target);
      target.io_hints?.(limits);
    }
    const table = new DmTable(targets);
    const below = targets.flatMap((target) => target.devices).map(({ bdev }) => kernel.disk(bdev).queue);
    const queue: RequestQueue = {
      limits,
      flags:
        targets.every(({ takesDiscards = true }) => takesDiscards) &&
        below.every((q) => q.flags & QUEUE_FLAG_DISCARD)
          ? QUEUE_FLAG_DISCARD
          : 0,
      flush_flags: below.reduce((flags, q) => flags | (q.flush_flags & (REQ_FLUSH | REQ_FUA)), 0),
      ...kernel.block.dm(kernel, table),
    };
    const found = targets.flatMap(({ devices }) => devices.map(({ bdev }) => find(kernel.bdevs[bdev]!.name)));
    return {
      name: spec.name,
      id,
      capacity: last.start + last.len,
      queue: withSpec(queue, spec.queue),
      ...(targets.some(({ readOnly }) => readOnly) ? {} : storedBelow(found, table.places, table.encode)),
    };
  },
};

/** The live table of a mapped device. */
export class DmTable {
  constructor(readonly targets: readonly Target[]) {}

  /** `dm_table_find_target`; undefined past the end. */
  find(sector: number): Target | undefined {
    for (const target of this.targets) {
      if (sector < target.start + target.len) return sector >= target.start ? target : undefined;
    }
    return undefined;
  }

  readonly places: Places = (sector) => {
    const target = this.find(sector)!;
    return target.places?.(sector) ?? [[target.devices[target.device(sector)]!.bdev, target.sector(sector)]];
  };

  readonly encode = (sector: number, bytes: Uint8Array): Uint8Array =>
    this.find(sector)!.encode?.(sector, bytes) ?? bytes;
}

/** What `stripe_io_hints` tells: a chunk is the smallest good I/O, a whole row the best. */
function stripe_io_hints(limits: { io_min: number; io_opt: number }, target: Target): void {
  limits.io_min = target.max_io_len * 512;
  limits.io_opt = limits.io_min * target.devices.length;
}

export type DmQueue = (
  kernel: Kernel,
  table: DmTable,
) => Pick<RequestQueue, 'make_request_fn' | 'merge_bvec_fn'>;
