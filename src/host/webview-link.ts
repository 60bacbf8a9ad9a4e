import type * as vscode from 'vscode';
import { PROTOCOL_VERSION, receiveFromWebview, type Request, type ToWebview } from '../protocol/messages';
import type { MachineView, PictureName, ViewState } from '../protocol/view-state';
import { PictureAnswers } from './picture-answers';
import type { Session } from './session';
import type { Surface } from './webview-html';

/** What a webview asks for beyond the session: commands, and lessons, which come with their picture. */
export interface Answer {
  request(request: Request): Promise<void>;
  openLesson(file: string): Promise<void>;
  showSource(name: string): Promise<void>;
  moveLesson(at: number | undefined): Promise<void>;
}

/**
 * Ties one webview to the session: whole states out, checked messages in. Nothing goes to a page that is hidden: it is
 * gone, and asks for everything when it is back. A Recording goes once to each page. Dispose it with the webview.
 */
export class WebviewLink implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  /** Whose Recordings the page has. */
  private readonly has = new Set<number>();
  /** The page has asked for what it shows. */
  private asked = false;
  private toPlay = false;
  private readonly pictures = new PictureAnswers();
  /** Resolves when the page has drawn for the first time. */
  readonly ready: Promise<void>;
  private isReady: () => void = () => undefined;

  constructor(
    private readonly view: { readonly webview: vscode.Webview; readonly visible: boolean },
    private readonly surface: Surface,
    private readonly session: Session,
    private readonly answer: Answer,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.ready = new Promise((done) => (this.isReady = done));
    this.subscriptions = [
      view.webview.onDidReceiveMessage((data: unknown) => this.receive(data)),
      session.onDidChange((state) => this.sendState(state)),
      session.onDidMove((moment) => this.send({ v: PROTOCOL_VERSION, type: 'moment', ...moment })),
    ];
  }

  sendState(state: ViewState): void {
    if (!this.view.visible) return;
    const { machine, compare } = state;
    const lean = {
      ...state,
      ...(machine ? { machine: this.lean(machine) } : {}),
      ...(compare?.other ? { compare: { ...compare, other: this.lean(compare.other) } } : {}),
    };
    this.send({ v: PROTOCOL_VERSION, type: 'state', state: lean });
  }

  /** Starts to play, or stops; a page that is still loading, once it is there. */
  play(): void {
    this.toPlay = !this.asked;
    if (this.asked) this.send({ v: PROTOCOL_VERSION, type: 'play' });
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
        this.has.clear();
        this.asked = true;
        this.sendState(this.session.state);
        this.isReady();
        if (this.toPlay) this.play();
        return;
      case 'step':
        this.session.moveTo(message.revision, message.step);
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
      case 'source':
        return this.answer.showSource(message.name);
      case 'openLesson':
        return this.answer.openLesson(message.file);
      case 'lesson':
        return this.answer.moveLesson(message.at);
    }
  }

  /** A machine without what the page has already. */
  private lean(machine: MachineView): MachineView {
    const { recording: _known, ...rest } = machine;
    // The side panel shows no moment.
    if (this.surface === 'side' || this.has.has(machine.revision)) return rest;
    this.has.add(machine.revision);
    return machine;
  }

  private send(message: ToWebview): void {
    if (this.view.visible) void this.view.webview.postMessage(message);
  }
}
