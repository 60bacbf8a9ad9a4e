import { FRAME_FLAGS } from '../../../src/model/frames';
import type { Brush } from './brush';
import { fillExtent, isMemory } from './extents';
import type { Lane } from './lanes';

/** Pages one by one: what each is, who points at it, whether the CPU has it mapped. */
export function drawCells(brush: Brush, { y, height }: Lane, storey: 'physical' | 'memmap'): void {
  const { context, palette, model, span, width, gutter, xOf } = brush;
  const perPage = (width - gutter) / span.pages;
  const gap = perPage >= 12 ? 2 : 1;
  const last = Math.min(Math.ceil(span.from + span.pages), model.total);
  for (let pfn = Math.max(Math.floor(span.from), 0); pfn < last; pfn++) {
    const extent = model.extentAt(pfn * 4096);
    if (!extent) continue;
    const x = xOf(pfn) + gap / 2;
    const cell = perPage - gap;
    if (storey === 'memmap') {
      memmapCell(brush, extent.page, isMemory(extent), x, y, cell, height);
      continue;
    }
    const flags = model.frames.at(pfn);
    fillExtent(brush, extent, x, y, cell, height);
    if ((flags & FRAME_FLAGS.bio) !== 0) {
      context.fillStyle = palette.ink.ground;
      context.fillRect(x + 1, y + height - 9, cell - 2, 8);
      context.fillStyle = palette.ink.bio;
      context.fillRect(x + 2, y + height - 8, cell - 4, 6);
    }
    if ((flags & FRAME_FLAGS.kmap) !== 0) {
      context.strokeStyle = palette.ink.kmap;
      context.lineWidth = 2;
      context.strokeRect(x, y, cell, height);
      context.lineWidth = 1;
    }
    number(brush, pfn, x, y, cell, extent.page !== 'none' && isMemory(extent));
  }
}

/** The last digits of the pfn, as many as a cell holds; the ruler above has the rest. */
function number(
  { context, palette }: Brush,
  pfn: number,
  x: number,
  y: number,
  cell: number,
  solid: boolean,
): void {
  context.font = `${cell < 14 ? 9 : 10}px ${palette.codeFont}`;
  const digit = context.measureText('0').width;
  const digits = Math.min(Math.floor((cell + 0.5) / digit), 10);
  if (digits < 2) return;
  const text = pfn.toString(16).padStart(2, '0').slice(-digits);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  if (!solid) {
    context.globalAlpha = 0.88;
    context.fillStyle = palette.ink.ground;
    context.fillRect(x + cell / 2 - (text.length * digit) / 2 - 1, y + 5, text.length * digit + 2, 14);
    context.globalAlpha = 1;
  }
  context.fillStyle = solid ? palette.ink['on-paged'] : palette.ink.text;
  context.fillText(text, x + cell / 2, y + 12);
  context.textAlign = 'left';
}

function memmapCell(
  { context, palette }: Brush,
  page: string,
  memory: boolean,
  x: number,
  y: number,
  cell: number,
  height: number,
): void {
  if (page === 'none') {
    context.strokeStyle = memory ? palette.ink.pageless : palette.ink.line;
    context.setLineDash(memory ? [3, 2] : []);
    context.strokeRect(x + 0.5, y + 0.5, cell - 1, height - 1);
    context.setLineDash([]);
  } else {
    context.fillStyle = page === 'section' ? palette.ink.other : palette.ink.paged;
    context.fillRect(x, y, cell, height);
  }
}
