import { withoutDevicePages } from '../engine/memory/device-pages';
import type { Lesson, LessonStep } from '../model/lesson';
import type { BioscopeDocument } from '../model/machine-spec';
import { findMoment, momentText } from '../model/moment';
import type { DmaView } from '../protocol/dma-view';
import type { LessonView } from '../protocol/lesson-view';
import type { ScenarioView } from '../protocol/scenario-view';
import { dmaView } from './dma-view';
import { LessonError, fillIn, type LessonContext } from './lesson-facts';
import { OpenTier } from './lazy-tier';
import { openMachine, type OpenMachine } from './machine-view';
import { scenarioView } from './scenario-view';

/** A step of a lesson as it came out on its machine. */
export interface ShownStep {
  readonly step: LessonStep;
  /** The lesson's document as this step changes it. */
  readonly document: BioscopeDocument;
  readonly opened: OpenMachine;
  /** The moment's event, by its index in the Recording; -1: before the first. */
  readonly event: number | undefined;
  readonly view: LessonView['steps'][number];
}

type Run = Pick<ShownStep, 'document' | 'opened'> & { readonly tier: OpenTier };

/** A lesson played on its machine: each step resolved by running it. `revision` numbers the runs. */
export function showLesson(document: BioscopeDocument, revision: () => number = () => 0): ShownStep[] {
  const runs = new Map<string, Run>();
  return (document.lesson?.steps ?? []).map((step) => {
    const changed = withStep(document, step);
    // Steps on the same machine share one run, and so one Recording.
    const key = JSON.stringify([changed.machine.kernel, changed.machine.dma, step.with?.devicePages]);
    const run = runs.get(key) ?? {
      document: changed,
      opened: openMachine(changed, [], revision()),
      tier: new OpenTier(),
    };
    runs.set(key, run);
    return showStep(step, { ...run, document: changed });
  });
}

/** The document of one step: what is different about its machine, and the story it plays. */
function withStep(document: BioscopeDocument, { with: change = {}, story }: LessonStep): BioscopeDocument {
  const { devicePages, ...parts } = change;
  const { scenario: _none, ...rest } = document;
  const machine = { ...document.machine, ...parts };
  const changed = { ...rest, machine, ...(story ? { scenario: story.play } : {}) };
  return devicePages === false ? withoutDevicePages(changed) : changed;
}

function showStep(step: LessonStep, run: Run): ShownStep {
  const { opened, document } = run;
  const { recording } = opened;
  const event = step.at && recording ? findMoment(recording, step.at) : undefined;
  const story = step.story && scenarioView(document.machine, step.story.play);
  const storyAt = story && stepOf(story, step.story?.until ?? 'end');
  let view: DmaView | undefined;
  const context: LessonContext = {
    spec: document.machine,
    opened,
    step,
    event,
    story,
    storyAt: storyAt ?? 0,
    tier: () => tierAt(step, run, event),
    dma: () =>
      (view ??= dmaView({ ...opened, spec: document.machine }, opened.view.workload[step.io ?? 0]?.bio)),
  };
  const said = say(context, storyAt);
  return {
    document,
    opened,
    step,
    event,
    view: {
      title: step.title,
      picture: step.picture,
      ...said,
      ...(step.dma ? { dma: { request: 0, ...step.dma } } : {}),
      ...(storyAt === undefined ? {} : { storyAt }),
    },
  };
}

/** The caches as a step shows them. */
function tierAt({ io = 0, device, losePower }: LessonStep, run: Run, event: number | undefined) {
  const opened = { ...run.opened, document: run.document };
  const selection = { io, ...(device === undefined ? {} : { device }) };
  run.tier.crashAt = undefined;
  if (losePower && event !== undefined) run.tier.loseAfter(opened, selection, event);
  return run.tier.view(opened, selection);
}

/** The sentence, or, where its moment is not there, what is missing. */
function say(context: LessonContext, storyAt: number | undefined): { says: string; failed: boolean } {
  const { step, event, story } = context;
  if (step.at !== undefined && event === undefined) {
    return { says: `This machine does not come to ${momentText(step.at)}.`, failed: true };
  }
  if (story && storyAt === undefined) return { says: 'The story does not come to this point.', failed: true };
  try {
    return { says: fillIn(step.says, context), failed: false };
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    return { says: `This step does not fit the machine: ${error.message}.`, failed: true };
  }
}

type Until = NonNullable<NonNullable<LessonStep['story']>['until']>;

/** How many steps of a story have been taken there; `undefined` where it never gets there. */
function stepOf({ steps }: ScenarioView, until: Until): number | undefined {
  if (until === 'start') return 0;
  if (until === 'end') return steps.length;
  let left = until === 'broken' ? 1 : (until.nth ?? 1);
  const found = steps.findIndex(
    (step) => (until === 'broken' ? step.broke.length > 0 : step.call === until.call) && --left === 0,
  );
  return found < 0 ? undefined : found + 1;
}

/** What a webview shows of a lesson that stands at step `at`. */
export function lessonView(lesson: Lesson, shown: readonly ShownStep[], at: number): LessonView {
  const { title, teaches, source, reconstructed = false } = lesson;
  return { title, teaches, source, reconstructed, steps: shown.map(({ view }) => view), at };
}
