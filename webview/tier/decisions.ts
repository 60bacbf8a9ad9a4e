import { html, nothing, type TemplateResult } from 'lit';
import type { IoSummary } from '../../src/protocol/view-state';
import type { DecisionsView, DecisionView } from '../../src/protocol/tier-view';
import { moveFocus } from '../roving';
import { unfold, type Unfolding } from '../unfold';
import { KIND_WORDS } from './kinds';

export interface DecisionsInput {
  readonly decisions: DecisionsView;
  readonly workload: readonly IoSummary[];
  readonly io: number;
  readonly select: (io: number) => void;
  readonly unfolding: Unfolding;
}

/** What was decided about the selected I/O, why the others went where they did, and the decisions around it. */
export function decisionTables(input: DecisionsInput): TemplateResult {
  const { decisions, unfolding } = input;
  const { near, total } = decisions;
  return html`${selected(input)} ${reasons(input)}
  ${unfold('tier-decisions', `Decisions around it: ${near.length} of ${total}`, unfolding, nearTable(input))}`;
}

function selected({ decisions, workload, io }: DecisionsInput): TemplateResult {
  const mine = decisions.near.filter((decision) => decision.io === io);
  const title = workload[io]?.title ?? '';
  if (mine.length === 0)
    return html`<p class="sentence tier-said">I/O ${io}, ${title}: nothing was decided here.</p>`;
  return html`<p class="sentence tier-said">I/O ${io}, ${title}:</p>
    <ul class="tier-mine">
      ${mine.slice(0, 8).map(({ kind, because, sector, sectors }) => html`<li><b>${KIND_WORDS[kind].name}</b>${mine.length > 1 ? html` <span class="quiet">sector ${sector} + ${sectors}</span>` : nothing}: ${because}</li>`)}
      ${mine.length > 8 ? html`<li class="quiet">and ${mine.length - 8} more, in the table</li>` : nothing}
    </ul>`;
}

function reasons({ decisions, io, select }: DecisionsInput): TemplateResult {
  return html`<h3>Why <span class="quiet">each reason, as the last I/O met it</span></h3>
    <div class="table-frame limits" role="region" aria-label="Reasons of the decisions" tabindex="0">
      <table class="tier-reasons">
        <thead>
          <tr>
            <th scope="col">decision</th>
            <th scope="col" class="number">times</th>
            <th scope="col">because</th>
            <th scope="col">I/O</th>
          </tr>
        </thead>
        <tbody @keydown=${moveFocus}>
          ${decisions.reasons.map(({ kind, because, count, ios }, n) => {
            const next = ios.find((one) => one > io) ?? ios[0];
            return html`<tr class=${ios.includes(io) ? 'selected' : ''}>
              <td title=${KIND_WORDS[kind].means}>${KIND_WORDS[kind].name}</td>
              <td class="number">${count}</td>
              <td class="tier-because">${because}</td>
              <td>
                ${
                  next === undefined
                    ? html`<span class="quiet">–</span>`
                    : html`<button
                        type="button"
                        class="link"
                        data-item
                        tabindex=${n === 0 ? 0 : -1}
                        aria-label="Select I/O ${next}, ${KIND_WORDS[kind].name}"
                        @click=${() => select(next)}
                      >
                        ${next}
                      </button>`
                }
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}

function nearTable({ decisions, io, select }: DecisionsInput): TemplateResult {
  return html`<table class="tier-near">
    <thead>
      <tr>
        <th scope="col" class="number">I/O</th>
        <th scope="col">decision</th>
        <th scope="col" class="number">sector</th>
        <th scope="col" class="number">sectors</th>
        <th scope="col">because</th>
      </tr>
    </thead>
    <tbody>
      ${decisions.near.map((decision) => row(decision, io, select))}
    </tbody>
  </table>`;
}

function row(decision: DecisionView, io: number, select: (io: number) => void): TemplateResult {
  const { kind, word, because, sector, sectors } = decision;
  return html`<tr class=${decision.io === io ? 'selected' : ''}>
    <td class="number">
      ${
        decision.io < 0
          ? html`<span class="quiet">own</span>`
          : html`<button type="button" class="link" @click=${() => select(decision.io)}>
              ${decision.io}
            </button>`
      }
    </td>
    <td>
      ${KIND_WORDS[kind].name}
      ${word === kind || word === KIND_WORDS[kind].name ? nothing : html`<span class="quiet code">${word}</span>`}
    </td>
    <td class="number">${sector}</td>
    <td class="number">${sectors}</td>
    <td class="tier-because">${because}</td>
  </tr>`;
}
