import * as vscode from 'vscode';
import { readDocument, writeDocument } from '../model/document';
import type { BioscopeDocument } from '../model/machine-spec';
import type { MachineView, PictureName, Selection, ViewState } from '../protocol/view-state';
import { machineView } from './machine-view';

const STORED = 'bioscope.document';

/** What is open: one document and its Recording, shown by every view. Survives a window reload. */
export class Session implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ViewState>();
  readonly onDidChange = this.changed.event;
  private current: { document: BioscopeDocument; view: MachineView; uri: vscode.Uri | undefined } | undefined;
  private selection: Selection = {};

  constructor(private readonly storage: vscode.Memento) {}

  get document(): BioscopeDocument | undefined {
    return this.current?.document;
  }

  /** Where the document was opened from, when it was a file. */
  get uri(): vscode.Uri | undefined {
    return this.current?.uri;
  }

  get state(): ViewState {
    return { machine: this.current?.view, selection: this.selection };
  }

  /** Shows a document. `notes` are what its reader wants said; `uri` is the file it came from. */
  async open(document: BioscopeDocument, notes: readonly string[] = [], uri?: vscode.Uri): Promise<void> {
    this.current = { document, view: machineView(document, notes), uri };
    this.selection = document.workload?.length ? { io: 0 } : {};
    this.changed.fire(this.state);
    await this.storage.update(STORED, { text: writeDocument(document), notes, uri: uri?.toString() });
  }

  select(change: Selection): void {
    this.selection = { ...this.selection, ...change };
    this.changed.fire(this.state);
  }

  reveal(reveal: PictureName): void {
    this.changed.fire({ ...this.state, reveal });
  }

  /** Brings back what was open before the reload. False when there was nothing, or nothing readable. */
  async restore(): Promise<boolean> {
    const stored = this.storage.get<{ text?: unknown; notes?: unknown; uri?: unknown }>(STORED);
    if (typeof stored?.text !== 'string') return false;
    const read = readDocument(stored.text);
    if (!read.ok) return false;
    const notes = Array.isArray(stored.notes) ? stored.notes.filter((note) => typeof note === 'string') : [];
    const uri = typeof stored.uri === 'string' ? vscode.Uri.parse(stored.uri) : undefined;
    await this.open(read.document, notes, uri);
    return true;
  }

  dispose(): void {
    this.changed.dispose();
  }
}
