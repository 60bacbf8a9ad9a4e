import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { formatBytes, hex } from '../../src/model/address';
import type { RequestView } from '../../src/protocol/dma-view';
import { patterns } from '../memory-map/patterns';
import { unfold, type Unfolding } from '../unfold';

const ID = 'sg';
/** Entries of a page of the table, and px of one cell at most. */
const PER_PAGE = 128;
const CELL = 14;
const HEIGHT = 20;
const GAP = 14;

/** The scatterlist as it lies in memory: a row is a page of 128 entries, whose last may be a link to the next page. */
export function sgTable(request: RequestView, width: number, unfolding: Unfolding): TemplateResult {
  const { entries, chunks } = request;
  const widest = Math.max(...chunks.map(({ data, link }) => data + (link ? 1 : 0)));
  const cell = Math.min(CELL, Math.max((width - 8) / Math.min(widest, PER_PAGE), 3));
  const height = chunks.length * (HEIGHT + GAP);
  let first = 0;
  const rows = chunks.map((chunk, n) => {
    const row = chunkRow(request, chunk, first, n, cell);
    first += chunk.data;
    return row;
  });
  const pageless = entries.filter((entry) => entry.pageless).length;
  const said = `Scatterlist of ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} in ${chunks.length} ${chunks.length === 1 ? 'page' : 'pages'}`;
  return html`
    <svg class="sg-table" width=${widest * cell + 8} height=${height} role="img" aria-label=${said}>
      ${patterns(ID)} ${rows}
    </svg>
    <p class="caption">
      ${said}${pageless > 0 ? `, ${pageless} of them page-less` : ''}. The mark at the end is bit 1 of its
      page_link (the last
      entry)${chunks.length > 1 ? '; the arrow is an entry whose bit 0 makes it a link: it holds no data' : ''}.
    </p>
    ${unfold('sg-readings', `What this kernel's functions make of entry ${request.readEntry}`, unfolding, readings(request))}
    ${unfold('sg-entries', `Entries of the scatterlist: ${entries.length}`, unfolding, entryTable(request))}
  `;
}

function chunkRow(
  { entries }: RequestView,
  { data, link }: RequestView['chunks'][number],
  first: number,
  row: number,
  cell: number,
): SVGTemplateResult {
  const y = 2 + row * (HEIGHT + GAP);
  const cells = Array.from({ length: data }, (_, i) => {
    const pageless = entries[first + i]?.pageless === true;
    const fill = pageless ? `url(#${ID}-hatch)` : 'var(--paged)';
    return svg`<rect class="sg-cell" x=${2 + i * cell} y=${y} width=${Math.max(cell - 1, 1)} height=${HEIGHT - 4} fill=${fill}></rect>`;
  });
  const x = 2 + data * cell;
  const end = link
    ? svg`<rect class="sg-link" x=${x} y=${y} width=${Math.max(cell - 1, 2)} height=${HEIGHT - 4}></rect>
        <path class="sg-arrow" d="M ${x + cell / 2} ${y + HEIGHT - 4} v ${GAP / 2} H 4 v ${GAP / 2 + 1}"></path>`
    : svg`<path class="sg-end" d="M ${x - 1.5} ${y - 1} v ${HEIGHT - 2}"></path>`;
  return svg`${cells} ${end}`;
}

function readings({ readings: all }: RequestView): TemplateResult {
  return html`<table>
    <tbody>
      ${all.map(
        ({ call, gives }) =>
          html`<tr>
            <th scope="row" class="code">${call}</th>
            <td class="code">${gives}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function entryTable({ entries }: RequestView): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th scope="col" class="number">entry</th>
        <th scope="col">sg_phys()</th>
        <th scope="col" class="number">length</th>
        <th scope="col">struct page</th>
      </tr>
    </thead>
    <tbody>
      ${entries.map(
        ({ phys, length, pageless }, n) =>
          html`<tr>
            <td class="number">${n}</td>
            <td class="code">${hex(phys)}</td>
            <td class="number">${formatBytes(length)}</td>
            <td>${pageless ? 'none' : 'yes'}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
