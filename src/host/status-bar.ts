import * as vscode from 'vscode';
import type { ViewState } from '../protocol/view-state';
import type { Session } from './session';

/** What is open, at the bottom of the window, while the pictures of it are. Also tells menus whether a lesson is open. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'bioscope.machine',
    vscode.StatusBarAlignment.Left,
    -1000,
  );
  private readonly subscription: vscode.Disposable;
  private lesson = false;
  private shown = false;

  constructor(private readonly session: Session) {
    this.item.name = 'Bioscope';
    this.item.command = 'bioscope.openExplorer';
    this.subscription = session.onDidChange((state) => this.update(state));
  }

  /** The explorer was opened or closed. */
  show(shown: boolean): void {
    this.shown = shown;
    this.update(this.session.state);
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update({ machine, lesson }: ViewState): void {
    if (this.lesson !== (lesson !== undefined)) {
      this.lesson = lesson !== undefined;
      void vscode.commands.executeCommand('setContext', 'bioscope.lesson', this.lesson);
    }
    if (!machine?.recording || !this.shown) {
      this.item.hide();
      return;
    }
    const where = lesson ? ` · ${lesson.title} ${lesson.at + 1}/${lesson.steps.length}` : '';
    this.item.text = `$(pulse) ${machine.name}${where}`;
    this.item.tooltip = vscode.l10n.t(
      'Bioscope simulates {0} ({1}). Open the explorer.',
      machine.name,
      machine.flavour,
    );
    this.item.show();
  }
}
