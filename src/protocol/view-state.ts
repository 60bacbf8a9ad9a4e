import * as v from 'valibot';
import { PICTURES, type PictureName } from '../model/pictures';
import { CompareViewSchema } from './compare-view';
import { DmaViewSchema } from './dma-view';
import { LessonEntrySchema, LessonViewSchema } from './lesson-view';
import { MachineViewSchema } from './machine-view';
import { PageViewSchema } from './page-view';
import { TierViewSchema } from './tier-view';
import { ScenarioEntrySchema, ScenarioViewSchema } from './scenario-view';
import { address, bytes, index, pfn, text } from './values';

export type { Fact } from './values';
export type { MapExtent, MapView } from './map-view';
export type { DeviceView, DevicesView } from './device-view';
export type { IoSummary, MachineView } from './machine-view';

/** What is selected, in every view alike: an extent by its first byte, a page by its pfn, an I/O by its number, a device by name. */
export const SelectionSchema = v.strictObject({
  extent: v.optional(bytes),
  page: v.optional(pfn),
  io: v.optional(index),
  device: v.optional(v.pipe(v.string(), v.maxLength(256))),
});
export type Selection = v.InferOutput<typeof SelectionSchema>;

export { PICTURES, type PictureName };

/** The answer to a search: what was found and where, or why nothing was. */
const FoundSchema = v.strictObject({
  ok: v.boolean(),
  message: text,
  at: v.optional(v.strictObject({ start: address, end: address })),
});
export type Found = v.InferOutput<typeof FoundSchema>;

/** Everything a webview shows. Always sent whole: a hidden webview loses messages, so none may depend on another. */
export const ViewStateSchema = v.strictObject({
  machine: v.optional(MachineViewSchema),
  /** Scenarios that can be played, and the one that is. */
  scenarios: v.array(ScenarioEntrySchema),
  scenario: v.optional(ScenarioViewSchema),
  /** Lessons that can be opened, and the one that is. */
  lessons: v.array(LessonEntrySchema),
  lesson: v.optional(LessonViewSchema),
  selection: SelectionSchema,
  /** The moment that is shown: how many events of the run have happened, from 0 to all. Absent where nothing ran. */
  step: v.optional(index),
  /** Why the document's newest text is not what is shown. */
  refused: v.optional(v.array(text)),
  /** The selected page, if one is. */
  page: v.optional(PageViewSchema),
  /** How the requests of the selected I/O reach their devices. */
  dma: v.optional(DmaViewSchema),
  /** Its caches, if it has any. */
  tier: v.optional(TierViewSchema),
  /** The machine beside another one. */
  compare: v.optional(CompareViewSchema),
  /** The picture to bring into view, when somebody just asked for it. */
  reveal: v.optional(v.picklist(PICTURES)),
  /** The answer to a search, when somebody just asked. */
  found: v.optional(FoundSchema),
});
export type ViewState = v.InferOutput<typeof ViewStateSchema>;
