import { html, nothing, type TemplateResult } from 'lit';
import type { ScenarioChoice } from '../../src/model/scenario';
import type { ScenarioStep, ScenarioView } from '../../src/protocol/scenario-view';
import type { ScenarioPlayer } from './view';

/** One column a task, one row a step: who did what, in which order. */
export function lanes(view: ScenarioView, player: ScenarioPlayer): TemplateResult {
  return html`<div class="lanes-frame">
    <table class="lanes" aria-label="Steps of the tasks" @keydown=${walk(view, player)}>
      <thead>
        <tr>
          <th scope="col" class="number">step</th>
          ${view.tasks.map((task) => html`<th scope="col">${task}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${view.steps.map((step, i) => row(view, player, step, i))}
      </tbody>
    </table>
  </div>`;
}

function row(view: ScenarioView, player: ScenarioPlayer, step: ScenarioStep, i: number): TemplateResult {
  const at = i + 1;
  const when = at < player.at ? 'past' : at === player.at ? 'now' : 'coming';
  return html`<tr class="${when} ${step.broke.length > 0 || step.oops ? 'broke' : ''}">
    <td class="number">${at}</td>
    ${view.tasks.map((_, task) =>
      task === step.task
        ? html`<td>
            ${action(player, step, at)} ${when === 'now' ? instead(view, player, step, i) : nothing}
          </td>`
        : html`<td class="idle"></td>`,
    )}
  </tr>`;
}

function action(player: ScenarioPlayer, step: ScenarioStep, at: number): TemplateResult {
  const now = at === player.at;
  return html`<button
    type="button"
    class="step"
    aria-current=${now ? 'step' : nothing}
    tabindex=${now || (player.at === 0 && at === 1) ? 0 : -1}
    @click=${() => player.moveTo(at)}
  >
    <span class="code">${step.call}</span>
    <span class="note-text">${step.note}</span>
    ${step.broke.map((rule) => html`<span class="rule">✕ ${rule}</span>`)}
  </button>`;
}

/** The fork in the road: another task could have moved here. */
function instead(view: ScenarioView, player: ScenarioPlayer, step: ScenarioStep, i: number): TemplateResult {
  const others = step.choices.filter((task) => task !== step.task);
  const before = view.steps.slice(0, i).map((s) => s.task);
  return html`${others.map(
    (task) =>
      html`<button
        type="button"
        class="instead"
        @click=${() =>
          player.choose({
            name: view.name as ScenarioChoice['name'],
            variant: view.variant,
            schedule: [...before, task],
          })}
      >
        Let ${view.tasks[task] ?? ''} go first
      </button>`,
  )}`;
}

/** Up and down (or left and right) step through the story. */
function walk(view: ScenarioView, player: ScenarioPlayer): (event: KeyboardEvent) => void {
  return (event) => {
    const steps: Record<string, number> = {
      ArrowDown: player.at + 1,
      ArrowRight: player.at + 1,
      ArrowUp: player.at - 1,
      ArrowLeft: player.at - 1,
      Home: 1,
      End: view.steps.length,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const table = event.currentTarget as HTMLElement;
    player.moveTo(Math.min(Math.max(to, 1), view.steps.length));
    requestAnimationFrame(() => table.querySelector<HTMLElement>('[aria-current=step]')?.focus());
  };
}
