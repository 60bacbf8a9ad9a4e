import { html, nothing, type TemplateResult } from 'lit';
import type { CompareView } from '../../src/protocol/compare-view';
import type { MachineView, Selection } from '../../src/protocol/view-state';
import { chainOf } from '../bio-chain/chain';
import { byteRibbons } from '../bio-chain/view';
import { recordingOf } from '../recording';
import { unfold, type Unfolding } from '../unfold';
import { workloadList } from '../workload';

type Row = CompareView['counts'][number];
type Mark = CompareView['pairs'][number]['mark'];

/** What the section needs of the page it is on. */
export interface CompareInput {
  readonly machine: MachineView;
  readonly compare: CompareView | undefined;
  readonly selection: Selection;
  readonly select: (selection: Selection) => void;
  readonly ask: () => void;
  readonly end: () => void;
  readonly width: number;
  readonly unfolding: Unfolding;
}

/** px that two pictures beside each other need; with less they stand below each other. */
const SIDE_BY_SIDE = 1100;
const GAP = 24;

/** Two machines under one workload: what is counted, how each I/O ends, the two pictures, and the events in rows. */
export function compareSection(input: CompareInput): TemplateResult {
  const { machine, compare, ask, end } = input;
  if (machine.workload.length === 0) return html`${nothing}`;
  return html`<section id="compare" aria-label="Compare">
    <h2>Compare</h2>
    ${compare ? comparison(input, compare) : nothing}
    ${
      compare
        ? nothing
        : html`<p class="sentence">
            Run the same workload on this machine with another kernel or other DMA, or on another machine.
          </p>`
    }
    <div class="buttons">
      <vscode-button appearance="secondary" @click=${ask}>Compare with…</vscode-button>
      ${compare ? html`<vscode-button appearance="secondary" @click=${end}>End Comparison</vscode-button>` : nothing}
    </div>
  </section>`;
}

function comparison(input: CompareInput, compare: CompareView): TemplateResult {
  const { left, right, refused, changed, counts, outcomes } = compare;
  if (refused.length > 0) {
    return html`<div class="refusal">
      <p>The workload cannot run on <b>${right}</b>:</p>
      <ul>
        ${refused.map((reason) => html`<li>${reason}</li>`)}
      </ul>
    </div>`;
  }
  return html`
    <p class="sentence">The same workload on <b>${left}</b> and on <b>${right}</b>.</p>
    ${changed.map((note) => html`<p class="note">${note}</p>`)}
    ${rowTable('Counts', 'count', counts, compare, 'number')}
    ${rowTable('How each I/O ends', 'I/O', outcomes, compare, 'text')} ${pictures(input, compare)}
    ${pairTable(input, compare)}
  `;
}

function rowTable(
  title: string,
  what: string,
  rows: readonly Row[],
  { left, right }: CompareView,
  align: 'number' | 'text',
): TemplateResult {
  const differing = rows.filter(({ differs }) => differs).length;
  const said = differing === 0 ? 'no difference' : `${differing} of ${rows.length} differ`;
  return html`<h3>${title} <span class="quiet">${said}</span></h3>
    <div class="table-frame limits" role="region" aria-label=${title} tabindex="0">
      <table class="compare">
        <thead>
          <tr>
            <th scope="col">${what}</th>
            <th scope="col" class=${align}>${left}</th>
            <th scope="col" class="sign"><span class="hidden-text">differs</span></th>
            <th scope="col" class=${align}>${right}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr class=${row.differs ? 'differs' : ''}>
                <th scope="row">${row.what}</th>
                <td class=${align}>${row.left}</td>
                <td class="sign">${row.differs ? '≠' : ''}</td>
                <td class=${align}>${row.right}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function pictures(input: CompareInput, { other, left, right }: CompareView): TemplateResult {
  const { machine, selection, select, width } = input;
  const beside = width >= SIDE_BY_SIDE;
  const each = beside ? Math.floor((width - GAP) / 2) : width;
  const io = selection.io ?? 0;
  return html`<h3>The selected I/O on both</h3>
    ${workloadList(machine.workload, selection, select)}
    <div class="compare-pictures ${beside ? 'beside' : ''}">
      ${picture(machine, io, left, each)} ${other ? picture(other, io, right, each) : nothing}
    </div>`;
}

function picture(machine: MachineView, io: number, title: string, width: number): TemplateResult {
  const recording = recordingOf(machine);
  const summary = machine.workload[io];
  const chain = recording && summary && summary.bio >= 0 && chainOf(recording, summary.bio, machine.map);
  const outcome = summary ? `${summary.ok ? '✓' : '✕'} ${summary.outcome}` : 'never reached';
  return html`<div>
    <h4>${title} <span class="quiet">${outcome}</span></h4>
    ${
      chain && chain.bytes > 0 && chain.columns.length > 0
        ? byteRibbons(chain, width)
        : html`<p class="sentence">No bio was made: ${summary?.because ?? 'the run ended before'}.</p>`
    }
  </div>`;
}

const SIGN: Readonly<Record<Mark, string>> = { same: '=', other: '≠', left: '◂', right: '▸' };
const SAID: Readonly<Record<Mark, string>> = {
  same: 'the same on both',
  other: 'on both, differently',
  left: 'on the left alone',
  right: 'on the right alone',
};

function pairTable({ unfolding }: CompareInput, compare: CompareView): TemplateResult {
  const { pairs, hidden, left, right } = compare;
  const differing = pairs.filter(({ mark }) => mark !== 'same').length;
  return unfold(
    'compare-events',
    `Step by step on both: ${differing} of ${pairs.length} steps differ`,
    unfolding,
    html`<table class="compare">
        <thead>
          <tr>
            <th scope="col">function</th>
            <th scope="col">device</th>
            <th scope="col">${left}</th>
            <th scope="col" class="sign"><span class="hidden-text">how they differ</span></th>
            <th scope="col">${right}</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.map(
            (pair) =>
              html`<tr class=${pair.mark === 'same' ? '' : 'differs'}>
                <td class="code">${pair.function}</td>
                <td class="code">${pair.device}</td>
                <td>${pair.left}</td>
                <td class="sign" title=${SAID[pair.mark]} aria-label=${SAID[pair.mark]}>
                  ${SIGN[pair.mark]}
                </td>
                <td>${pair.right}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${hidden > 0 ? html`<p class="caption">${hidden} more steps are not shown.</p>` : nothing}`,
  );
}
