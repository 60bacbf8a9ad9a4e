import { FRAME_FLAGS, type FrameFlag } from '../../../src/model/frames';
import { label, type Brush } from './brush';
import { eachExtent } from './extents';
import type { Lane } from './lanes';
import type { Ink } from './palette';

/** Where bytes [start, end) are, px; at least `least` wide. `undefined` when they are out of view. */
function place(
  { xOf, gutter, width }: Brush,
  range: { readonly start: number; readonly end: number },
  least = 1,
): { x: number; room: number } | undefined {
  const left = xOf(range.start / 4096);
  const right = Math.max(xOf(range.end / 4096), left + least);
  if (right < gutter || left > width) return undefined;
  const x = Math.max(left, gutter - 2);
  return { x, room: Math.min(right, width + 2) - x };
}

/** A box with its name: zones and namespaces. */
function box(
  brush: Brush,
  { y, height }: Lane,
  range: { start: number; end: number },
  name: string | readonly string[],
  dashed: boolean,
) {
  const at = place(brush, range, 2);
  if (!at) return;
  const { context, palette } = brush;
  context.strokeStyle = palette.ink.quiet;
  context.setLineDash(dashed ? [2, 2] : []);
  context.strokeRect(at.x + 0.5, y + 0.5, Math.max(at.room - 1, 1), height - 1);
  context.setLineDash([]);
  context.fillStyle = palette.ink.text;
  label(brush, { text: name, x: at.x + 6, y: y + height / 2, room: at.room - 12 });
}

export function drawZones(brush: Brush, lane: Lane): void {
  for (const zone of brush.model.view.zones)
    box(brush, lane, zone, zone.assumed ? [`${zone.name} (assumed)`, zone.name] : zone.name, zone.assumed);
}

export function drawNamespaces(brush: Brush, lane: Lane): void {
  for (const { name, mode, map, at } of brush.model.view.namespaces) {
    const full = `${name} · ${mode}${map === 'none' ? '' : `, map=${map}`}`;
    if (at) box(brush, lane, at, [full, name], false);
  }
}

/** Each section that has a memmap is filled; borders show while they are apart. */
export function drawSections(brush: Brush, { y, height }: Lane): void {
  const { context, palette, model, span, gutter, width, xOf } = brush;
  const pages = model.view.sectionSize / 4096;
  const perSection = ((width - gutter) * pages) / span.pages;
  eachExtent(brush, (extent, x, room) => {
    if (extent.page !== 'memmap' && extent.page !== 'section') return;
    context.fillStyle = extent.page === 'memmap' ? palette.ink.paged : palette.ink.other;
    context.globalAlpha = 0.55;
    context.fillRect(x, y, room, height);
    context.globalAlpha = 1;
  });
  if (perSection < 5) return;
  for (let n = Math.floor(span.from / pages); n * pages <= span.from + span.pages; n++) {
    const x = Math.round(xOf(n * pages));
    context.fillStyle = palette.ink.quiet;
    context.fillRect(x, y - 1, 1, height + 2);
    context.fillStyle = palette.ink.text;
    const text = perSection >= 72 ? `section ${n}` : String(n);
    const left = Math.max(x, gutter) + 4;
    if (perSection >= 26)
      label(brush, { text, x: left, y: y + height / 2, room: perSection - 6, plate: true });
  }
}

/** Solid with a notch: what is bounced goes through here. */
export function drawSwiotlb(brush: Brush, { y, height }: Lane): void {
  const { swiotlb } = brush.model.view;
  const at = swiotlb && place(brush, swiotlb, 3);
  if (!at) return;
  const { context, palette } = brush;
  context.fillStyle = palette.ink.swiotlb;
  context.fillRect(at.x, y, at.room, height);
  if (at.room < 12) return;
  context.fillStyle = palette.ink.ground;
  context.beginPath();
  context.moveTo(at.x + at.room / 2 - 5, y);
  context.lineTo(at.x + at.room / 2 + 5, y);
  context.lineTo(at.x + at.room / 2, y + 5);
  context.fill();
}

/** Notes people made: a flag pole at the first byte, a line over all of them, and the words. */
export function drawNotes(brush: Brush, { y, height }: Lane): void {
  const { context, palette, model } = brush;
  for (const mark of model.view.marks) {
    const at = place(brush, mark, 3);
    if (!at) continue;
    const ink: Ink = `mark-${mark.colour ?? 'yellow'}`;
    context.fillStyle = palette.ink[ink];
    context.fillRect(at.x, y, 3, height);
    context.fillRect(at.x, y, at.room, 3);
    context.fillStyle = palette.ink.text;
    label(brush, { text: mark.text, x: at.x + 7, y: y + height / 2 + 2, room: Math.max(at.room - 8, 160) });
  }
}

/** How much of what a pixel covers is in a state: the height of its bar. What is rare is still seen: 5 px high, 2 wide. */
export function drawStates(brush: Brush, { y, height }: Lane, flag: FrameFlag, ink: Ink): void {
  const { context, palette, model, span, gutter, width, cells, xOf } = brush;
  const bit = FRAME_FLAGS[flag];
  context.fillStyle = palette.ink.line;
  context.fillRect(gutter, y + height, width - gutter, 1);
  context.fillStyle = palette.ink[ink];
  const perPixel = span.pages / (width - gutter);
  if (cells || perPixel < 1) {
    for (const run of model.frames.runs(Math.floor(span.from), Math.ceil(span.from + span.pages))) {
      if ((run.flags & bit) === 0) continue;
      const x = xOf(run.start);
      context.fillRect(x, y, Math.max(xOf(run.start + run.count) - x, 1), height);
    }
  } else {
    for (let x = 0; x < width - gutter; x++) {
      const from = Math.floor(span.from + x * perPixel);
      const to = Math.floor(span.from + (x + 1) * perPixel);
      const share = model.frames.count(from, to, bit) / Math.max(to - from, 1);
      if (share === 0) continue;
      const bar = Math.max(share * height, 5);
      context.fillRect(gutter + x, y + height - bar, 2, bar);
    }
  }
  if (flag === 'bio') bioNumbers(brush, y + height / 2);
  if (flag === 'kmap') windowOwners(brush, y + height / 2);
}

/** The number of a bio, right of each run of pages it points at. */
function bioNumbers(brush: Brush, y: number): void {
  const { context, palette, model, cells, span, xOf } = brush;
  if (!cells) return;
  const vectors = [...model.vectorsIn(Math.floor(span.from), Math.ceil(span.from + span.pages))];
  vectors.forEach(({ bio, pfn }, i) => {
    const next = vectors[i + 1];
    if (next && next.pfn <= pfn + 1) return;
    context.fillStyle = palette.ink.text;
    label(brush, { text: `bio ${bio}`, x: xOf(pfn + 1) + 4, y, room: 60 });
  });
}

function windowOwners(brush: Brush, y: number): void {
  const { context, palette, model, cells } = brush;
  if (!cells) return;
  for (const window of model.view.windows ?? []) {
    const at = place(brush, window);
    if (!at) continue;
    context.fillStyle = palette.ink.text;
    label(brush, { text: window.by, x: at.x + 4, y, room: Math.max(at.room, 160), plate: true });
  }
}
