import * as v from 'valibot';
import { PICTURES } from '../model/pictures';
import { index, text } from './values';

/** One step, its sentence filled in from the run. */
const LessonStepViewSchema = v.strictObject({
  title: text,
  says: text,
  picture: v.picklist(PICTURES),
  /** Its moment or its numbers do not exist on the machine as it is now. */
  failed: v.boolean(),
  /** What it shows of DMA, and of a story: how many steps of it are taken. */
  dma: v.optional(v.strictObject({ ops: text, request: index })),
  storyAt: v.optional(index),
});

/** The lesson that is open, and where somebody is in it. */
export const LessonViewSchema = v.strictObject({
  title: text,
  teaches: text,
  source: text,
  reconstructed: v.boolean(),
  steps: v.array(LessonStepViewSchema),
  /** The step that is shown, from 0. */
  at: index,
});
export type LessonView = v.InferOutput<typeof LessonViewSchema>;
export type LessonStepView = v.InferOutput<typeof LessonStepViewSchema>;

/** A lesson that can be opened: `file` names it in the gallery. */
export const LessonEntrySchema = v.strictObject({
  file: text,
  title: text,
  teaches: text,
  reconstructed: v.boolean(),
});
export type LessonEntry = v.InferOutput<typeof LessonEntrySchema>;
