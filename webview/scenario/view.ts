import { html, nothing, type TemplateResult } from 'lit';
import type { ScenarioEntry, ScenarioView } from '../../src/protocol/scenario-view';
import type { ScenarioChoice } from '../../src/model/scenario';
import type { MapWindow } from '../../src/protocol/map-view';
import { badge } from '../inspector/facts';
import { moveFocus } from '../roving';
import { lanes } from './lanes';
import { stateTable } from './state';

/** What the page needs to play scenarios: the one that is open, where it stands, and the ways to change both. */
export interface ScenarioPlayer {
  readonly entries: readonly ScenarioEntry[];
  readonly view: ScenarioView | undefined;
  /** Steps taken so far, 0 … steps.length. */
  readonly at: number;
  readonly moveTo: (at: number) => void;
  /** Another scenario, variant or order; `undefined` closes it. */
  readonly choose: (choice: ScenarioChoice | undefined) => void;
}

/** Several tasks on one device, in an order that can be chosen: the list of stories, or the open one. */
export function scenarioSection(player: ScenarioPlayer): TemplateResult {
  return html`<section id="scenario" aria-label="Stories">
    <h2>Stories</h2>
    ${player.view ? open(player.view, player) : list(player)}
  </section>`;
}

/** Where to stand when another run comes: at its start, unless only the order after this step has changed. */
export function stepAfter(old: ScenarioView | undefined, next: ScenarioView | undefined, at: number): number {
  if (old?.name !== next?.name || old?.variant !== next?.variant) return 0;
  return Math.min(at, next?.steps.length ?? 0);
}

const NONE: readonly MapWindow[] = [];

/** What the story has mapped through kmap where it stands: the same array for the same step. */
export function windowsAt({ view, at }: ScenarioPlayer): readonly MapWindow[] {
  return view?.steps[at - 1]?.windows ?? NONE;
}

function list({ entries, choose }: ScenarioPlayer): TemplateResult {
  return html`<p>What happens when the device goes away, when tasks race, when a pointer goes astray.</p>
    <div class="stories" role="group" aria-label="Stories to play" @keydown=${moveFocus}>
      ${entries.map(
        ({ name, title, about }, i) =>
          html`<button
            type="button"
            data-item
            class="story"
            tabindex=${i === 0 ? 0 : -1}
            @click=${() => choose({ name: name as ScenarioChoice['name'] })}
          >
            <span class="title">${title}</span><span class="because">${about}</span>
          </button>`,
      )}
    </div>`;
}

function open(view: ScenarioView, player: ScenarioPlayer): TemplateResult {
  return html`
    <h3>${view.title} ${view.reconstructed ? badge('reconstructed') : nothing}</h3>
    <p class="about">${view.about}</p>
    ${variants(view, player)} ${endings(view, player)}
    <div class="player" role="group" aria-label="Step through the story">
      <vscode-button appearance="secondary" ?disabled=${player.at === 0} @click=${() => player.moveTo(0)}
        >Start</vscode-button
      >
      <vscode-button
        appearance="secondary"
        ?disabled=${player.at === 0}
        @click=${() => player.moveTo(player.at - 1)}
        >Back</vscode-button
      >
      <vscode-button ?disabled=${player.at === view.steps.length} @click=${() => player.moveTo(player.at + 1)}
        >Next</vscode-button
      >
      <span class="position" role="status">${position(view, player.at)}</span>
    </div>
    <div class="stage">${lanes(view, player)} ${stateTable(view, player.at)}</div>
    <p class="caption">Played on ${view.disk}. Source: ${view.source}.</p>
    <div class="buttons">
      <vscode-button appearance="secondary" @click=${() => player.choose(undefined)}
        >All Stories</vscode-button
      >
    </div>
  `;
}

function position(view: ScenarioView, at: number): string {
  const step = view.steps[at - 1];
  if (!step) return `Before the first of ${view.steps.length} steps`;
  return `Step ${at} of ${view.steps.length}: ${view.tasks[step.task] ?? ''}, ${step.call}`;
}

function variants(view: ScenarioView, { choose }: ScenarioPlayer): TemplateResult {
  if (view.variants.length < 2) return html`${nothing}`;
  return html`<div class="choices" role="group" aria-label="Variants" @keydown=${moveFocus}>
    ${view.variants.map(
      ({ name, title }) =>
        html`<button
          type="button"
          data-item
          class="choice"
          aria-pressed=${name === view.variant ? 'true' : 'false'}
          tabindex=${name === view.variant ? 0 : -1}
          @click=${() => choose({ name: view.name as ScenarioChoice['name'], variant: name })}
        >
          ${title}
        </button>`,
    )}
  </div>`;
}

/** How every order of the tasks ends. Nothing to choose where there is only one order. */
function endings(view: ScenarioView, { choose, moveTo }: ScenarioPlayer): TemplateResult {
  if (view.total === 1) return html`${nothing}`;
  const order = view.steps.map((step) => step.task).join();
  const shown = view.outcomes.findIndex((o) => o.schedule.join() === order);
  const all = view.complete ? `All ${view.total} orders of the steps` : `The first ${view.total} orders`;
  return html`<p class="sentence">${all}, by how they end. Choose one to see it.</p>
    <div class="workload" role="group" aria-label="Endings" @keydown=${moveFocus}>
      ${view.outcomes.map(
        (outcome, i) =>
          html`<button
            type="button"
            data-item
            class="io ${outcome.broken.length > 0 ? 'failed' : 'ok'} ${i === shown ? 'selected' : ''}"
            aria-pressed=${i === shown ? 'true' : 'false'}
            tabindex=${i === Math.max(shown, 0) ? 0 : -1}
            @click=${() => {
              moveTo(0);
              choose({
                name: view.name as ScenarioChoice['name'],
                variant: view.variant,
                schedule: outcome.schedule,
              });
            }}
          >
            <span class="title">${outcome.count} ${outcome.count === 1 ? 'order' : 'orders'}</span>
            <span class="outcome">${outcome.broken.length > 0 ? '✕' : '✓'} ${endingText(outcome)}</span>
          </button>`,
      )}
    </div>`;
}

function endingText({ results, broken }: ScenarioView['outcomes'][number]): string {
  return [...broken, ...results].join(' · ') || 'nothing goes wrong';
}
