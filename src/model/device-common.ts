import * as v from 'valibot';
import { count } from './memory-facts';
import { Queue } from './queue-spec';

export const Name = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_.-]*$/i, 'expected a device name, such as "pmem0"'),
);

const Number_ = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}:\d{1,7}$/, 'expected major:minor, such as "8:16"'),
  v.description('Device number as traces print it, "major:minor". One that fits the driver if absent.'),
);

const MAX_SECTORS = 2 ** 41;
/** A position or length on a disk. */
export const sectors = (what: string) => count(`${what} in sectors of 512 bytes.`, MAX_SECTORS);

const Partition = v.strictObject({
  name: Name,
  number: v.optional(Number_),
  start: sectors('Start of the partition'),
  sectors: sectors('Its size'),
});

/** What every disk may say of itself. */
export const common = {
  name: Name,
  number: v.optional(Number_),
  queue: v.optional(Queue),
  partitions: v.optional(v.pipe(v.array(Partition), v.maxLength(256))),
};

/** Part of an array, or of a mapped device. */
export const Leg = v.strictObject({
  device: v.pipe(Name, v.description('A disk or partition of this machine.')),
  offset: v.optional(sectors('Where it starts on that device')),
  failed: v.optional(v.pipe(v.boolean(), v.description('raid1: it has failed before and takes no part.'))),
});
