import * as vscode from 'vscode';
import type { CaptureProblem, Collected } from '../capture';
import type { MachineSpec } from '../model/machine-spec';
import type { Session } from './session';

const SCHEME = 'bioscope-cross-check';

interface Import {
  readonly machine: MachineSpec;
  readonly collected: Collected;
  readonly warnings: readonly CaptureProblem[];
}

/** "Show Cross-check Report": where a machine's captures disagree and what is missing, as a read-only text. */
export class CrossChecks implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private last: Import | undefined;

  constructor(private readonly session: Session) {
    this.subscriptions = [this.changed, vscode.workspace.registerTextDocumentContentProvider(SCHEME, this)];
  }

  /** Remembers what a machine was made of: with its captures at hand, more can be compared. */
  remember(imported: Import): void {
    this.last = imported;
  }

  async provideTextDocumentContent(): Promise<string> {
    const { crossCheck, reportText } = await import('../capture');
    const machine = this.session.document?.machine;
    if (!machine) return vscode.l10n.t('No machine is open.');
    const made = this.last?.machine === machine ? this.last : undefined;
    return reportText(machine.name, crossCheck(machine, made?.collected), made?.collected, made?.warnings);
  }

  async show(): Promise<void> {
    const name = this.session.document?.machine.name ?? 'machine';
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/Cross-check of ${name.replaceAll('/', '-')}.txt` });
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
