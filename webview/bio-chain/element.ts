import { html, nothing, render, type TemplateResult } from 'lit';
import { layoutChain, type ChainLayout } from './layout';
import { captionOf, ribbonsPicture, type RibbonsInput, type Sight } from './view';

/** px beyond the edges that are drawn too, so that scrolling and the arrow keys find something there. */
const BEYOND = 300;

/** A picture with more blocks scrolls in a frame of its own, and only what is in sight is drawn. */
const MOST_AT_ONCE = 600;

const EVERYTHING: Sight = { top: -Infinity, bottom: Infinity };

/** The byte ribbons in their frame. Many small blocks can be made taller, up to where each can be read. */
export class RibbonsElement extends HTMLElement {
  private given: RibbonsInput | undefined;
  private layout: ChainLayout | undefined;
  private zoom = 1;
  private due = false;

  set input(input: RibbonsInput) {
    const { given } = this;
    if (given?.chain !== input.chain) this.zoom = 1;
    if (given?.chain !== input.chain || given.width !== input.width) this.layout = undefined;
    this.given = input;
    this.update();
  }

  private setZoom(zoom: number): void {
    const frame = this.querySelector('.ribbon-frame');
    const middle = frame ? (frame.scrollTop + frame.clientHeight / 2) / this.zoom : 0;
    this.zoom = zoom;
    this.layout = undefined;
    this.update();
    // What was in the middle stays there.
    if (frame) frame.scrollTop = middle * zoom - frame.clientHeight / 2;
    this.update();
  }

  /** At most one picture a frame, however much has changed. */
  private readonly schedule = (): void => {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.update();
    });
  };

  private update(): void {
    const { given } = this;
    if (!given) return;
    this.layout ??= layoutChain(given.chain, given.width, this.zoom);
    render(this.template(given, this.layout), this);
  }

  private template(input: RibbonsInput, layout: ChainLayout): TemplateResult {
    const blocks = layout.columns.reduce((sum, column) => sum + column.blocks.length, 0);
    const scrolls = blocks > MOST_AT_ONCE || this.zoom > 1;
    return html`
      ${layout.deeper > 0 || this.zoom > 1 ? this.zoomButtons(layout) : nothing}
      <div
        class="ribbon-frame ${scrolls ? 'scrolls' : ''}"
        role=${scrolls ? 'region' : nothing}
        aria-label=${scrolls ? 'Byte ribbons; scrolls' : nothing}
        tabindex=${scrolls ? 0 : nothing}
        @scroll=${scrolls ? this.schedule : nothing}
      >
        ${ribbonsPicture(input, layout, scrolls ? this.sight() : EVERYTHING)}
      </div>
      <p class="caption">${captionOf(input.chain)}</p>
    `;
  }

  private sight(): Sight {
    const { scrollTop = 0, clientHeight = innerHeight } = this.querySelector('.ribbon-frame') ?? {};
    return { top: scrollTop - BEYOND, bottom: scrollTop + Math.min(clientHeight, innerHeight) + BEYOND };
  }

  private zoomButtons({ deeper }: ChainLayout): TemplateResult {
    const button = (text: string, label: string, zoom: number, off: boolean) =>
      html`<button
        type="button"
        class="tool"
        aria-label=${label}
        title=${label}
        aria-disabled=${off ? 'true' : 'false'}
        @click=${() => (off ? undefined : this.setZoom(zoom))}
      >
        ${text}
      </button>`;
    return html`<div class="zoom ribbon-zoom" role="group" aria-label="Height of the ribbons">
      ${button('−', 'Half as tall', this.zoom / 2, this.zoom === 1)}
      ${button('+', 'Twice as tall', this.zoom * 2, deeper === 0)}
      ${button('Readable', 'Readable: so tall that each block can be read', this.zoom * 2 ** deeper, deeper === 0)}
    </div>`;
  }
}

/** Makes `<bioscope-ribbons>` known to the page. */
export function registerRibbons(): void {
  customElements.define('bioscope-ribbons', RibbonsElement);
}
