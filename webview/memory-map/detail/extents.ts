import type { MapExtent } from '../../../src/protocol/map-view';
import type { Brush } from './brush';

/** Visits the extents in view with where they are, px. Those narrower than a pixel are one pixel. */
export function eachExtent(brush: Brush, visit: (extent: MapExtent, x: number, width: number) => void): void {
  const { model, span, xOf } = brush;
  const { extents } = model.view;
  const end = (span.from + span.pages) * 4096;
  for (let i = Math.max(model.indexAt(span.from * 4096), 0); i < extents.length; i++) {
    const extent = extents[i]!;
    if (extent.start >= end) break;
    const x = Math.max(xOf(extent.start / 4096), brush.gutter - 2);
    const right = Math.min(xOf(extent.end / 4096), brush.width + 2);
    visit(extent, x, Math.max(right - x, 1));
  }
}

/** Solid for memory with struct pages, hatched for memory without, dots for the rest. */
export function fillExtent(
  { context, palette }: Brush,
  extent: MapExtent,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const memory = isMemory(extent);
  const pageless = extent.page === 'none';
  context.fillStyle = !memory ? palette.dots : pageless ? palette.hatch : palette.ink.paged;
  context.fillRect(x, y, width, height);
  if (width < 4) return;
  context.lineWidth = extent.kind === 'pmem' && !pageless ? 2 : 1;
  context.setLineDash(extent.kind === 'pmem' && !pageless ? [4, 3] : []);
  context.strokeStyle = extent.kind === 'pmem' ? palette.ink.pageless : palette.ink.line;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  context.lineWidth = 1;
  context.setLineDash([]);
}

export function isMemory({ kind }: MapExtent): boolean {
  return kind === 'ram' || kind === 'pmem' || kind === 'soft-reserved';
}
