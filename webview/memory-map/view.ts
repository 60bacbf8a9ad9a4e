import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { formatBytes, groupedHex } from '../../src/model/address';
import type { MapView, Selection } from '../../src/protocol/view-state';
import { menuContext } from '../context';
import { moveFocus, pressOnKey } from '../roving';
import { fit, firstThatFits } from '../text';
import { layoutMap, xOf, type Block, type MapLayout, type MapMeasures } from './layout';
import { patterns } from './patterns';

export interface MapOptions {
  /** px the map may use. */
  readonly width: number;
  /** The side panel's small form: no addresses, smaller storeys. */
  readonly compact: boolean;
  readonly selection: Selection;
  readonly select: (selection: Selection) => void;
  /** The bytes a detail view under the map shows, and px it leaves to its labels. */
  readonly shown?: { readonly start: number; readonly end: number };
  readonly gutter?: number;
}

interface Storeys {
  readonly top: number;
  readonly upper: number;
  readonly lower: number;
  readonly between: number;
}

const WIDE: Omit<MapMeasures, 'width'> = { folded: 34, narrowest: 40, gap: 2 };
const NARROW: Omit<MapMeasures, 'width'> = { folded: 10, narrowest: 8, gap: 2 };

/** px of the funnel from the window in the map to the detail under it. */
const FUNNEL = 26;

/** The two-storey map: physical memory upstairs, the struct pages that describe it downstairs. */
export function memoryMap(view: MapView, options: MapOptions): TemplateResult {
  const { compact, width, shown } = options;
  const layout = layoutMap(view.extents, { ...(compact ? NARROW : WIDE), width });
  const storeys: Storeys = compact
    ? { top: 2, upper: 36, lower: 12, between: 4 }
    : { top: 20, upper: 76, lower: 24, between: 38 };
  const bottom = storeys.top + storeys.upper + storeys.between + storeys.lower + 3;
  return html`
    <div class="map-frame">
      <svg
        class="map ${compact ? 'compact' : ''}"
        role="group"
        aria-label="Memory map: physical memory above, its struct pages below"
        width=${layout.width}
        height=${bottom + (shown ? FUNNEL : 0)}
        @keydown=${moveFocus}
      >
        ${guard([view, width, options.selection.extent], () => storeysView(layout, options, storeys))}
        ${shown ? windowView(layout, shown, options, bottom) : nothing}
      </svg>
    </div>
    ${compact ? caption(layout) : nothing}
  `;
}

/** What the scales are. The explorer puts it under the detail view. */
export function mapCaption(view: MapView, width: number): TemplateResult {
  const { widened } = layoutMap(view.extents, { ...WIDE, width });
  const memory = widened ? 'memory to scale, except blocks too narrow to see' : 'memory to scale';
  return html`<p class="caption">
    Map: ${memory}; dotted blocks are folded (reserved, devices, ROM, holes). Detail: all to one scale.
  </p>`;
}

function caption({ widened }: MapLayout): TemplateResult {
  const scale = widened ? 'Memory is to scale, except blocks too narrow to see.' : 'Memory is to scale.';
  return html`<p class="caption">${scale} Dotted blocks are folded: reserved, devices, ROM, holes.</p>`;
}

function storeysView(layout: MapLayout, options: MapOptions, storeys: Storeys): SVGTemplateResult {
  const { compact } = options;
  const id = compact ? 'side' : 'map';
  const current = layout.blocks.findIndex((b) => isSelected(b, options.selection));
  return svg`
    ${patterns(id)}
    ${
      compact
        ? nothing
        : svg`<text class="storey" x="0" y="12">physical</text>
        <text class="storey" x="0" y=${storeys.top + storeys.upper + 32}>struct page (memmap)</text>`
    }
    ${layout.blocks.map((block, i) => blockView(block, i === Math.max(current, 0), options, storeys, id))}
    ${compact ? nothing : svg`<g class="labels" aria-hidden="true">${layout.blocks.map((block) => labels(block, storeys))}</g>`}
  `;
}

/** What of the map the detail shows, and the funnel that leads down to it. */
function windowView(
  layout: MapLayout,
  shown: { readonly start: number; readonly end: number },
  { width, gutter = 0 }: MapOptions,
  bottom: number,
): SVGTemplateResult {
  const left = xOf(layout, shown.start);
  const right = Math.max(xOf(layout, shown.end), left + 3);
  const points = [
    [left, bottom],
    [right, bottom],
    [width, bottom + FUNNEL],
    [gutter, bottom + FUNNEL],
  ];
  return svg`<g class="window" aria-hidden="true">
    <polygon points=${points.map((point) => point.join(',')).join(' ')}></polygon>
    <rect x=${left} y="16" width=${right - left} height=${bottom - 16} rx="2"></rect>
  </g>`;
}

function blockView(
  block: Block,
  tabStop: boolean,
  options: MapOptions,
  storeys: Storeys,
  id: string,
): SVGTemplateResult {
  const press = () => options.select({ extent: largest(block).start });
  const { top, upper, lower, between } = storeys;
  const below = top + upper + between;
  const selected = isSelected(block, options.selection);
  return svg`<g
    class="block ${block.kind} ${block.page === 'none' ? 'pageless' : 'paged'} ${selected ? 'selected' : ''}"
    role="button" data-item tabindex=${tabStop ? 0 : -1}
    data-vscode-context=${contextOf(block)}
    aria-label=${describe(block)} aria-pressed=${selected ? 'true' : 'false'}
    @click=${press} @keydown=${pressOnKey(press)}
  >
    <title>${describe(block)}</title>
    <rect class="upper" x=${block.x} y=${top} width=${block.width} height=${upper} rx="2" fill=${upperFill(block, id)}></rect>
    ${lowerRoom(block, below, lower, id)}
    <rect class="ring" x=${block.x - 1} y=${top - 1} width=${block.width + 2} height=${below + lower - top + 2} rx="3"></rect>
  </g>`;
}

function contextOf(block: Block): string {
  const { start } = largest(block);
  return menuContext({ webviewSection: 'extent', address: start, pfn: Math.floor(start / 4096) });
}

function upperFill(block: Block, id: string): string {
  if (block.kind === 'other') return `url(#${id}-dots)`;
  if (block.kind === 'pmem' && block.page === 'none') return `url(#${id}-hatch)`;
  return 'var(--paged)';
}

function lowerRoom(block: Block, y: number, height: number, id: string): SVGTemplateResult {
  const empty = block.page === 'none';
  const fill = empty ? 'none' : block.page === 'section' ? `url(#${id}-bars-muted)` : `url(#${id}-bars)`;
  return svg`<rect class="lower ${empty ? 'empty' : ''}" x=${block.x + 0.5} y=${y} width=${Math.max(block.width - 1, 1)}
    height=${height} rx="2" fill=${fill}></rect>`;
}

/** Narrower blocks have only their kind, and tell their name when they are pointed at, or selected. px. */
const LEAST_LABELLED = 72;

const KIND: Readonly<Record<Block['kind'], string>> = { ram: 'RAM', pmem: 'pmem', other: '' };

function labels(block: Block, storeys: Storeys): SVGTemplateResult {
  const { top, upper, lower, between } = storeys;
  const x = block.x + 8;
  const room = block.width - 16;
  const wide = block.width >= LEAST_LABELLED;
  const name = wide ? fit(block.name, room, 7.8) : firstThatFits([KIND[block.kind]], room, 7.8);
  const size = wide ? fit(formatBytes(block.end - block.start), room, 6.4) : '';
  const address = firstThatFits([groupedHex(block.start)], block.width, 6.6);
  const bytes = formatBytes(((block.end - block.start) / 4096) * 64);
  const saved = firstThatFits([`no struct page: ${bytes} saved`, 'no struct page', 'none'], room, 6.2);
  const solid = block.kind !== 'other' && block.page !== 'none' ? 'on-solid' : '';
  const hatched = block.kind === 'pmem' && block.page === 'none';
  return svg`
    ${hatched && name !== '' ? svg`<rect class="plate" x=${x - 4} y=${top + 6} width=${Math.max(name.length * 7.8, size.length * 6.4) + 8} height=${wide ? 36 : 20} rx="2"></rect>` : nothing}
    <text class="name ${solid}" x=${x} y=${top + 20}>${name}</text>
    <text class="size ${solid}" x=${x} y=${top + 35}>${size}</text>
    <text class="address" x=${block.x} y=${top + upper + 14}>${address}</text>
    ${
      hatched
        ? svg`<text class="saved" x=${block.x + block.width / 2} y=${top + upper + between + lower / 2 + 4}>${saved}</text>`
        : nothing
    }`;
}

const PAGES: Readonly<Record<Block['page'], string>> = {
  memmap: 'has struct pages',
  section: 'has struct pages, reserved',
  device: 'has struct pages (ZONE_DEVICE)',
  none: 'no struct page',
};

function describe(block: Block): string {
  const count = block.extents.length > 1 ? `, ${block.extents.length} ranges` : '';
  return `${block.name}, ${formatBytes(block.end - block.start)}, from ${groupedHex(block.start)}: ${PAGES[block.page]}${count}`;
}

function largest(block: Block) {
  return block.extents.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a));
}

function isSelected(block: Block, { extent }: Selection): boolean {
  return extent !== undefined && extent >= block.start && extent < block.end;
}
