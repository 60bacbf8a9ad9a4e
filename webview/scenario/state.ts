import { html, type TemplateResult } from 'lit';
import type { ScenarioView } from '../../src/protocol/scenario-view';

/** The state after the current step; what the step changed is marked. */
export function stateTable(view: ScenarioView, at: number): TemplateResult {
  const factsAt = (step: number) => view.steps[step - 1]?.facts ?? view.before;
  const before = new Map((at > 0 ? factsAt(at - 1) : view.before).map((fact) => [fact.label, fact.value]));
  return html`<table class="state" aria-label="State after this step">
    <thead>
      <tr>
        <th scope="col">state</th>
        <th scope="col">${at === 0 ? 'at the start' : `after step ${at}`}</th>
      </tr>
    </thead>
    <tbody>
      ${factsAt(at).map(({ label, value, alarm }) => {
        const changed = before.get(label) !== value;
        return html`<tr class="${changed ? 'changed' : ''} ${alarm ? 'alarm' : ''}">
          <th scope="row">${label}</th>
          <td>
            ${alarm ? '✕ ' : ''}<span class="code">${value}</span
            >${changed ? html` <span class="mark">changed</span>` : ''}
          </td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
