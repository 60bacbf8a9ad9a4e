import * as v from 'valibot';
import { bytes, text } from './values';

/** One field of a queue's limits. `because`: whose it is, where it is not the driver's own. */
const LimitSchema = v.strictObject({ field: text, value: text, because: text });

/** A disk or partition of the machine: what it is, how it reaches memory, and what its queue can take. */
const DeviceViewSchema = v.strictObject({
  name: text,
  /** Its driver, or whose partition it is. */
  kind: text,
  size: bytes,
  /** The devices it lies on, in its own order. */
  on: v.array(text),
  access: text,
  /** What that means for memory without struct pages. */
  pageless: text,
  /** Whether it takes bios of page frames without struct pages. */
  pfn: text,
  /** Empty for a partition: the disk's count. */
  limits: v.array(LimitSchema),
  /** What an import had to assume of it. */
  assumed: v.array(text),
});

export const DevicesViewSchema = v.strictObject({
  list: v.array(DeviceViewSchema),
  /** Why there is none, where the description cannot be of a machine. */
  refused: v.array(text),
  /** Block devices the machine has and nothing simulates. */
  notSimulated: v.array(v.strictObject({ name: text, kind: text, why: text })),
});

export type LimitView = v.InferOutput<typeof LimitSchema>;
export type DeviceView = v.InferOutput<typeof DeviceViewSchema>;
export type DevicesView = v.InferOutput<typeof DevicesViewSchema>;
