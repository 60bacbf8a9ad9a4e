import type { Brush } from './brush';
import { draw } from './draw';
import type { Lane } from './lanes';
import { readPalette, type Palette } from './palette';

type Scene = Pick<Brush, 'model' | 'span' | 'gutter' | 'cells' | 'cursor' | 'selected'>;

/** Puts pictures onto a canvas, at the screen's resolution and in the theme's colours. */
export class Painter {
  private palette: Palette | undefined;
  private ratio = 0;

  /** The next picture looks the theme up again. */
  forgetTheme(): void {
    this.palette = undefined;
  }

  paint(canvas: HTMLCanvasElement, inks: Element, lanes: readonly Lane[], scene: Scene): void {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting a size clears the canvas, even to the size it has.
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across;
      canvas.height = down;
    }
    if (ratio !== this.ratio) this.forgetTheme();
    this.ratio = ratio;
    this.palette ??= readPalette(inks, context, ratio);
    const { span, gutter } = scene;
    const perPage = (width - gutter) / span.pages;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const xOf = (page: number) => gutter + (page - span.from) * perPage;
    draw({ ...scene, context, palette: this.palette, width, height, xOf }, lanes);
  }
}
