import * as vscode from 'vscode';
import type { Finding, Severity } from '../../reader';
import { isOwnC } from './c-documents';
import type { KernelTrees } from './kernel-trees';
import { reader } from './lazy-reader';
import { positionsIn } from './positions';
import { hazardUri } from './reading-documents';
import { inTimeSlices } from './time-slices';

/** How long nobody may have typed before a file is looked at, ms. */
const PAUSE = 300;

const WARNINGS: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Warning,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** Marks habits that need a struct page in the open files of kernel C. */
export class Hazards implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('bioscope.hazards');
  /** By URI: how to call off the look that is planned or under way. */
  private readonly running = new Map<string, () => void>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly trees: KernelTrees,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      this.diagnostics,
      vscode.workspace.onDidOpenTextDocument((document) => this.plan(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.plan(document, PAUSE);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document.uri)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('bioscope.hazards')) this.planAll();
      }),
    ];
    this.planAll();
  }

  dispose(): void {
    for (const stop of this.running.values()) stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private planAll(): void {
    for (const document of vscode.workspace.textDocuments) this.plan(document, 0);
  }

  private forget(uri: vscode.Uri): void {
    this.running.get(uri.toString())?.();
    this.diagnostics.delete(uri);
  }

  private plan(document: vscode.TextDocument, pause: number): void {
    if (!isOwnC(document)) return;
    const key = document.uri.toString();
    this.running.get(key)?.();
    let cancelled = false;
    const timer = setTimeout(() => {
      this.look(document, () => cancelled).catch((error: unknown) =>
        this.log.error(`The hazards of ${key} were not found: ${String(error)}`),
      );
    }, pause);
    this.running.set(key, () => {
      cancelled = true;
      clearTimeout(timer);
      this.running.delete(key);
    });
  }

  private async look(document: vscode.TextDocument, isCancelled: () => boolean): Promise<void> {
    const level = vscode.workspace.getConfiguration('bioscope', document).get<string>('hazards', 'hint');
    if (level === 'off') {
      this.diagnostics.delete(document.uri);
      return;
    }
    const { hazardsInSlices, isKernelCode } = await reader();
    const root = (await this.trees.treeAround(document.uri))?.root.path;
    const path = root === undefined ? '' : document.uri.path.slice(root.length + 1);
    if (isCancelled()) return;
    const text = document.getText();
    if (!isKernelCode(text, path)) {
      this.diagnostics.delete(document.uri);
      return;
    }
    const severityOf = (severity: Severity) =>
      level === 'warning' ? WARNINGS[severity] : vscode.DiagnosticSeverity.Hint;
    const positionAt = positionsIn(text);
    const made = function* () {
      for (const { findings, skipped } of hazardsInSlices(text, document.uri.path)) {
        const found = findings.map((one) =>
          diagnostic(document.uri, one, severityOf(one.hazard.severity), positionAt),
        );
        yield skipped ? [...found, unread(skipped, positionAt)] : found;
      }
    };
    const slices = await inTimeSlices(made(), isCancelled);
    if (!slices) return;
    this.diagnostics.set(document.uri, slices.flat());
    this.running.delete(document.uri.toString());
  }
}

type PositionAt = (offset: number) => vscode.Position;

const rangeIn = ({ start, end }: { readonly start: number; readonly end: number }, positionAt: PositionAt) =>
  new vscode.Range(positionAt(start), positionAt(end));

function diagnostic(
  uri: vscode.Uri,
  finding: Finding,
  severity: vscode.DiagnosticSeverity,
  positionAt: PositionAt,
): vscode.Diagnostic {
  const { hazard, detail, related } = finding;
  const message = detail === undefined ? hazard.why : `${hazard.why} Here: ${detail}.`;
  const made = new vscode.Diagnostic(rangeIn(finding, positionAt), message, severity);
  made.source = 'Bioscope';
  made.code = { value: hazard.code, target: hazardUri(hazard.code) };
  if (related) {
    made.relatedInformation = related.map(
      (one) =>
        new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, rangeIn(one, positionAt)), one.what),
    );
  }
  return made;
}

function unread(
  skipped: { readonly start: number; readonly reason: string },
  positionAt: PositionAt,
): vscode.Diagnostic {
  const start = positionAt(skipped.start);
  const message = vscode.l10n.t('Not looked through for hazards: {0}.', skipped.reason);
  const range = new vscode.Range(start, start.translate(1));
  const made = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Information);
  made.source = 'Bioscope';
  return made;
}
