import type * as vscode from 'vscode';
import { PROTOCOL_VERSION, receiveFromWebview, type Request, type ToWebview } from '../protocol/messages';
import type { ViewState } from '../protocol/view-state';
import type { Session } from './session';

export type Answer = (request: Request) => Promise<void>;

/** Ties one webview to the session: whole states out, checked messages in. Dispose it with the webview. */
export class WebviewLink implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly webview: vscode.Webview,
    private readonly session: Session,
    private readonly answer: Answer,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      webview.onDidReceiveMessage((data: unknown) => this.receive(data)),
      session.onDidChange((state) => this.send({ v: PROTOCOL_VERSION, type: 'state', state })),
    ];
  }

  sendState(state: ViewState): void {
    this.send({ v: PROTOCOL_VERSION, type: 'state', state });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async receive(data: unknown): Promise<void> {
    const received = receiveFromWebview(data);
    if (!received.ok) {
      this.log.warn(received.reason);
      this.send({ v: PROTOCOL_VERSION, type: 'refused', reason: received.reason });
      return;
    }
    const { message } = received;
    switch (message.type) {
      case 'ready':
        this.sendState(this.session.state);
        return;
      case 'select':
        this.session.select(message.selection);
        return;
      case 'search':
        this.session.search(message.text);
        return;
      case 'mark':
        return this.session.changeMarks(message.change);
      case 'scenario':
        return this.session.play(message.choice);
      case 'request':
        return this.answer(message.request);
    }
  }

  private send(message: ToWebview): void {
    // False when the webview is hidden: it asks for the whole state when it is back.
    void this.webview.postMessage(message);
  }
}
