import * as vscode from 'vscode';
import { otherSide } from '../model/compare-with';
import { readDocument, writeDocument } from '../model/document';
import type { BioscopeDocument, CompareChoice, MachineSpec } from '../model/machine-spec';
import type { ScenarioChoice } from '../model/scenario';
import type { MarkChange } from '../protocol/messages';
import type { ScenarioView } from '../protocol/scenario-view';
import type { PictureName, Selection, ViewState } from '../protocol/view-state';
import type { CompareView } from '../protocol/compare-view';
import type { DmaView } from '../protocol/dma-view';
import { compareView, otherMachine, type OtherMachine } from './compare-view';
import { dmaView } from './dma-view';
import { loadDrivers } from './lazy-drivers';
import { openMachine, type OpenMachine } from './machine-view';
import { marksOf } from './map-view';
import { withMarkChange, withMarks } from './marks';
import { pageView } from './page-view';
import { scenarioEntries, scenarioView } from './scenario-view';
import { searchMachine } from './search';
import { changedSelection } from './selection';

const STORED = 'bioscope.document';

/** What the workspace keeps, if nobody else wrote there. */
type Stored = Partial<Record<'text' | 'notes' | 'uri' | 'marksChanged', unknown>>;

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
  private current: Opened | undefined;
  private selection: Selection = {};
  private revision = 1;
  /** Why the newest text of the open document is not shown. */
  private refused: readonly string[] = [];
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

  constructor(private readonly storage: vscode.Memento) {}

  get document(): BioscopeDocument | undefined {
    return this.current?.document;
  }

  /** Where the document was opened from, when it was a file. */
  get uri(): vscode.Uri | undefined {
    return this.current?.uri;
  }

  get state(): ViewState {
    const { current, selection } = this;
    const refused = this.refused.length > 0 ? { refused: [...this.refused] } : {};
    if (!current) return { selection, scenarios: [...scenarioEntries], ...refused };
    const { document, view, map, vectors } = current;
    const context = { spec: document.machine, map, view: view.map, vectors };
    const page = selection.page === undefined ? undefined : pageView(context, selection.page);
    const { scenario, compare } = document;
    return {
      machine: view,
      selection,
      scenarios: [...scenarioEntries],
      ...refused,
      ...(page ? { page } : {}),
      dma: this.mapped(current, selection.io),
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
    const loading = loadDrivers(document.machine, otherSide(document)?.document.machine);
    if (loading) await loading;
    this.current = { ...openMachine(document, notes, this.revision++), document, notes, uri, marksChanged };
    this.selection = document.workload?.length ? { io: 0 } : {};
    this.refused = [];
    this.changed.fire(this.state);
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
    await this.open(read.document, notes, uri, stored.marksChanged === true);
    return true;
  }

  dispose(): void {
    this.changed.dispose();
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
    const { document, notes, uri, marksChanged } = this.current;
    const text = writeDocument(document);
    await this.storage.update(STORED, { text, notes, uri: uri?.toString(), marksChanged });
  }
}
