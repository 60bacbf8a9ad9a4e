import { groupedHex } from '../../../src/model/address';
import type { MapExtent } from '../../../src/protocol/view-state';
import { drawCells } from './draw-cells';
import { drawNamespaces, drawNotes, drawSections, drawStates, drawSwiotlb, drawZones } from './draw-facts';
import { label, type Brush } from './brush';
import { eachExtent, fillExtent, isMemory } from './extents';
import type { Lane, LaneName } from './lanes';
import { ticks } from './ruler';

/** Draws every lane of what a brush shows. */
export function draw(brush: Brush, lanes: readonly Lane[]): void {
  const { context, palette, width, height, gutter } = brush;
  context.fillStyle = palette.ink.ground;
  context.fillRect(0, 0, width, height);
  for (const lane of lanes) {
    context.font = `11px ${palette.uiFont}`;
    context.fillStyle = palette.ink.quiet;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillText(lane.label, 0, lane.y + lane.height / 2, gutter - 8);
    context.save();
    context.beginPath();
    context.rect(gutter, lane.y - 2, width - gutter, lane.height + 4);
    context.clip();
    LANE[lane.name](brush, lane);
    context.restore();
  }
  drawCursor(brush);
}

const LANE: Readonly<Record<LaneName, (brush: Brush, lane: Lane) => void>> = {
  ruler,
  zones: drawZones,
  physical: (brush, lane) => (brush.cells ? drawCells(brush, lane, 'physical') : physical(brush, lane)),
  memmap: (brush, lane) => (brush.cells ? drawCells(brush, lane, 'memmap') : memmap(brush, lane)),
  sections: drawSections,
  namespaces: drawNamespaces,
  swiotlb: drawSwiotlb,
  marks: drawNotes,
  bio: (brush, lane) => drawStates(brush, lane, 'bio', 'bio'),
  kmap: (brush, lane) => drawStates(brush, lane, 'kmap', 'kmap'),
  userPte: (brush, lane) => drawStates(brush, lane, 'userPte', 'user-pte'),
};

function ruler(brush: Brush, { y, height }: Lane): void {
  const { context, palette, span, width, gutter, xOf } = brush;
  for (const page of ticks(span, width - gutter, 110)) {
    const x = Math.round(xOf(page));
    context.fillStyle = palette.ink.line;
    context.fillRect(x, y, 1, height + 2);
    context.fillStyle = palette.ink.quiet;
    const text = groupedHex(page * 4096);
    label(brush, { text, x: x + 4, y: y + height / 2, room: width - x - 4, code: true });
  }
}

function physical(brush: Brush, { y, height }: Lane): void {
  const { context, palette } = brush;
  eachExtent(brush, (extent, x, width) => {
    fillExtent(brush, extent, x, y, width, height);
    if (width < 40) return;
    const solid = extent.page !== 'none' && isMemory(extent);
    context.fillStyle = solid ? palette.ink['on-paged'] : palette.ink.text;
    const plate = !solid;
    label(brush, { text: names(extent), x: x + 8, y: y + 18, room: width - 16, bold: true, plate });
    context.fillStyle = solid ? palette.ink['on-paged'] : palette.ink.quiet;
    label(brush, {
      text: groupedHex(extent.start),
      x: x + 8,
      y: y + 36,
      room: width - 16,
      code: true,
      plate,
    });
  });
}

/** Memory that is too narrow for its name says what it is. */
function names({ kind, name }: MapExtent): string[] {
  if (kind === 'ram') return [name, 'RAM'];
  return kind === 'pmem' ? [name, 'pmem'] : [name];
}

function memmap(brush: Brush, { y, height }: Lane): void {
  const { context, palette } = brush;
  eachExtent(brush, (extent, x, width) => {
    if (extent.page === 'none') {
      context.strokeStyle = isMemory(extent) ? palette.ink.pageless : palette.ink.line;
      context.setLineDash(isMemory(extent) ? [4, 3] : []);
      if (width > 3) context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
      context.setLineDash([]);
      context.fillStyle = palette.ink.text;
      if (isMemory(extent))
        label(brush, { text: ['no struct page', 'none'], x: x + 8, y: y + height / 2, room: width - 16 });
      return;
    }
    context.fillStyle = extent.page === 'section' ? palette.ink.other : palette.ink.paged;
    // Bars, as in the map above; narrower ones would be a grey.
    if (width < 6) context.fillRect(x, y, width, height);
    else
      for (let bar = x; bar < x + width; bar += 6)
        context.fillRect(bar, y, Math.min(4.5, x + width - bar), height);
  });
}

/** The page that keys act on: a line through all lanes, or the outline of its cell. */
function drawCursor({
  context,
  palette,
  cells,
  cursor,
  selected,
  xOf,
  gutter,
  width,
  height,
  span,
}: Brush): void {
  const perPage = (width - gutter) / span.pages;
  const outline = (page: number, colour: string, inset: number) => {
    const x = xOf(page);
    if (x + perPage < gutter || x > width) return;
    context.strokeStyle = colour;
    context.fillStyle = colour;
    if (cells) {
      context.lineWidth = 2;
      context.strokeRect(x + inset, 16 + inset, perPage - 2 * inset, height - 18 - 2 * inset);
      context.lineWidth = 1;
    } else {
      context.fillRect(Math.round(x), 16, 1, height - 16);
      context.beginPath();
      context.moveTo(x - 5, 12);
      context.lineTo(x + 6, 12);
      context.lineTo(x + 0.5, 19);
      context.fill();
    }
  };
  if (selected !== undefined) outline(selected, palette.ink.text, 0);
  outline(cursor, palette.ink.focus, 1);
}
