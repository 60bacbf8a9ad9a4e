import * as v from 'valibot';
import * as vscode from 'vscode';
import { parseDocument, writeDocument } from '../model/document';
import { checkValue } from '../model/document-value';
import type { BioscopeDocument } from '../model/machine-spec';
import { EMPTY_MACHINE } from '../model/new-parts';
import { PROTOCOL_VERSION } from '../protocol/messages';
import {
  FromEditorSchema,
  type DocumentEdit,
  type EditorRequest,
  type ToEditor,
} from '../protocol/editor-messages';
import { SUFFIX, type Documents } from './documents';
import { LeftBehind } from './left-behind';
import { mapView } from './map-view';
import type { Session } from './session';
import { webviewHtml, webviewOptions } from './webview-html';

export const MACHINE_EDITOR = 'bioscope.machineEditor';

/**
 * A form for `*.bioscope.json`, beside the text. The text stays the truth: an edit in the form is an edit of the text,
 * with the editor's own undo, and what is typed there is shown here.
 */
export class MachineEditor implements vscode.CustomTextEditorProvider {
  /** Files that have a form. */
  private readonly forms = new Set<string>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly documents: Documents,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  register(): vscode.Disposable {
    const provider = vscode.window.registerCustomEditorProvider(MACHINE_EDITOR, this, {
      supportsMultipleEditorsPerDocument: true,
    });
    const leftBehind = new LeftBehind(
      ({ input }) =>
        input instanceof vscode.TabInputCustom &&
        input.viewType === MACHINE_EDITOR &&
        !this.forms.has(input.uri.toString()),
      openAnew,
    );
    return vscode.Disposable.from(provider, leftBehind);
  }

  /** The form of a file; without one, of the machine that is shown, or of a new one. */
  async open({ document, uri: shown }: Session, uri?: vscode.Uri): Promise<void> {
    const target = uri ?? (await this.target(document, shown));
    if (target) await vscode.commands.executeCommand('vscode.openWith', target, MACHINE_EDITOR);
  }

  private async target(
    document: BioscopeDocument | undefined,
    shown: vscode.Uri | undefined,
  ): Promise<vscode.Uri | undefined> {
    const now = document && {
      label: document.machine.name,
      detail: vscode.l10n.t('The machine that is shown'),
    };
    const empty = {
      label: vscode.l10n.t('A new machine'),
      detail: vscode.l10n.t('RAM, persistent memory and a disk in each'),
    };
    const picked = await vscode.window.showQuickPick([...(now ? [now] : []), empty], {
      title: vscode.l10n.t('Edit Which Machine?'),
    });
    if (!picked) return undefined;
    if (picked === empty || !document) return untitled(EMPTY_MACHINE);
    return shown ?? untitled(document);
  }

  resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    this.forms.add(document.uri.toString());
    webview.options = webviewOptions(this.extensionUri);
    const send = () => void webview.postMessage(documentMessage(document.getText()));
    // One after another: a request that follows an edit is about what the edit made.
    let before = Promise.resolve();
    const receive = async (data: unknown) => {
      const received = v.safeParse(FromEditorSchema, data);
      if (!received.success) {
        this.log.warn(`The form sent what is no message: ${received.issues[0].message}`);
        return;
      }
      const message = received.output;
      if (message.type === 'ready') send();
      else if (message.type === 'edit') await this.edit(document, message.edit);
      else await this.answer(document, message.request);
    };
    const subscriptions = [
      webview.onDidReceiveMessage((data: unknown) => {
        before = before.then(() => receive(data)).catch((error: unknown) => this.log.error(String(error)));
      }),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document.uri.toString() === document.uri.toString()) send();
      }),
    ];
    panel.onDidDispose(() => subscriptions.forEach((subscription) => void subscription.dispose()));
    webview.html = webviewHtml(webview, this.extensionUri, 'editor');
  }

  private async edit(document: vscode.TextDocument, edit: DocumentEdit): Promise<void> {
    const { textEdits } = await import('../model/document-edit');
    const change = new vscode.WorkspaceEdit();
    for (const { offset, length, content } of textEdits(document.getText(), edit)) {
      const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
      change.replace(document.uri, range, content);
    }
    await vscode.workspace.applyEdit(change);
    await this.documents.refresh(document);
  }

  private async answer(document: vscode.TextDocument, request: EditorRequest): Promise<void> {
    switch (request) {
      case 'openText':
        await vscode.commands.executeCommand('vscode.openWith', document.uri, 'default');
        return;
      case 'openExplorer':
        await vscode.commands.executeCommand('bioscope.openDocument', document.uri);
        return;
      default:
        await vscode.commands.executeCommand(request);
        await this.documents.refresh(document);
    }
  }
}

/** In the same place; its text comes first where it is not saved, for closing would ask whether to throw it away. */
async function openAnew(tab: vscode.Tab): Promise<void> {
  const { uri } = tab.input as vscode.TabInputCustom;
  const where = { viewColumn: tab.group.viewColumn, preview: false };
  if (tab.isDirty) await vscode.commands.executeCommand('vscode.openWith', uri, 'default', where);
  await vscode.window.tabGroups.close(tab, true);
  await vscode.commands.executeCommand('vscode.openWith', uri, MACHINE_EDITOR, where);
}

/** A document that is not saved yet, with a name beside the others of the folder. */
async function untitled(document: BioscopeDocument): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/');
  const name = document.machine.name.replace(/[^\w.-]+/g, '-');
  let uri = vscode.Uri.joinPath(folder, `${name}${SUFFIX}`);
  for (let n = 2; await exists(uri); n++) uri = vscode.Uri.joinPath(folder, `${name}-${n}${SUFFIX}`);
  const target = uri.with({ scheme: 'untitled' });
  const text = await vscode.workspace.openTextDocument(target);
  const change = new vscode.WorkspaceEdit();
  change.replace(target, new vscode.Range(0, 0, text.lineCount, 0), writeDocument(document));
  await vscode.workspace.applyEdit(change);
  return target;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  const open = vscode.workspace.textDocuments.some((document) => document.uri.path === uri.path);
  if (open) return true;
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

function documentMessage(text: string): ToEditor {
  const parsed = parseDocument(text);
  const about = { v: PROTOCOL_VERSION, type: 'document' } as const;
  if (!parsed.ok) return { ...about, syntax: parsed.problems.map((p) => `line ${p.line}: ${p.message}`) };
  const { document } = checkValue(parsed.value);
  return {
    ...about,
    syntax: [],
    value: parsed.value,
    ...(document ? { map: mapView(document.machine) } : {}),
  };
}
