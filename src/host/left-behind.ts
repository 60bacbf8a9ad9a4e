import * as vscode from 'vscode';

/** How long VS Code may take to give an editor back after the window was reloaded, ms. */
const PATIENCE = 3_000;

/**
 * Editors of an extension host that died. VS Code leaves them standing, where it gives those of a reloaded window back:
 * they show what they showed, and nobody hears them. One that somebody sees is replaced.
 */
export class LeftBehind implements vscode.Disposable {
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** Tabs older than this host: one that opens now is only slow. */
  private readonly old = new Set(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs));
  private readonly subscription: vscode.Disposable;

  /**
   * @param isDead whether a tab is one of ours that this host knows nothing of
   * @param replace closes it, and opens one like it in the same place
   */
  constructor(
    private readonly isDead: (tab: vscode.Tab) => boolean,
    private readonly replace: (tab: vscode.Tab) => Promise<void>,
  ) {
    this.subscription = vscode.window.tabGroups.onDidChangeTabs(() => this.look());
    this.look();
  }

  /** All of them, seen or not. */
  get tabs(): vscode.Tab[] {
    return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.filter((tab) => this.old.has(tab) && this.isDead(tab)),
    );
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.subscription.dispose();
  }

  private look(): void {
    clearTimeout(this.waiting);
    if (this.seen().length > 0) this.waiting = setTimeout(() => void this.mend(), PATIENCE);
  }

  private async mend(): Promise<void> {
    for (const tab of this.seen()) if (this.isDead(tab)) await this.replace(tab);
  }

  private seen(): vscode.Tab[] {
    return this.tabs.filter(({ isActive }) => isActive);
  }
}
