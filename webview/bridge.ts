import {
  PROTOCOL_VERSION,
  receiveFromHost,
  type MarkChange,
  type Moment,
  type PictureAsked,
  type Request,
  type ToHost,
} from '../src/protocol/messages';
import type { ScenarioChoice } from '../src/model/scenario';
import type { Selection, ViewState } from '../src/protocol/view-state';
import { exportPicture } from './export/export';
import { readMemory, type Memory } from './memory';
import type { Place } from './memory-map/detail/navigate';

interface VsCodeApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Where somebody is changes with every frame of a drag; it is stored when it rests, ms. */
const REST = 250;

/** The only way out of the page: typed messages to the host, checked messages from it. */
export class Bridge {
  private readonly api = acquireVsCodeApi();
  private memory: Memory = readMemory(this.api.getState());
  private resting: number | undefined;

  constructor(on: {
    state(state: ViewState): void;
    moment(moment: Moment): void;
    play(): void;
    refused(reason: string): void;
  }) {
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      const received = receiveFromHost(event.data);
      if (!received.ok) {
        on.refused(received.reason);
        return;
      }
      const { message } = received;
      if (message.type === 'refused') on.refused(message.reason);
      else if (message.type === 'moment') on.moment(message);
      else if (message.type === 'play') on.play();
      else if (message.type === 'export') void this.answerPicture(message);
      else on.state(message.state);
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

  step(revision: number, step: number): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'step', revision, step });
  }

  search(text: string): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'search', text });
  }

  changeMarks(change: MarkChange): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'mark', change });
  }

  play(choice: ScenarioChoice | undefined): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'scenario', ...(choice ? { choice } : {}) });
  }

  showSource(name: string): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'source', name });
  }

  openLesson(file: string): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'openLesson', file });
  }

  /** Without a number, it never did. */
  losePower(at: number | undefined): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'losePower', ...(at === undefined ? {} : { at }) });
  }

  /** Without a step, closes the lesson. */
  moveLesson(at: number | undefined): void {
    this.api.postMessage({ v: PROTOCOL_VERSION, type: 'lesson', ...(at === undefined ? {} : { at }) });
  }

  /** Which tables are unfolded. */
  get unfolded(): readonly string[] {
    return this.memory.unfolded;
  }

  setUnfolded(name: string, open: boolean): void {
    const others = this.unfolded.filter((item) => item !== name);
    this.remember({ unfolded: open ? [...others, name] : others });
  }

  /** Where somebody is in the detail of the map. */
  get place(): Place | undefined {
    return this.memory.place;
  }

  setPlace(place: Place): void {
    this.memory = { ...this.memory, place };
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.remember({}), REST);
  }

  private async answerPicture(asked: PictureAsked): Promise<void> {
    const { id } = asked;
    try {
      const bytes = await exportPicture(asked);
      this.api.postMessage({ v: PROTOCOL_VERSION, type: 'picture', id, bytes });
    } catch (error) {
      const problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      this.api.postMessage({ v: PROTOCOL_VERSION, type: 'noPicture', id, problem });
    }
  }

  private remember(change: Partial<Memory>): void {
    this.memory = { ...this.memory, ...change };
    this.api.setState(this.memory);
  }
}
