import * as v from 'valibot';
import { WindowSchema } from './map-view';

const text = v.string();
const number = v.pipe(v.number(), v.integer(), v.minValue(0));

const StateFactSchema = v.strictObject({ label: text, value: text, alarm: v.optional(v.boolean()) });

/** One step of a played scenario, and the state it left. Windows are physical bytes, `end` exclusive. */
const ScenarioStepSchema = v.strictObject({
  task: number,
  call: text,
  note: text,
  oops: v.boolean(),
  broke: v.array(text),
  choices: v.array(number),
  facts: v.array(StateFactSchema),
  windows: v.array(WindowSchema),
});

/** What a webview shows of a scenario: one run of it, step by step, and how every other run ends. */
export const ScenarioViewSchema = v.strictObject({
  name: text,
  title: text,
  about: text,
  source: text,
  disk: text,
  variant: text,
  reconstructed: v.boolean(),
  variants: v.array(v.strictObject({ name: text, title: text })),
  tasks: v.array(text),
  before: v.array(StateFactSchema),
  steps: v.array(ScenarioStepSchema),
  total: number,
  complete: v.boolean(),
  outcomes: v.array(
    v.strictObject({
      results: v.array(text),
      broken: v.array(text),
      count: number,
      schedule: v.array(number),
    }),
  ),
});

export type ScenarioView = v.InferOutput<typeof ScenarioViewSchema>;
export type ScenarioStep = v.InferOutput<typeof ScenarioStepSchema>;

/** A scenario that can be asked for. */
export const ScenarioEntrySchema = v.strictObject({ name: text, title: text, about: text });
export type ScenarioEntry = v.InferOutput<typeof ScenarioEntrySchema>;
