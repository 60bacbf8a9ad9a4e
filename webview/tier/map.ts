import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/model/address';
import type { TierMapView } from '../../src/protocol/tier-view';
import { CELL, STEP, cellAt, describeCell, layoutCells, type Cell, type CellLayout } from './cells';

/** The map of what is cached, and the cell somebody looks at. */
export interface TierMapInput {
  readonly map: TierMapView;
  readonly width: number;
  readonly cursor: number;
  readonly setCursor: (cell: number) => void;
}

/** Blocks of the slow disk along its length: what is cached, what of it is dirty, what is hot. One path a state. */
export function tierMapPicture(input: TierMapInput): TemplateResult {
  const { map, width } = input;
  const layout = layoutCells(map, width);
  const { cells } = layout;
  if (cells.length === 0) return html`<p class="sentence">Nothing was in it yet.</p>`;
  const at = Math.min(input.cursor, cells.length - 1);
  const said = describeCell(cells[at]!, map);
  const press = (event: PointerEvent) => {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect();
    input.setCursor(cellAt(layout, event.clientX - left, event.clientY - top));
  };
  return html`<p class="sentence">${totals(map)}</p>
    <div
      class="tier-frame"
      role="slider"
      tabindex="0"
      aria-label="Tier map, a cell of ${formatBytes(map.cell)}"
      aria-valuemin="1"
      aria-valuemax=${cells.length}
      aria-valuenow=${at + 1}
      aria-valuetext=${said}
      @keydown=${(event: KeyboardEvent) => moveCursor(event, at, layout, input.setCursor)}
    >
      <svg
        class="tier-map"
        width=${layout.width}
        height=${layout.height}
        aria-hidden="true"
        @pointerdown=${press}
      >
        ${stripes('tier-map')} ${picture(layout, map)}
        <rect
          class="tier-cursor"
          x=${cells[at]!.x - 1}
          y=${cells[at]!.y - 1}
          width=${STEP}
          height=${STEP}
        ></rect>
      </svg>
    </div>
    <p class="tier-said" aria-hidden="true">${said}</p>
    ${legend(map)}`;
}

function totals({ cached, dirty, hot, block, size }: TierMapView): string {
  const bytes = (blocks: number) =>
    `${formatBytes(blocks * block)} (${blocks} ${blocks === 1 ? 'block' : 'blocks'})`;
  return `Of ${formatBytes(size)}, ${bytes(cached)} are in the cache, ${bytes(dirty)} of them dirty; ${hot === 0 ? 'none is' : `${hot} are`} hot.`;
}

function picture({ cells, labels, folds }: CellLayout, map: TierMapView): SVGTemplateResult {
  const perCell = map.cell / map.block;
  const part = (blocks: number) => (blocks === 0 ? 0 : Math.max((blocks / perCell) * CELL, 2));
  const paths = { ground: '', clean: '', dirty: '', hot: '' };
  for (const cell of cells) {
    const dirty = part(cell.dirty);
    const clean = Math.min(part(cell.cached - cell.dirty), CELL - dirty);
    paths.ground += box(cell, 0, CELL);
    if (clean > 0) paths.clean += box(cell, CELL - clean, clean);
    if (dirty > 0) paths.dirty += box(cell, CELL - clean - dirty, dirty);
    if (cell.asked >= map.hotFrom) paths.hot += `M${cell.x + 3} ${cell.y + 6}l3 -3l3 3l-3 3z`;
  }
  return svg`<path class="tier-ground" d=${paths.ground}></path>
    <path class="tier-clean" d=${paths.clean}></path>
    <path class="tier-dirty" fill="url(#tier-map-stripes)" d=${paths.dirty}></path>
    <path class="tier-hot" d=${paths.hot}></path>
    ${labels.map(({ x, y, text }) => svg`<text class="address" x=${x} y=${y}>${text}</text>`)}
    ${folds.map(({ x, y }) => svg`<text class="tier-fold" x=${x} y=${y + 3}>⋯</text>`)}`;
}

const box = ({ x, y }: Cell, from: number, height: number) => `M${x} ${y + from}h${CELL}v${height}h-${CELL}z`;

/** Dirty is striped, so that it is dirty without colour too. */
function stripes(id: string): SVGTemplateResult {
  return svg`<defs>
    <pattern id="${id}-stripes" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="hatch-ground" width="4" height="4"></rect><rect class="hatch-line" width="2" height="4"></rect>
    </pattern>
  </defs>`;
}

function legend(map: TierMapView): TemplateResult {
  const item = (text: string, drawn: SVGTemplateResult) =>
    html`<li><svg width="14" height="14" aria-hidden="true">${drawn}</svg>${text}</li>`;
  const cell = { x: 1, y: 1, start: 0, cached: 0, dirty: 0, asked: 0 };
  const ground = svg`<path class="tier-ground" d=${box(cell, 0, CELL)}></path>`;
  return html`<ul class="tier-legend">
    ${item('clean in the cache', svg`${ground}<path class="tier-clean" d=${box(cell, 0, CELL)}></path>`)}
    ${item('dirty: only the cache has it', svg`${stripes('tier-key')}${ground}<path class="tier-dirty" fill="url(#tier-key-stripes)" d=${box(cell, 0, CELL)}></path>`)}
    ${item('not in the cache', ground)}
    ${item(`hot: asked for ${map.hotFrom} times and more`, svg`${ground}<path class="tier-hot" d="M4 7l3 -3l3 3l-3 3z"></path>`)}
    <li><span class="tier-fold-key" aria-hidden="true">⋯</span>never touched</li>
  </ul>`;
}

function moveCursor(event: KeyboardEvent, at: number, layout: CellLayout, set: (cell: number) => void): void {
  const { cells } = layout;
  const cell = cells[at]!;
  const to = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: cellAt(layout, cell.x + CELL / 2, nextRow(cells, cell, 1) + CELL / 2),
    ArrowUp: cellAt(layout, cell.x + CELL / 2, nextRow(cells, cell, -1) + CELL / 2),
    Home: 0,
    End: cells.length - 1,
    PageDown: at + 16,
    PageUp: at - 16,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  set(Math.min(Math.max(to, 0), cells.length - 1));
}

/** Where the row above or below begins; the same one at either end. */
function nextRow(cells: readonly Cell[], { y }: Cell, by: 1 | -1): number {
  const rows = [...new Set(cells.map((cell) => cell.y))].filter((row) => (by > 0 ? row > y : row < y));
  return rows.length === 0 ? y : by > 0 ? Math.min(...rows) : Math.max(...rows);
}
