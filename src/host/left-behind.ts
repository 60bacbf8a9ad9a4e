import * as vscode from 'vscode';

/** How long VS Code may take to give a panel back after the window was reloaded, ms. */
const PATIENCE = 3_000;

/**
 * Panels of an extension host that died. VS Code leaves them standing where it gives those of a reloaded window back:
 * they show what they showed, and nobody hears them. One that somebody sees is replaced.
 */
export class LeftBehind implements vscode.Disposable {
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private readonly subscription: vscode.Disposable;

  /**
   * @param isOpen whether there is a panel that answers
   * @param replace opens one where the dead one was
   */
  constructor(
    private readonly viewType: string,
    private readonly isOpen: () => boolean,
    private readonly replace: (column: vscode.ViewColumn) => void,
  ) {
    this.subscription = vscode.window.tabGroups.onDidChangeTabs(() => this.look());
    this.look();
  }

  /** Closes all of them: before there is a panel, each tab is one. */
  async close(): Promise<void> {
    await vscode.window.tabGroups.close(this.tabs(), true);
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.subscription.dispose();
  }

  private look(): void {
    clearTimeout(this.waiting);
    if (!this.isOpen() && this.seen()) this.waiting = setTimeout(() => void this.mend(), PATIENCE);
  }

  private async mend(): Promise<void> {
    const tab = this.seen();
    if (this.isOpen() || !tab) return;
    const { viewColumn } = tab.group;
    await this.close();
    this.replace(viewColumn);
  }

  private seen(): vscode.Tab | undefined {
    return this.tabs().find(({ isActive }) => isActive);
  }

  private tabs(): vscode.Tab[] {
    return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.filter(
        ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(this.viewType),
      ),
    );
  }
}
