import { html, nothing, type TemplateResult } from 'lit';
import { rowAt, stepBeside } from '../../src/model/compare';
import type { CompareView } from '../../src/protocol/compare-view';
import type { MachineView, Selection } from '../../src/protocol/view-state';
import { chainOf } from '../bio-chain/chain';
import { byteRibbons } from '../bio-chain/view';
import { kernelName } from '../kernel-name';
import { recordingOf } from '../recording';
import { moveFocus } from '../roving';
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
  /** The moment of this machine; the other is shown at the one that stands beside it. */
  readonly step: number;
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
    ${rowTable('Counts of the whole run', 'count', counts, compare, 'number')}
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

function pictures(input: CompareInput, { other, left, right, pairs, hidden }: CompareView): TemplateResult {
  const { machine, selection, select, width, step } = input;
  const beside = width >= SIDE_BY_SIDE;
  const each = beside ? Math.floor((width - GAP) / 2) : width;
  const io = selection.io ?? 0;
  const lengths = { left: machine.events, right: other?.events ?? 0 };
  // Rows that were not sent would have said it.
  const beyond = hidden > 0 && step < lengths.left && rowAt(pairs, step) === rowAt(pairs, Infinity);
  const its = beyond ? undefined : stepBeside(pairs, step, lengths);
  return html`<h3>The selected I/O on both</h3>
    ${workloadList(machine.workload, selection, select)}
    <p class="caption">${momentSaid(step, its, lengths)}</p>
    <div class="compare-pictures ${beside ? 'beside' : ''}">
      ${picture(machine, io, left, each, step)}
      ${other ? picture(other, io, right, each, its ?? lengths.right) : nothing}
    </div>`;
}

function momentSaid(
  step: number,
  its: number | undefined,
  lengths: { readonly left: number; readonly right: number },
): string {
  if (step >= lengths.left) return 'Both at the end of their runs.';
  const mine = `Left: after step ${step} of ${lengths.left}.`;
  return its === undefined
    ? `${mine} Right: the whole run, for no row says which moment this is there.`
    : `${mine} Right: after step ${its} of ${lengths.right}, when it has done what stands beside it below.`;
}

function picture(
  machine: MachineView,
  io: number,
  title: string,
  width: number,
  step: number,
): TemplateResult {
  const recording = recordingOf(machine);
  const summary = machine.workload[io];
  const chain = recording && summary && summary.bio >= 0 && chainOf(recording, summary.bio, machine.map);
  const outcome = summary ? `${summary.ok ? '✓' : '✕'} ${summary.outcome}` : 'never reached';
  return html`<div>
    <h4>${title} <span class="quiet">${outcome}</span></h4>
    ${
      chain && chain.bytes > 0 && chain.columns.length > 0
        ? byteRibbons(chain, width, step)
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

function pairTable({ unfolding, step, machine }: CompareInput, compare: CompareView): TemplateResult {
  const { pairs, hidden, left, right } = compare;
  const differ = (rows: CompareView['pairs']) => rows.filter(({ mark }) => mark !== 'same').length;
  const now = step >= machine.events ? pairs.length - 1 : rowAt(pairs, step);
  const soFar = now + 1 < pairs.length ? `, ${differ(pairs.slice(0, now + 1))} of ${now + 1} so far` : '';
  return unfold(
    'compare-events',
    `Step by step on both: ${differ(pairs)} of ${pairs.length} steps differ${soFar}`,
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
        <tbody @keydown=${moveFocus}>
          ${pairs.map((pair, n) => {
            const { mark } = pair;
            const classes = `${mark === 'same' ? '' : 'differs'} ${n > now ? 'later' : ''} ${n === now ? 'now' : ''}`;
            return html`<tr class=${classes} aria-current=${n === now ? 'step' : nothing}>
              <td class="code">${kernelName(pair.function, n === 0)}</td>
              <td class="code">${pair.device}</td>
              <td>${pair.left}</td>
              <td class="sign" title=${SAID[mark]} aria-label=${SAID[mark]}>${SIGN[mark]}</td>
              <td>${pair.right}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${hidden > 0 ? html`<p class="caption">${hidden} more steps are not shown.</p>` : nothing}`,
  );
}
