import { PROTOCOL_VERSION, receiveFromHost, type Request, type ToHost } from '../src/protocol/messages';
import type { Selection, ViewState } from '../src/protocol/view-state';

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The only way out of the page: typed messages to the host, checked messages from it. */
export class Bridge {
  private readonly api = acquireVsCodeApi();

  constructor(on: { state(state: ViewState): void; refused(reason: string): void }) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      const received = receiveFromHost(event.data);
      if (!received.ok) on.refused(received.reason);
      else if (received.message.type === 'refused') on.refused(received.message.reason);
      else on.state(received.message.state);
    });
  }

  ready(): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'ready' });
  }

  request(request: Request): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'request', request });
  }

  select(selection: Selection): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'select', selection });
  }

  /** Which tables are unfolded: the only thing a page remembers on its own. */
  get unfolded(): readonly string[] {
    const state = this.api.getState();
    const list =
      typeof state === 'object' && state !== null ? (state as { unfolded?: unknown }).unfolded : undefined;
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  }

  setUnfolded(name: string, open: boolean): void {
    const others = this.unfolded.filter((item) => item !== name);
    this.api.setState({ unfolded: open ? [...others, name] : others });
  }
}
