import { phys } from '../../model/address';
import type { QueueSpec } from '../../model/queue-spec';
import {
  QUEUE_FLAG_NOMERGES,
  QUEUE_FLAG_NOXMERGES,
  QUEUE_FLAG_NO_SG_MERGE,
  QUEUE_FLAG_PFN,
  QUEUE_FLAG_SG_GAPS,
  REQ_FLUSH,
  REQ_FUA,
} from '../block/flags';
import type { QueueLimits } from '../block/limits';
import type { DriverDefaults } from './defaults-6.12';
import type { RequestQueue } from '../block/queue';

/** A driver's queue with what this kernel's version of the driver, and then the spec, say otherwise. */
export function withSpec(
  queue: RequestQueue,
  spec: QueueSpec | undefined,
  ofThisKernel: DriverDefaults = {},
): RequestQueue {
  Object.assign(queue.limits, ofThisKernel.limits);
  queue.flush_flags = ofThisKernel.flush_flags ?? queue.flush_flags;
  if (!spec) return queue;
  Object.assign(queue.limits, limitsOf(spec));
  const set = (flag: number, on: boolean | undefined) => {
    if (on !== undefined) queue.flags = on ? queue.flags | flag : queue.flags & ~flag;
  };
  set(QUEUE_FLAG_PFN, spec.pfn);
  set(QUEUE_FLAG_SG_GAPS, spec.sgGaps);
  set(QUEUE_FLAG_NO_SG_MERGE, spec.noSgMerge);
  if (spec.nomerges !== undefined) {
    set(QUEUE_FLAG_NOMERGES, spec.nomerges === 2);
    set(QUEUE_FLAG_NOXMERGES, spec.nomerges === 1);
  }
  if (spec.writeCache !== undefined) queue.flush_flags = FLUSH_FLAGS[spec.writeCache];
  return queue;
}

const FLUSH_FLAGS = { none: 0, 'write-back': REQ_FLUSH, 'write-back-fua': REQ_FLUSH | REQ_FUA } as const;

function limitsOf(spec: QueueSpec): Partial<QueueLimits> {
  return Object.fromEntries(
    Object.entries(spec.limits ?? {}).map(([field, value]) => [
      field,
      typeof value === 'string' ? phys(value) : value,
    ]),
  );
}
