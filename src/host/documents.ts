import * as vscode from 'vscode';
import { readDocument, writeDocument, type Problem } from '../model/document';
import type { Session } from './session';
import { showProblems } from './problems';

/** What documents are called. */
export const SUFFIX = '.bioscope.json';

/** `*.bioscope.json` in the editor: what a schema cannot see is marked as you type; saving refreshes the pictures. */
export class Documents implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('bioscope');
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly session: Session) {
    this.subscriptions = [
      this.diagnostics,
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.check(event.document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.diagnostics.delete(document.uri)),
      vscode.workspace.onDidSaveTextDocument((document) => this.refresh(document)),
    ];
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  /** Shows a document file in the pictures. False when it has errors, which are then said. */
  async open(uri: vscode.Uri): Promise<boolean> {
    const name = uri.path.split('/').at(-1) ?? '';
    // The text in the editor wins over the one on disk: people look at what they are typing.
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const read = readDocument(text);
    if (!read.ok) {
      const lines = read.problems.map((p) => `${name}:${p.line}:${p.column}: ${p.message}`);
      showProblems(vscode.l10n.t('{0} was not opened', name), lines);
      return false;
    }
    await this.session.open(read.document, messages(read.warnings), uri);
    return true;
  }

  /** Saves what is shown as a document file and opens it as text. */
  async save(): Promise<void> {
    const { document } = this.session;
    if (!document) return;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `${document.machine.name.replace(/[^\w.-]+/g, '-')}${SUFFIX}`;
    const uri = await vscode.window.showSaveDialog({
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
      filters: { Bioscope: ['bioscope.json'] },
    });
    if (!uri) return;
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(writeDocument(document)));
    await vscode.window.showTextDocument(uri);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** The pictures follow a document that is open in them. */
  async refresh(document: vscode.TextDocument): Promise<void> {
    if (document.uri.toString() !== this.session.uri?.toString()) return;
    const read = readDocument(document.getText());
    if (read.ok) await this.session.reread(read.document, messages(read.warnings));
    else this.session.refuse(messages(read.problems));
  }

  private check(document: vscode.TextDocument): void {
    if (!document.uri.path.endsWith(SUFFIX)) return;
    const read = readDocument(document.getText());
    const problems = read.ok ? read.warnings : read.problems;
    this.diagnostics.set(
      document.uri,
      problems.map((problem) => diagnostic(document, problem)),
    );
  }
}

const messages = (problems: readonly Problem[]) => problems.map((problem) => problem.message);

function diagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(problem.start), document.positionAt(problem.end));
  const severity =
    problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const result = new vscode.Diagnostic(range, problem.message, severity);
  result.source = 'Bioscope';
  return result;
}
