import * as v from 'valibot';
import { DevicesViewSchema } from './device-view';
import { MapViewSchema } from './map-view';
import { index, text } from './values';

/** How one I/O of the workload went, in words. */
const IoSummarySchema = v.strictObject({
  number: v.number(),
  /** Its bio in the Recording, or -1 when none was made. */
  bio: v.number(),
  title: text,
  outcome: text,
  ok: v.boolean(),
  because: text,
});

export const MachineViewSchema = v.strictObject({
  /** Another number whenever anything below is other: the same number needs no second look. */
  revision: index,
  name: text,
  origin: text,
  flavour: text,
  reconstructed: v.boolean(),
  notes: v.array(text),
  map: MapViewSchema,
  devices: DevicesViewSchema,
  workload: v.array(IoSummarySchema),
  /** Events of its Recording; 0 when there is no workload. */
  events: index,
  /** The Recording of the workload, encoded; absent when there is none, and when the page has the one of this revision. */
  recording: v.optional(v.instance(Uint8Array)),
});

export type IoSummary = v.InferOutput<typeof IoSummarySchema>;
export type MachineView = v.InferOutput<typeof MachineViewSchema>;
