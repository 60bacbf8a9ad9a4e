import { html, nothing, svg, type TemplateResult } from 'lit';
import { narrate } from '../../src/model/narrate';
import { eventAt, type Recording } from '../../src/model/recording';
import { moved, type Move } from '../../src/model/time/transport';
import { conditionsOf, runUntil } from '../../src/model/time/until';
import { SPEEDS, type Player } from './player';

/** What somebody typed to run to, and what came of it. */
export interface RunTo {
  readonly text: string;
  /** '' where it was met. */
  readonly failed: string;
}

/** What the bar needs of the page it is on. */
export interface TransportInput {
  readonly recording: Recording;
  readonly player: Player;
  readonly runTo: RunTo;
  readonly setRunTo: (runTo: RunTo) => void;
}

const ICONS = {
  start: 'M3 3h2v10H3zM13 3v10L6 8z',
  back: 'M11 3v10L4 8z',
  play: 'M5 3v10l8-5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  into: 'M5 3v10l5-5zM11 3h2v10h-2z',
  end: 'M11 3h2v10h-2zM3 3v10l7-5z',
  over: 'M2 9a6 5 0 0 1 10.5-2.5L14 5v5H9l2-2A4 3.4 0 0 0 4 9zM6.5 11h3v3h-3z',
  out: 'M8 2l4 4H9v5H7V6H4zM6.5 12h3v3h-3z',
} as const;

const BUTTONS: readonly { readonly move: Move; readonly icon: keyof typeof ICONS; readonly title: string }[] =
  [
    { move: 'start', icon: 'start', title: 'To the Start' },
    { move: 'back', icon: 'back', title: 'Step Back' },
    { move: 'into', icon: 'into', title: 'Step Forward, Into' },
    { move: 'over', icon: 'over', title: 'Step Over' },
    { move: 'out', icon: 'out', title: 'Step Out' },
    { move: 'end', icon: 'end', title: 'To the End' },
  ];

/** The moment that all pictures show, one true sentence about it, and the ways to another. */
export function transport(input: TransportInput): TemplateResult {
  const { recording, player } = input;
  const { step, length, playing } = player;
  const at = step > 0 ? eventAt(recording, step - 1) : undefined;
  return html`<div class="transport" role="group" aria-label="Time">
    <div class="transport-row">
      ${BUTTONS.slice(0, 2).map((button) => moveButton(input, button))}
      <button
        type="button"
        class="tool icon"
        aria-label=${playing ? 'Pause' : 'Play'}
        title=${playing ? 'Pause' : 'Play'}
        @click=${() => player.toggle()}
      >
        ${icon(playing ? 'pause' : 'play')}
      </button>
      ${BUTTONS.slice(2).map((button) => moveButton(input, button))}
      <label class="speed"
        ><span class="hidden-text">Speed</span
        ><select
          @change=${(event: Event) => player.setSpeed(Number((event.target as HTMLSelectElement).value))}
        >
          ${SPEEDS.map(
            (speed) =>
              html`<option value=${speed} ?selected=${speed === player.speed}>
                ${speed.toLocaleString('en')}/s
              </option>`,
          )}
        </select></label
      >
      ${runToForm(input)}
      <span class="position"
        >step <b>${(recording.dropped + step).toLocaleString('en')}</b> of
        ${(recording.dropped + length).toLocaleString('en')}
        ${at ? html`· <span class="code">${at.name.name}</span>` : nothing}
        ${at?.device === undefined ? nothing : html`· <span class="code">${at.device}</span>`}</span
      >
    </div>
    <p class="narration" role="status" aria-live=${playing ? 'off' : 'polite'}>
      ${at ? `${narrate(at)}.` : 'Nothing has happened yet.'}${step === length ? html` <span class="over">The run is over.</span>` : nothing}
    </p>
    ${input.runTo.failed === '' ? nothing : html`<p class="narration failed" role="alert">${input.runTo.failed}</p>`}
  </div>`;
}

function moveButton({ recording, player }: TransportInput, button: (typeof BUTTONS)[number]): TemplateResult {
  const { move, title } = button;
  const none = move === 'start' || move === 'back' ? player.step === 0 : player.step === player.length;
  // A disabled button would lose the focus of somebody who has just come to the end.
  return html`<button
    type="button"
    class="tool icon"
    aria-label=${title}
    title=${title}
    aria-disabled=${none ? 'true' : 'false'}
    @click=${() => {
      player.stop();
      player.moveTo(moved(recording, player.step, move));
    }}
  >
    ${icon(button.icon)}
  </button>`;
}

function icon(name: keyof typeof ICONS): TemplateResult {
  return html`<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    ${svg`<path d=${ICONS[name]} fill="currentColor"></path>`}
  </svg>`;
}

function runToForm({ recording, player, runTo, setRunTo }: TransportInput): TemplateResult {
  const run = (event: Event) => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).querySelector('input')!;
    const text = input.value.trim();
    if (text === '') return;
    player.stop();
    const found = runUntil(recording, player.step, text);
    setRunTo({ text, failed: found === undefined ? notMet(text) : '' });
    if (found !== undefined) player.moveTo(found);
  };
  return html`<form class="run-to" @submit=${run}>
    <input
      list="run-to"
      aria-label="Run to: a kernel function, error, split, refusal, bio 3, request 2"
      placeholder="run to…"
      autocomplete="off"
      maxlength="100"
      .value=${runTo.text}
    /><button type="submit" class="tool">Run</button>
    <datalist id="run-to">
      ${conditions(recording).map((name) => html`<option value=${name}></option>`)}
    </datalist>
  </form>`;
}

const known = new WeakMap<Recording, readonly string[]>();

function conditions(recording: Recording): readonly string[] {
  let list = known.get(recording);
  if (!list) known.set(recording, (list = conditionsOf(recording)));
  return list;
}

const notMet = (text: string) => `“${text}” does not come after this step; the moment stays where it is.`;
