/** The colours a canvas cannot look up by itself; the style sheet gives each to an element `.ink-<name>`. */
export const INKS = [
  'text',
  'quiet',
  'ground',
  'line',
  'paged',
  'on-paged',
  'pageless',
  'other',
  'dots',
  'bio',
  'kmap',
  'swiotlb',
  'user-pte',
  'focus',
  'mark-blue',
  'mark-green',
  'mark-yellow',
  'mark-orange',
  'mark-red',
  'mark-purple',
] as const;
export type Ink = (typeof INKS)[number];

/** What is drawn with: the theme's colours and fonts, and the patterns that say the same without colour. */
export interface Palette {
  readonly ink: Readonly<Record<Ink, string>>;
  readonly hatch: CanvasPattern;
  readonly dots: CanvasPattern;
  readonly uiFont: string;
  readonly codeFont: string;
}

/** Reads the theme through hidden elements, one an ink: the browser resolves variables and mixes there. */
export function readPalette(inks: Element, context: CanvasRenderingContext2D, ratio: number): Palette {
  const style = (name: string) => getComputedStyle(inks.querySelector(`.ink-${name}`)!);
  const ink = Object.fromEntries(INKS.map((name) => [name, style(name).color])) as Record<Ink, string>;
  return {
    ink,
    hatch: pattern(context, ratio, 8, (tile) => {
      fill(tile, ink.ground, 1, 8);
      fill(tile, ink.pageless, 0.14, 8);
      tile.strokeStyle = ink.pageless;
      tile.lineWidth = 1.8;
      tile.beginPath();
      for (const x of [-8, 0, 8]) {
        tile.moveTo(x - 1, 9);
        tile.lineTo(x + 9, -1);
      }
      tile.stroke();
    }),
    dots: pattern(context, ratio, 6, (tile) => {
      fill(tile, ink.ground, 1, 6);
      fill(tile, ink.other, 0.1, 6);
      tile.fillStyle = ink.dots;
      tile.beginPath();
      tile.arc(2, 2, 0.9, 0, 2 * Math.PI);
      tile.fill();
    }),
    uiFont: style('text').fontFamily,
    codeFont: style('quiet').fontFamily,
  };
}

function fill(tile: CanvasRenderingContext2D, colour: string, alpha: number, size: number): void {
  tile.globalAlpha = alpha;
  tile.fillStyle = colour;
  tile.fillRect(0, 0, size, size);
  tile.globalAlpha = 1;
}

/** A tile of `size` CSS px, drawn at the screen's resolution. */
function pattern(
  context: CanvasRenderingContext2D,
  ratio: number,
  size: number,
  draw: (tile: CanvasRenderingContext2D) => void,
): CanvasPattern {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.round(size * ratio);
  const tile = canvas.getContext('2d')!;
  tile.scale(canvas.width / size, canvas.height / size);
  draw(tile);
  const made = context.createPattern(canvas, 'repeat')!;
  made.setTransform(new DOMMatrix().scale(size / canvas.width));
  return made;
}
