import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { patterns } from '../memory-map/patterns';
import { moveFocus } from '../roving';
import { firstThatFits, fit } from '../text';
import type { Chain } from './chain';
import {
  ribbonPath,
  type ChainLayout,
  type PlacedBlock,
  type PlacedColumn,
  type PlacedCut,
  type Ribbon,
} from './layout';

const ID = 'chain';

/** What one picture needs. */
export interface RibbonsInput {
  readonly chain: Chain;
  /** px it may use. */
  readonly width: number;
  /** How many events have happened; what is later is drawn as an outline. Absent: all have. */
  readonly step?: number;
}

/** The byte ribbons of one I/O. Pointing at a byte, or focusing a block, lights the same bytes in every column. */
export function byteRibbons(chain: Chain, width: number, step?: number): TemplateResult {
  const input: RibbonsInput = { chain, width, ...(step === undefined ? {} : { step }) };
  return html`<bioscope-ribbons .input=${input}></bioscope-ribbons>`;
}

/** What is in sight of a picture that scrolls, px from its top. */
export interface Sight {
  readonly top: number;
  readonly bottom: number;
}

/** The picture itself, as far as it is in sight. */
export function ribbonsPicture(
  { chain, step = Infinity }: RibbonsInput,
  layout: ChainLayout,
  { top, bottom }: Sight,
): TemplateResult {
  const seen = ({ y, height }: { readonly y: number; readonly height: number }) =>
    y < bottom && y + height > top;
  const first = layout.columns.find((c) => c.blocks.length > 0)?.blocks.find(seen);
  return html`<svg
    class="ribbons"
    role="group"
    aria-label="Byte ribbons: ${chain.columns.map((c) => c.title).join(', then ')}"
    width=${layout.width}
    height=${layout.height}
    @keydown=${moveFocus}
    @mouseover=${light}
    @mouseleave=${unlight}
    @focusin=${light}
    @focusout=${unlight}
  >
    ${patterns(ID)}
    ${repeat(
      layout.ribbons.filter(
        ({ left, right, height }) =>
          Math.min(left.y, right.y) < bottom && Math.max(left.y, right.y) + height > top,
      ),
      (ribbon) => ribbon,
      (ribbon) => ribbonView(ribbon, ribbon.step > step),
    )}
    ${layout.columns.map((c) => titleView(c, layout))}
    ${repeat(
      layout.columns.flatMap((c) => c.blocks.filter(seen)),
      (block) => block,
      (block) => blockView(block, block === first, block.step > step),
    )}
    ${chain.columns.map((column, n) => (column.copied ? copyMark(layout, chain, n) : nothing))}
    ${layout.cuts.filter((cut) => seen(cut) || seen(cut.edge)).map((cut) => cutView(cut, cut.step > step))}
  </svg>`;
}

export function captionOf({ load, write }: Chain): string {
  if (load === 'flush') return 'An empty flush has no bytes: every block is drawn alike.';
  if (load === 'discard') return 'Height is bytes that are given up; none of them moves.';
  const flow = write ? 'Bytes flow to the right.' : 'A read: bytes flow to the left.';
  return `Height is bytes, one scale in all columns. ${flow}`;
}

const shorter = (title: string) =>
  title
    .replace(/^request segments, /, 'segments ')
    .replace(/^scatterlist of /, 'sg ')
    .replace(/^DMA address, /, 'DMA ');

function titleView(
  { title, x, titleY, blocks }: PlacedColumn,
  { columnWidth }: ChainLayout,
): SVGTemplateResult {
  if (blocks.length === 0) return svg``;
  const shown = fit(
    firstThatFits([title, shorter(title)], columnWidth, 6.6) || shorter(title),
    columnWidth,
    6.6,
  );
  const whole = shown === title ? nothing : svg`<title>${title}</title>`;
  return svg`<text class="column" x=${x} y=${titleY}>${whole}${shown}</text>`;
}

/** px a character of a label and of a detail. */
const LABEL = 7.2;
const DETAIL = 6.2;

/** px from one small line to the next, and what the first needs with the label above it. */
const LINE = 14;
const FIRST_LINE = 36;

function blockView(block: PlacedBlock, tabStop: boolean, later: boolean): SVGTemplateResult {
  const { x, y, width, height, tone } = block;
  const room = width - 16;
  const small = smallLines(block);
  const lines = small
    .slice(0, Math.max(Math.floor((height - FIRST_LINE) / LINE) + 1, 0))
    .map((line) => fit(line, room, DETAIL));
  const base = lines.length > 0 ? y + 18 : y + height / 2 + 4;
  const label = fit(block.label, room, LABEL);
  const said = [block.label, ...small, ...(later ? ['not yet'] : [])].join(', ');
  const fill = tone === 'pageless' ? `url(#${ID}-hatch)` : tone === 'refused' ? 'none' : `var(--${tone})`;
  const plate = Math.max(label.length * LABEL, ...lines.map((line) => line.length * DETAIL)) + 8;
  return svg`<g class="chain-block ${tone} ${later ? 'later' : ''}" data-item data-from=${block.from} data-to=${block.to}
    role="img" tabindex=${tabStop ? 0 : -1} aria-label="${said}, bytes ${block.from} to ${block.to}">
    <title>${said}</title>
    <rect class="body" x=${x} y=${y} width=${width} height=${Math.max(height, 1)} rx="2" fill=${fill}></rect>
    ${tone === 'bounce' || tone === 'translated' ? svg`<path class="notch" d="M ${x + width - 14} ${y} l 14 14 v -14 z"></path>` : nothing}
    ${tone === 'pageless' ? svg`<rect class="plate" x=${x + 4} y=${base - 13} width=${plate} height=${18 + lines.length * LINE} rx="2"></rect>` : nothing}
    <text class="name" x=${x + 8} y=${base}>${label}</text>
    ${lines.map((line, n) => svg`<text class="size" x=${x + 8} y=${base + 15 + n * LINE}>${line}</text>`)}
  </g>`;
}

function smallLines({ detail, note, step }: PlacedBlock): string[] {
  return [detail, ...(note === undefined ? [] : [note]), `step ${step}`];
}

function ribbonView(ribbon: Ribbon, later: boolean): SVGTemplateResult {
  return svg`<path class="ribbon ${ribbon.tone} ${ribbon.copy ? 'copy' : ''} ${later ? 'later' : ''}" d=${ribbonPath(ribbon)}
    data-from=${ribbon.from} data-to=${ribbon.to}></path>`;
}

/** A break in the ribbons into column `n`, with its name: the CPU moves these bytes, one by one. */
function copyMark(layout: ChainLayout, chain: Chain, n: number): SVGTemplateResult {
  const { x: right, blocks, titleY } = layout.columns[n]!;
  const source = layout.columns[chain.columns[n]!.source];
  if (blocks.length === 0 || !source) return svg``;
  const x = (source.x + layout.columnWidth + right) / 2;
  const top = blocks[0]!.y;
  const bottom = blocks.at(-1)!.y + blocks.at(-1)!.height;
  return svg`<g class="copy-mark" aria-hidden="true">
    <line x1=${x} y1=${top - 4} x2=${x} y2=${bottom + 4}></line>
    <text x=${x} y=${titleY} text-anchor="middle">${chain.write ? 'memcpy →' : '← memcpy'}</text>
  </g>`;
}

function cutView(
  { edge, x, y, width, height, lines, where, rule }: PlacedCut,
  later: boolean,
): SVGTemplateResult {
  return svg`<g class="cut ${later ? 'later' : ''}" role="group" aria-label="Refused by ${where}: ${rule}">
    <line x1=${edge.x + 5} y1=${edge.y} x2=${edge.x + 5} y2=${Math.max(edge.y + edge.height, y + height / 2)}></line>
    <rect x=${x} y=${y} width=${width} height=${height} rx="3"></rect>
    ${lines.map((line, i) => svg`<text class="rule" x=${x + 10} y=${y + 18 + i * 16}>${line}</text>`)}
    <text class="where" role="button" tabindex="0" data-kernel-name=${where} aria-label="Go to ${where}" x=${x + 10} y=${y + 18 + lines.length * 16}>${where}()</text>
  </g>`;
}

/** Marks everything that carries bytes of what is pointed at. Classes only: the picture is not drawn anew. */
function light(event: Event): void {
  const target = (event.target as Element).closest('[data-from]');
  const picture = event.currentTarget as SVGElement;
  if (!target) {
    unlightAll(picture);
    return;
  }
  const from = Number(target.getAttribute('data-from'));
  const to = Number(target.getAttribute('data-to'));
  picture.classList.add('lighting');
  for (const part of picture.querySelectorAll('[data-from]')) {
    const overlaps =
      Number(part.getAttribute('data-from')) < to && Number(part.getAttribute('data-to')) > from;
    part.classList.toggle('lit', overlaps);
  }
}

function unlight(event: Event): void {
  unlightAll(event.currentTarget as SVGElement);
}

function unlightAll(picture: SVGElement): void {
  picture.classList.remove('lighting');
  for (const part of picture.querySelectorAll('.lit')) part.classList.remove('lit');
}
