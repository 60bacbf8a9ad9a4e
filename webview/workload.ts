import { html, nothing, type TemplateResult } from 'lit';
import type { IoSummary, Selection } from '../src/protocol/view-state';
import { moveFocus } from './roving';

/** The I/Os of the workload, one a row, each with how it ended. */
export function workloadList(
  workload: readonly IoSummary[],
  selection: Selection,
  select: (selection: Selection) => void,
): TemplateResult {
  const current = selection.io ?? -1;
  return html`<div class="workload" role="group" aria-label="I/O of the workload" @keydown=${moveFocus}>
    ${workload.map(
      (io) =>
        html`<button
          type="button"
          data-item
          class="io ${io.ok ? 'ok' : 'failed'} ${io.number === current ? 'selected' : ''}"
          aria-pressed=${io.number === current ? 'true' : 'false'}
          tabindex=${io.number === Math.max(current, 0) ? 0 : -1}
          @click=${() => select({ io: io.number })}
        >
          <span class="title">${io.title}</span>
          <span class="outcome">${io.ok ? '✓' : '✕'} ${io.outcome}</span>
          ${io.because === '' ? nothing : html`<span class="because">${io.because}</span>`}
        </button>`,
    )}
  </div>`;
}
