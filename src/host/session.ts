import * as vscode from 'vscode';
import { phys } from '../model/address';
import { otherSide } from '../model/compare-with';
import { readDocument, writeDocument } from '../model/document';
import type { BioscopeDocument, CompareChoice, MachineSpec } from '../model/machine-spec';
import type { Recording } from '../model/recording';
import type { ScenarioChoice } from '../model/scenario';
import { historyOf } from '../model/time/history';
import type { LessonEntry } from '../protocol/lesson-view';
import type { MarkChange, Moment } from '../protocol/messages';
import type { ScenarioView } from '../protocol/scenario-view';
import type { PictureName, Selection, ViewState } from '../protocol/view-state';
import type { CompareView } from '../protocol/compare-view';
import type { DmaView } from '../protocol/dma-view';
import type { PageView } from '../protocol/page-view';
import { compareView, otherMachine, type OtherMachine } from './compare-view';
import { dmaView } from './dma-view';
import { lessonView, showLesson, type ShownStep } from './lesson-view';
import { loadDrivers, loadForScenario } from './lazy-drivers';
import { OpenTier, loadTier } from './lazy-tier';
import { openMachine, type OpenMachine } from './machine-view';
import { KeptMoment } from './kept-moment';
import { marksOf } from './map-view';
import { withMarkChange, withMarks } from './marks';
import { pageView } from './page-view';
import { scenarioEntries, scenarioView } from './scenario-view';
import { searchMachine } from './search';
import { changedSelection } from './selection';

const STORED = 'bioscope.document';

/** What the workspace keeps, if nobody else wrote there. */
type Stored = Partial<Record<'text' | 'notes' | 'uri' | 'marksChanged' | 'lessonAt', unknown>>;

interface Opened extends OpenMachine {
  readonly document: BioscopeDocument;
  readonly notes: readonly string[];
  /** The marks were changed here, and the file does not know it. */
  readonly marksChanged: boolean;
  /** The file it came from, when it was one. */
  readonly uri: vscode.Uri | undefined;
}

/** What is open: one document and its Recording, shown by every view. Survives a window reload. */
export class Session implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ViewState>();
  readonly onDidChange = this.changed.event;
  private readonly moved = new vscode.EventEmitter<Moment>();
  /** The moment is another one; nothing else has changed. */
  readonly onDidMove = this.moved.event;
  private readonly kept: KeptMoment;
  private current: Opened | undefined;
  private selection: Selection = {};
  /** Events that have happened at the moment that is shown. */
  private step = 0;
  private revision = 1;
  /** The lesson that is open: the document it is in, what its steps show, and where somebody is. */
  private lesson: { document: BioscopeDocument; shown: readonly ShownStep[]; at: number } | undefined;
  private lessons: readonly LessonEntry[] = [];
  /** Why the newest text of the open document is not shown. */
  private refused: readonly string[] = [];
  private readonly tier = new OpenTier();
  private lastPlayed:
    | { readonly machine: MachineSpec; readonly choice: ScenarioChoice; readonly view: ScenarioView }
    | undefined;

  private lastDma:
    { readonly opened: Opened; readonly io: number | undefined; readonly view: DmaView } | undefined;

  private lastCompared:
    | {
        readonly opened: Opened;
        readonly io: number;
        readonly other: OtherMachine;
        readonly view: CompareView;
      }
    | undefined;

  constructor(private readonly storage: vscode.Memento) {
    this.kept = new KeptMoment(storage);
  }

  get document(): BioscopeDocument | undefined {
    return this.current?.document;
  }

  /** What happened on the open machine. */
  get recording(): Recording | undefined {
    return this.current?.recording;
  }

  /** The step of the open lesson, from 0; -1 where none is open. */
  get lessonAt(): number {
    return this.lesson?.at ?? -1;
  }

  /** Where the document was opened from, when it was a file. */
  get uri(): vscode.Uri | undefined {
    return this.current?.uri;
  }

  get state(): ViewState {
    const { current, selection } = this;
    const lists = { scenarios: [...scenarioEntries], lessons: [...this.lessons] };
    const refused = this.refused.length > 0 ? { refused: [...this.refused] } : {};
    if (!current) return { selection, ...lists, ...refused };
    const { document, view, recording } = current;
    const page = this.page(current);
    const { scenario, compare } = document;
    const tier = this.tier.view(current, selection, recording && this.step);
    return {
      machine: view,
      selection,
      ...(recording ? { step: this.step } : {}),
      ...lists,
      ...refused,
      ...(this.lesson ? { lesson: this.lessonState(this.lesson) } : {}),
      ...(page ? { page } : {}),
      dma: this.mapped(current, selection.io),
      ...(tier ? { tier } : {}),
      ...(compare ? { compare: this.compared(current, selection.io) } : {}),
      ...(scenario ? { scenario: this.played(document.machine, scenario) } : {}),
    };
  }

  /** Shows a document. `notes` are what its reader wants said; `uri` is the file it came from. */
  async open(
    document: BioscopeDocument,
    notes: readonly string[] = [],
    uri?: vscode.Uri,
    marksChanged = false,
  ): Promise<void> {
    const { machine, scenario } = document;
    const parts = [
      loadDrivers(machine, otherSide(document)?.document.machine),
      loadForScenario(scenario),
      loadTier(machine),
    ];
    for (const loading of parts) if (loading) await loading;
    this.tier.crashAt = undefined;
    this.current = { ...openMachine(document, notes, this.revision++), document, notes, uri, marksChanged };
    this.selection = document.workload?.length ? { io: 0 } : {};
    this.step = this.current.view.events;
    this.refused = [];
    this.beginLesson(document);
    if (this.lesson) this.showStep(0);
    this.changed.fire(this.state);
    this.keep();
    await this.store();
  }

  /** The gallery, once it is read. */
  setLessons(lessons: readonly LessonEntry[]): void {
    this.lessons = lessons;
    this.changed.fire(this.state);
  }

  /** Goes to a step of the open lesson and brings its picture into view; without a step, closes the lesson. */
  async moveLesson(at: number | undefined): Promise<void> {
    const { lesson } = this;
    if (!lesson) return;
    if (at === undefined) {
      this.lesson = undefined;
      this.changed.fire(this.state);
    } else {
      this.showStep(Math.min(at, lesson.shown.length - 1));
      this.keep();
      const reveal = lesson.shown[this.lesson!.at]?.view.picture;
      this.changed.fire({ ...this.state, ...(reveal ? { reveal } : {}) });
    }
    await this.store();
  }

  /** The open file has other words in it; notes on memory that it does not hold yet are kept. */
  async reread(document: BioscopeDocument, notes: readonly string[]): Promise<void> {
    const { uri, current } = this;
    const { marks = [] } = current?.document.machine.memory ?? {};
    const kept = current?.marksChanged === true;
    await this.open(kept ? withMarks(document, marks) : document, notes, uri, kept);
  }

  /** The open file has words in it that describe no machine: what was shown stays, with the reasons. */
  refuse(reasons: readonly string[]): void {
    this.refused = reasons;
    this.changed.fire(this.state);
  }

  select(change: Selection): void {
    this.selection = changedSelection(this.selection, change, this.current?.map);
    this.changed.fire(this.state);
    this.keep();
  }

  /** What happened on the open machine, and the moment of it that is shown. */
  get run(): { readonly recording: Recording; readonly revision: number; readonly step: number } | undefined {
    const { current, step } = this;
    return current?.recording && { recording: current.recording, revision: current.view.revision, step };
  }

  /** Goes to a moment of the run of that revision; a page that still shows another one means nothing by it. */
  moveTo(revision: number, step: number): void {
    const { current } = this;
    if (!current || current.view.revision !== revision) return;
    this.step = Math.min(step, current.view.events);
    const page = this.page(current);
    const tier = this.tier.mapAt(current, this.selection, this.step);
    this.moved.fire({ revision, step: this.step, ...(page ? { page } : {}), ...(tier ? { tier } : {}) });
    this.keep();
  }

  /** Looks for what somebody typed; what is found is selected, and every view is told. */
  search(text: string): void {
    if (!this.current) return;
    const { document, map } = this.current;
    const result = searchMachine(document.machine, map, text);
    const { ok, message } = result;
    if (!result.ok) {
      this.changed.fire({ ...this.state, found: { ok, message } });
      return;
    }
    const { start, end, page } = result;
    this.selection = changedSelection(this.selection, page === undefined ? { extent: start } : { page }, map);
    this.changed.fire({ ...this.state, found: { ok, message, at: { start, end } } });
  }

  /** Changes the notes on the memory. They are no part of what runs, so nothing runs again. */
  async changeMarks(change: MarkChange): Promise<void> {
    if (!this.current) return;
    const document = withMarkChange(this.current.document, change);
    if (this.lesson) this.beginLesson(withMarkChange(this.lesson.document, change), this.lesson.at);
    const { view } = this.current;
    const marks = marksOf(document.machine);
    this.current = {
      ...this.current,
      document,
      marksChanged: true,
      view: { ...view, revision: this.revision++, map: { ...view.map, marks } },
    };
    this.changed.fire(this.state);
    await this.store();
  }

  /** Plays a scenario on the open machine; without a choice, closes the one that is open. */
  async play(choice: ScenarioChoice | undefined): Promise<void> {
    if (!this.current) return;
    const loading = loadForScenario(choice);
    if (loading) await loading;
    const { scenario: _closed, ...rest } = this.current.document;
    this.current = { ...this.current, document: choice ? { ...rest, scenario: choice } : rest };
    this.changed.fire(this.state);
    await this.store();
  }

  /** Puts another machine beside the open one; without a choice, takes it away. The open one does not run again. */
  async compareWith(choice: CompareChoice | undefined): Promise<void> {
    if (!this.current) return;
    const { compare: _before, ...rest } = this.current.document;
    const document = choice ? { ...rest, compare: choice } : rest;
    const loading = loadDrivers(otherSide(document)?.document.machine);
    if (loading) await loading;
    this.current = { ...this.current, document };
    this.changed.fire(this.state);
    await this.store();
  }

  /** The power of the open machine fails when so many events have happened; without a number, it never did. */
  losePower(at: number | undefined): void {
    this.tier.crashAt = at;
    this.changed.fire(this.state);
  }

  /** The moments at which it can fail, or why it cannot. */
  get powerMoments(): ReturnType<OpenTier['walk']> {
    return this.current ? this.tier.walk(this.current, this.selection) : 'nothing is open';
  }

  reveal(reveal: PictureName): void {
    this.changed.fire({ ...this.state, reveal });
  }

  /** Brings back what was open before the reload. False when there was nothing, or nothing readable. */
  async restore(): Promise<boolean> {
    const stored = this.storage.get<Stored>(STORED);
    if (typeof stored?.text !== 'string') return false;
    const read = readDocument(stored.text);
    if (!read.ok) return false;
    const notes = Array.isArray(stored.notes) ? stored.notes.filter((note) => typeof note === 'string') : [];
    const uri = typeof stored.uri === 'string' ? vscode.Uri.parse(stored.uri) : undefined;
    const { selection, step } = this.kept.read();
    await this.open(read.document, notes, uri, stored.marksChanged === true);
    const { lessonAt } = stored;
    if (typeof lessonAt === 'number' && Number.isInteger(lessonAt))
      await this.moveLesson(Math.max(lessonAt, 0));
    else if (lessonAt === 'closed') await this.moveLesson(undefined);
    if (selection) this.select(selection);
    if (step !== undefined) this.moveTo(this.current!.view.revision, step);
    return true;
  }

  dispose(): void {
    this.kept.dispose();
    this.moved.dispose();
    this.changed.dispose();
  }

  /** The selected page as it is at the moment. */
  private page({ document, map, view, vectors, recording }: Opened): PageView | undefined {
    const { page } = this.selection;
    if (page === undefined) return undefined;
    const pointing = recording ? historyOf(recording).vectorsAt(this.step) : vectors;
    return pageView({ spec: document.machine, map, view: view.map, vectors: pointing }, page);
  }

  private keep(): void {
    const { selection, step, current } = this;
    this.kept.keep({ selection, step: step === current?.view.events ? undefined : step });
  }

  /** Walking every order costs more than showing one, so the last is kept. */
  private played(machine: MachineSpec, choice: ScenarioChoice): ScenarioView {
    if (this.lastPlayed?.machine !== machine || this.lastPlayed.choice !== choice) {
      this.lastPlayed = { machine, choice, view: scenarioView(machine, choice) };
    }
    return this.lastPlayed.view;
  }

  /** Mapping requests in ten ways costs more than showing them, so the last is kept. */
  private mapped(opened: Opened, io: number | undefined): DmaView {
    if (this.lastDma?.opened !== opened || this.lastDma.io !== io) {
      const bio = opened.view.workload[io ?? 0]?.bio;
      this.lastDma = { opened, io, view: dmaView({ ...opened, spec: opened.document.machine }, bio) };
    }
    return this.lastDma.view;
  }

  private beginLesson(document: BioscopeDocument, at = 0): void {
    const shown = document.lesson ? showLesson(document, () => this.revision++) : [];
    this.lesson = shown.length > 0 ? { document, shown, at } : undefined;
  }

  /** The machine, the selection and the story of a step become what every view shows. */
  private showStep(at: number): void {
    const { current, lesson } = this;
    const shown = lesson?.shown[at];
    if (!current || !lesson || !shown) return;
    this.lesson = { ...lesson, at };
    const { notes, uri, marksChanged } = current;
    const { opened, document, step, event } = shown;
    this.step = event === undefined ? opened.view.events : event + 1;
    this.current = { ...opened, document, notes, uri, marksChanged };
    const { io, device, page, losePower } = step;
    this.selection = changedSelection(
      document.workload?.length ? { io: io ?? 0 } : {},
      {
        ...(device === undefined ? {} : { device }),
        ...(page === undefined ? {} : { page: phys(page) }),
      },
      opened.map,
    );
    this.tier.crashAt = undefined;
    if (losePower && event !== undefined) this.tier.loseAfter(this.current, this.selection, event);
  }

  private lessonState({ document, shown, at }: NonNullable<typeof this.lesson>): ViewState['lesson'] {
    return document.lesson && lessonView(document.lesson, shown, at);
  }

  /** The other machine runs once; another I/O only lays other events beside each other. */
  private compared(opened: Opened, io = 0): CompareView {
    const { lastCompared } = this;
    if (lastCompared?.opened !== opened || lastCompared.io !== io) {
      const other =
        lastCompared?.opened === opened ? lastCompared.other : otherMachine(opened.document, this.revision++);
      this.lastCompared = { opened, io, other, view: compareView(opened, opened.document, other, io) };
    }
    return this.lastCompared!.view;
  }

  private async store(): Promise<void> {
    if (!this.current) return;
    const { notes, uri, marksChanged } = this.current;
    // A step may have changed the machine: what is kept is the lesson's own.
    const text = writeDocument(this.lesson?.document ?? this.current.document);
    const lessonAt = this.lesson?.at ?? 'closed';
    await this.storage.update(STORED, { text, notes, uri: uri?.toString(), marksChanged, lessonAt });
  }
}
