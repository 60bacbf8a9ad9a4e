import * as vscode from 'vscode';
import type { PictureName } from '../protocol/view-state';
import { LeftBehind } from './left-behind';
import type { Session } from './session';
import { webviewHtml, webviewOptions } from './webview-html';
import { WebviewLink, type Answer } from './webview-link';

export const EXPLORER = 'bioscope.explorer';
export const SIDE = 'bioscope.side';

/** The side panel and the editor panel: two pages of one bundle, showing one session. */
export class Views implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private link: WebviewLink | undefined;
  private readonly opened = new vscode.EventEmitter<boolean>();
  /** Whether the explorer is open. */
  readonly onDidOpen = this.opened.event;
  private readonly leftBehind: LeftBehind;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
    private readonly answer: Answer,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.leftBehind = new LeftBehind(
      ({ input }) =>
        !this.panel && input instanceof vscode.TabInputWebview && input.viewType.endsWith(EXPLORER),
      ({ group: { viewColumn } }) => this.create({ viewColumn, preserveFocus: true }),
    );
    this.subscriptions = [
      this.opened,
      this.leftBehind,
      vscode.window.registerWebviewViewProvider(SIDE, this),
      vscode.window.registerWebviewPanelSerializer(EXPLORER, this),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    view.webview.options = webviewOptions(this.extensionUri);
    const link = new WebviewLink(view, 'side', this.session, this.answer, this.log);
    view.onDidDispose(() => link.dispose());
    view.webview.html = webviewHtml(view.webview, this.extensionUri, 'side');
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    return Promise.resolve();
  }

  /** Opens the editor panel, or brings the open one to the front, with a picture in view when one is named. */
  openExplorer(picture?: PictureName): void {
    if (this.panel) this.panel.reveal(undefined, false);
    else void this.create({ viewColumn: vscode.ViewColumn.Active });
    if (picture) this.session.reveal(picture);
  }

  /** A picture of the explorer, which is opened for it. */
  async picture(picture: PictureName, form: 'svg' | 'png', title: string): Promise<Uint8Array> {
    this.openExplorer(picture);
    return this.link!.picture(picture, form, title);
  }

  /** The pictures beside whatever somebody is in: opened if they are not, and never taking the focus away. */
  showExplorer(): void {
    if (!this.panel) void this.create({ viewColumn: vscode.ViewColumn.Active, preserveFocus: true });
    else if (!this.panel.visible) this.panel.reveal(undefined, true);
  }

  /** The editor panel plays the run, or stops. */
  play(): void {
    this.link?.play();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.panel?.dispose();
  }

  private async create(where: { viewColumn: vscode.ViewColumn; preserveFocus?: boolean }): Promise<void> {
    const dead = this.leftBehind.tabs;
    this.adopt(vscode.window.createWebviewPanel(EXPLORER, 'Bioscope', where, {}));
    await vscode.window.tabGroups.close(dead, true);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'activity-bar.svg');
    panel.webview.options = webviewOptions(this.extensionUri);
    const link = new WebviewLink(panel, 'explorer', this.session, this.answer, this.log);
    this.link = link;
    panel.onDidDispose(() => {
      link.dispose();
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.link = undefined;
      this.opened.fire(false);
    });
    panel.webview.html = webviewHtml(panel.webview, this.extensionUri, 'explorer');
    this.opened.fire(true);
  }
}
