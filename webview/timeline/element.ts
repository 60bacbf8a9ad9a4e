import { html, render, type TemplateResult } from 'lit';
import type { Recording } from '../../src/model/recording';
import { PointerMoves } from '../memory-map/detail/pointer';
import { GUTTER, drawTimeline, heightOf, type Inks, type Stretch } from './draw';
import { timeLanesOf } from './lanes';

/** What the page hands to the timeline, and how it answers. */
export interface TimelineInput {
  readonly recording: Recording;
  readonly step: number;
  readonly width: number;
  readonly moveTo: (step: number) => void;
}

/** The deepest zoom: so many events across the width. */
const LEAST = 16;

const NAMES = ['text', 'quiet', 'ground', 'line', 'event', 'alarm', 'flight', 'now'] as const;

/** The run from left to right on a canvas: pan, zoom, and a press to go there. */
export class TimelineElement extends HTMLElement {
  private given: TimelineInput | undefined;
  private shown: Stretch = { from: 0, count: LEAST };
  private inks: Inks | undefined;
  private due = false;
  private readonly pointer = new PointerMoves({
    pan: (px) => this.show({ ...this.shown, from: this.shown.from - px * this.per }),
    press: (px) => this.given?.moveTo(Math.floor(this.at(px)) + 1),
    zoom: (factor, px) => this.zoom(factor, this.at(px)),
    hover: () => undefined,
  });
  private readonly themes = new MutationObserver(() => {
    this.inks = undefined;
    this.schedule();
  });

  set input(input: TimelineInput) {
    const before = this.given;
    this.given = input;
    if (before?.recording !== input.recording) this.show({ from: 0, count: input.recording.length });
    else if (before.step !== input.step) this.follow(input.step);
    this.schedule();
  }

  connectedCallback(): void {
    this.themes.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    this.schedule();
  }

  disconnectedCallback(): void {
    this.themes.disconnect();
  }

  private get room(): number {
    return Math.max((this.querySelector('canvas')?.clientWidth ?? 0) - GUTTER, 1);
  }

  private get per(): number {
    return this.shown.count / this.room;
  }

  private at(px: number): number {
    return this.shown.from + Math.max(px - GUTTER, 0) * this.per;
  }

  private show({ from, count }: Stretch): void {
    const length = Math.max(this.given?.recording.length ?? 0, LEAST);
    const wide = Math.min(Math.max(count, LEAST), length);
    this.shown = { from: Math.min(Math.max(from, 0), length - wide), count: wide };
    this.schedule();
  }

  private zoom(factor: number, at: number): void {
    const { from, count } = this.shown;
    const wide = Math.min(
      Math.max(count * factor, LEAST),
      Math.max(this.given?.recording.length ?? 0, LEAST),
    );
    this.show({ from: at - ((at - from) / count) * wide, count: wide });
  }

  /** The least move that brings the moment into sight. */
  private follow(step: number): void {
    const { from, count } = this.shown;
    const margin = count / 16;
    this.show({ from: Math.min(Math.max(from, step + margin - count), step - margin), count });
  }

  private readonly key = (event: KeyboardEvent): void => {
    const { given } = this;
    if (!given || event.ctrlKey || event.altKey || event.metaKey) return;
    const { step, recording } = given;
    const page = Math.max(Math.round(this.shown.count / 2), 1);
    const keys: Record<string, () => void> = {
      ArrowRight: () => given.moveTo(step + 1),
      ArrowLeft: () => given.moveTo(step - 1),
      PageDown: () => given.moveTo(step + page),
      PageUp: () => given.moveTo(step - page),
      Home: () => given.moveTo(0),
      End: () => given.moveTo(recording.length),
      '+': () => this.zoom(1 / 2, step),
      '-': () => this.zoom(2, step),
      '0': () => this.show({ from: 0, count: recording.length }),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  /** At most one picture a frame, however much has changed. */
  private schedule(): void {
    if (this.due || !this.isConnected) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      if (!this.given) return;
      render(this.template(this.given), this);
      this.paint(this.given);
    });
  }

  private template({ recording, step }: TimelineInput): TemplateResult {
    const { lanes } = timeLanesOf(recording);
    return html`<div class="timeline-frame">
        <svg class="strut" width="1" height=${heightOf(lanes.length)} aria-hidden="true"></svg>
        <canvas
          tabindex="0"
          role="slider"
          aria-label="Timeline of tasks and devices. Arrows step, Page Up and Page Down leap, Home and End go to the ends, plus and minus zoom, 0 shows the whole run."
          aria-valuemin="0"
          aria-valuemax=${recording.length}
          aria-valuenow=${step}
          aria-valuetext="step ${step} of ${recording.length}"
          @keydown=${this.key}
          @pointerdown=${this.pointer.down}
          @pointermove=${this.pointer.move}
          @pointerup=${this.pointer.up}
          @pointerleave=${this.pointer.leave}
          @dblclick=${this.pointer.double}
          @wheel=${this.pointer.wheel}
        ></canvas>
      </div>
      <div class="inks" hidden>${NAMES.map((name) => html`<i class="time-${name}"></i>`)}</div>`;
  }

  private paint({ recording, step }: TimelineInput): void {
    const canvas = this.querySelector('canvas');
    const context = canvas?.getContext('2d', { alpha: false });
    if (!canvas || !context) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    // Setting a size clears the canvas, even to the size it has.
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across;
      canvas.height = down;
    }
    this.inks ??= this.readInks();
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    drawTimeline({ context, inks: this.inks, lanes: timeLanesOf(recording), shown: this.shown, width, step });
  }

  private readInks(): Inks {
    const style = (name: string) => getComputedStyle(this.querySelector(`.time-${name}`)!);
    const colours = Object.fromEntries(NAMES.map((name) => [name, style(name).color]));
    return { ...(colours as Omit<Inks, 'font'>), font: `10.5px ${style('text').fontFamily}` };
  }
}

/** Makes `<bioscope-timeline>` known to the page. */
export function registerTimeline(): void {
  customElements.define('bioscope-timeline', TimelineElement);
}
