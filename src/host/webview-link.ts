import type * as vscode from 'vscode';
import { PROTOCOL_VERSION, receiveFromWebview, type Request, type ToWebview } from '../protocol/messages';
import type { PictureName, ViewState } from '../protocol/view-state';
import { PictureAnswers } from './picture-answers';
import type { Session } from './session';

/** What a webview asks for beyond the session: commands, and lessons, which come with their picture. */
export interface Answer {
  request(request: Request): Promise<void>;
  openLesson(file: string): Promise<void>;
  moveLesson(at: number | undefined): Promise<void>;
}

/** Ties one webview to the session: whole states out, checked messages in. Dispose it with the webview. */
export class WebviewLink implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private readonly pictures = new PictureAnswers();
  /** Resolves when the page has drawn for the first time. */
  readonly ready: Promise<void>;
  private isReady: () => void = () => undefined;

  constructor(
    private readonly webview: vscode.Webview,
    private readonly session: Session,
    private readonly answer: Answer,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.ready = new Promise((done) => (this.isReady = done));
    this.subscriptions = [
      webview.onDidReceiveMessage((data: unknown) => this.receive(data)),
      session.onDidChange((state) => this.send({ v: PROTOCOL_VERSION, type: 'state', state })),
    ];
  }

  sendState(state: ViewState): void {
    this.send({ v: PROTOCOL_VERSION, type: 'state', state });
  }

  /** A picture of this page as the bytes of a file. Rejects with a reason where there is none. */
  async picture(picture: PictureName, form: 'svg' | 'png', title: string): Promise<Uint8Array> {
    await this.ready;
    const { id, bytes } = this.pictures.ask();
    this.send({ v: PROTOCOL_VERSION, type: 'export', id, picture, form, title });
    return bytes;
  }

  dispose(): void {
    this.pictures.dispose();
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
        this.isReady();
        return;
      case 'picture':
        this.pictures.came(message.id, message.bytes);
        return;
      case 'noPicture':
        this.pictures.failed(message.id, message.problem);
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
      case 'losePower':
        this.session.losePower(message.at);
        return;
      case 'request':
        return this.answer.request(message.request);
      case 'openLesson':
        return this.answer.openLesson(message.file);
      case 'lesson':
        return this.answer.moveLesson(message.at);
    }
  }

  private send(message: ToWebview): void {
    // False when the webview is hidden: it asks for the whole state when it is back.
    void this.webview.postMessage(message);
  }
}
