import type { DetailModel } from './model';
import type { Palette } from './palette';
import type { Span } from './zoom';

/** Everything one picture of the detail view is drawn with. px are CSS px. */
export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly model: DetailModel;
  readonly span: Span;
  readonly width: number;
  readonly height: number;
  /** px of the lanes' labels, left of the picture. */
  readonly gutter: number;
  /** True where pages are wide enough to be cells. */
  readonly cells: boolean;
  readonly cursor: number;
  readonly selected: number | undefined;
  /** Where a page begins, px. */
  readonly xOf: (page: number) => number;
}

/** A page at least this wide is a cell, px. */
export const CELL = 6;

interface Label {
  /** The first of several wordings that fits; the last one is cut. */
  readonly text: string | readonly string[];
  readonly x: number;
  /** Its middle. */
  readonly y: number;
  readonly room: number;
  readonly bold?: boolean;
  readonly code?: boolean;
  /** Ground behind it, where a pattern would make it hard to read. */
  readonly plate?: boolean;
}

/** Text in the current fill colour, cut to its room; nothing where not even three letters fit. */
export function label({ context, palette }: Brush, { text, x, y, room, bold, code, plate }: Label): void {
  context.font = code ? `10.5px ${palette.codeFont}` : `${bold ? '600 12px' : '11px'} ${palette.uiFont}`;
  context.textBaseline = 'middle';
  const cut = fitted(context, typeof text === 'string' ? [text] : text, room, code);
  if (cut === '') return;
  if (plate) {
    const colour = context.fillStyle;
    context.globalAlpha = 0.88;
    context.fillStyle = palette.ink.ground;
    context.fillRect(x - 4, y - 9, context.measureText(cut).width + 8, 18);
    context.globalAlpha = 1;
    context.fillStyle = colour;
  }
  context.fillText(cut, x, y);
}

function fitted(
  context: CanvasRenderingContext2D,
  wordings: readonly string[],
  room: number,
  whole?: boolean,
): string {
  const fits = wordings.find((text) => context.measureText(text).width <= room);
  if (fits !== undefined) return fits;
  const last = wordings.at(-1) ?? '';
  const letters = Math.floor((room / context.measureText(last).width) * last.length) - 1;
  // A number cut short reads like another number.
  return whole || letters < 3 ? '' : `${last.slice(0, letters)}…`;
}
