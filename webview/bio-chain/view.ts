import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { patterns } from '../memory-map/patterns';
import { moveFocus } from '../roving';
import { fit } from '../text';
import type { Chain, Cut } from './chain';
import { layoutChain, ribbonPath, type ChainLayout, type PlacedBlock, type Ribbon } from './layout';

const ID = 'chain';

/** The byte ribbons of one I/O. Pointing at a byte, or focusing a block, lights the same bytes in every column. */
export function byteRibbons(chain: Chain, width: number): TemplateResult {
  const layout = layoutChain(chain, width);
  const first = layout.columns.find((c) => c.blocks.length > 0)?.blocks[0];
  return html`
    <div class="ribbon-frame">
      <svg
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
        ${layout.columns.map((c) => svg`<text class="column" x=${c.x} y="14">${c.title}</text>`)}
        ${layout.ribbons.map(ribbonView)}
        ${layout.columns.flatMap((c) => c.blocks.map((b) => blockView(b, b === first)))}
        ${chain.columns.map((column, n) => (column.copied ? copyMark(layout, chain, n) : nothing))}
        ${chain.cuts.map((cut) => cutView(cut, layout))}
      </svg>
    </div>
    <p class="caption">
      Height is bytes, one scale in all columns.
      ${chain.write ? 'Bytes flow to the right.' : 'A read: bytes flow to the left.'}
    </p>
  `;
}

function blockView(block: PlacedBlock, tabStop: boolean): SVGTemplateResult {
  const { x, y, width, height } = block;
  const room = width - 16;
  const twoLines = height >= 32;
  const middle = twoLines ? y + 18 : y + height / 2 + 4;
  const label = fit(block.label, room, 7.2);
  const fill =
    block.tone === 'pageless'
      ? `url(#${ID}-hatch)`
      : block.tone === 'refused'
        ? 'none'
        : `var(--${block.tone})`;
  return svg`<g class="chain-block ${block.tone}" data-item data-from=${block.from} data-to=${block.to}
    role="img" tabindex=${tabStop ? 0 : -1} aria-label="${block.label}, ${block.detail}, bytes ${block.from} to ${block.to}">
    <title>${block.label}, ${block.detail}</title>
    <rect class="body" x=${x} y=${y} width=${width} height=${Math.max(height, 1)} rx="2" fill=${fill}></rect>
    ${block.tone === 'pageless' ? svg`<rect class="plate" x=${x + 4} y=${middle - 13} width=${Math.max(label.length * 7.2, fit(block.detail, room, 6.2).length * 6.2) + 8} height=${twoLines ? 34 : 17} rx="2"></rect>` : nothing}
    <text class="name" x=${x + 8} y=${middle}>${label}</text>
    ${twoLines ? svg`<text class="size" x=${x + 8} y=${middle + 15}>${fit(block.detail, room, 6.2)}</text>` : nothing}
  </g>`;
}

function ribbonView(ribbon: Ribbon): SVGTemplateResult {
  return svg`<path class="ribbon ${ribbon.tone} ${ribbon.copy ? 'copy' : ''}" d=${ribbonPath(ribbon)}
    data-from=${ribbon.from} data-to=${ribbon.to}></path>`;
}

/** A break in the ribbons into column `n`, with its name: the CPU moves these bytes, one by one. */
function copyMark(layout: ChainLayout, chain: Chain, n: number): SVGTemplateResult {
  const { x: right, blocks } = layout.columns[n]!;
  if (blocks.length === 0) return svg``;
  const x = (layout.columns[n - 1]!.x + layout.columnWidth + right) / 2;
  const top = blocks[0]!.y;
  const bottom = blocks.at(-1)!.y + blocks.at(-1)!.height;
  return svg`<g class="copy-mark" aria-hidden="true">
    <line x1=${x} y1=${top - 4} x2=${x} y2=${bottom + 4}></line>
    <text x=${x} y="14" text-anchor="middle">${chain.write ? 'memcpy →' : '← memcpy'}</text>
  </g>`;
}

function cutView(cut: Cut, layout: ChainLayout): SVGTemplateResult {
  const from = layout.columns[cut.after]!.x + layout.columnWidth;
  const source = layout.columns[cut.after]!.blocks.find((b) => b.from <= cut.from && b.to > cut.from);
  const y = (source ? source.y + (cut.from - source.from) * layout.scale : 30) + 4;
  const x = from + 14;
  const room = layout.width - x - 4;
  const lines = wrap(cut.rule, Math.floor((room - 20) / 6.6));
  const width = Math.min(room, Math.max(...lines.map((l) => l.length), cut.where.length + 2) * 6.7 + 20);
  return svg`<g class="cut" role="img" aria-label="Refused by ${cut.where}: ${cut.rule}">
    <line x1=${from + 5} y1=${y - 4} x2=${from + 5} y2=${y + Math.max((cut.to - cut.from) * layout.scale - 8, 30)}></line>
    <rect x=${x} y=${y} width=${width} height=${lines.length * 16 + 28} rx="3"></rect>
    ${lines.map((line, i) => svg`<text class="rule" x=${x + 10} y=${y + 18 + i * 16}>${line}</text>`)}
    <text class="where" x=${x + 10} y=${y + 18 + lines.length * 16}>${cut.where}()</text>
  </g>`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > Math.max(columns, 12)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
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
