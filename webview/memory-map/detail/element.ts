import { html, render, type TemplateResult } from 'lit';
import { groupedHex, formatBytes } from '../../../src/model/address';
import type { BioVector } from '../../../src/model/bio-vectors';
import { Frames } from '../../../src/model/frames';
import type { MapWindow } from '../../../src/protocol/map-view';
import type { Found, MachineView, Selection } from '../../../src/protocol/view-state';
import { menuContext } from '../../context';
import { CELL } from './brush';
import { breadcrumb } from './breadcrumb';
import { describePage } from './describe';
import { layoutLanes, type LaneLayout } from './lanes';
import { legend } from './legend';
import { DetailModel } from './model';
import { pageStates, withVectors } from './page-states';
import { moveForKey, moved, type Move, type Place } from './navigate';
import { Painter } from './painter';
import { INKS } from './palette';
import { PointerMoves } from './pointer';
import { searchBox } from './search-box';
import { mapCaption, memoryMap } from '../view';
import { LEAST_PAGES, clamped, framing, pageUnder, panned, zoomed, type Span } from './zoom';

/** What the page hands to the element, and how the element answers. */
export interface MapInput {
  readonly machine: MachineView;
  readonly selection: Selection;
  readonly found: Found | undefined;
  /** px the map may use. */
  readonly width: number;
  /** Who points where in the whole run, and at a moment of it. */
  readonly vectors: (step?: number) => readonly BioVector[];
  readonly step: number;
  /** What is mapped through kmap at the step of the story that is shown. */
  readonly windows: readonly MapWindow[];
  readonly select: (selection: Selection) => void;
  readonly search: (text: string) => void;
  /** Where somebody was, kept while the page is hidden. */
  readonly place: { get(): Place | undefined; set(place: Place): void };
}

/** px of the lanes' labels. */
const GUTTER = 84;

/** The whole map above, and under it a window into it on a canvas, down to single pages. */
export class MapElement extends HTMLElement {
  private given: MapInput | undefined;
  private model = new DetailModel(EMPTY, []);
  private revision = -1;
  /** The states of all pages, without what bios point at. */
  private still = new Frames();
  private lanes: LaneLayout = { lanes: [], height: 0 };
  private place: Place = { span: { from: 0, pages: 0 }, cursor: 0 };
  private found: Found | undefined;
  private hover: number | undefined;
  private readonly painter = new Painter();
  private due = false;
  private readonly pointer = new PointerMoves({
    pan: (px) => this.go({ span: panned(this.place.span, -px * this.perPixel, this.model.total) }),
    press: (px) => this.press(px),
    zoom: (factor, px) =>
      this.go({ span: zoomed(this.place.span, factor, this.anchor(px), this.model.total) }),
    hover: (px) => {
      this.hover = px === undefined ? undefined : this.pageAt(px);
      this.schedule();
    },
  });
  private readonly themes = new MutationObserver(() => this.repaint());
  private readonly sizes = new ResizeObserver(() => this.repaint());

  set input(input: MapInput) {
    const before = this.given;
    this.given = input;
    if (input.machine.revision !== this.revision || input.windows !== before?.windows)
      this.adopt(input, before);
    else if (input.step !== before.step) this.pointAt(input);
    if (input.found && input.found !== before?.found) this.show(input.found);
    const { extent } = input.selection;
    if (before && extent !== before.selection.extent && !input.found) this.bringIntoView(extent);
    this.schedule();
  }

  connectedCallback(): void {
    this.themes.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    this.update();
    const canvas = this.querySelector('canvas');
    if (canvas) this.sizes.observe(canvas, { box: 'device-pixel-content-box' });
  }

  disconnectedCallback(): void {
    this.themes.disconnect();
    this.sizes.disconnect();
  }

  private adopt(input: MapInput, before: MapInput | undefined): void {
    const { machine } = input;
    this.revision = machine.revision;
    const windows = [...(machine.map.windows ?? []), ...input.windows];
    const view = { ...machine.map, windows };
    this.still = pageStates(view, []);
    // The lanes are those of the whole run, so that they stay where they are from moment to moment.
    const whole = withVectors(this.still.copy(), input.vectors());
    this.model = new DetailModel(view, [], this.still);
    const { total } = this.model;
    this.lanes = layoutLanes(machine.map, whole, total);
    this.pointAt(input);
    if (before?.machine.name === machine.name) {
      this.go({});
      return;
    }
    const { span, cursor } = (before ? undefined : input.place.get()) ?? this.model.start;
    this.found = undefined;
    this.go({ span, cursor: Math.min(cursor, Math.max(total - 1, 0)) });
  }

  /** Only what bios point at has changed. */
  private pointAt({ vectors, step }: MapInput): void {
    const pointing = vectors(step);
    this.model = new DetailModel(this.model.view, pointing, withVectors(this.still.copy(), pointing));
  }

  /** Goes where a search led. */
  private show(found: Found): void {
    this.found = found;
    if (!found.at) return;
    const first = Math.floor(found.at.start / 4096);
    const end = Math.ceil(found.at.end / 4096);
    this.go({ span: framing(first, end, this.model.total), cursor: first });
  }

  /** An extent selected elsewhere, if nothing of it is in view. */
  private bringIntoView(start: number | undefined): void {
    const extent = start === undefined ? undefined : this.model.extentAt(start);
    if (!extent) return;
    const [first, end] = [Math.ceil(extent.start / 4096), Math.ceil(extent.end / 4096)];
    const { span } = this.place;
    if (first < span.from + span.pages && end > span.from) return;
    this.go({ span: framing(first, end, this.model.total), cursor: first });
  }

  private go(change: Partial<Place>): void {
    const place = { ...this.place, ...change };
    this.place = { span: clamped(place.span, this.model.total), cursor: place.cursor };
    this.given?.place.set(this.place);
    this.schedule();
  }

  private readonly move = (move: Move): void =>
    this.go(moved(this.place, move, this.model.ground(this.cells)));

  private readonly frame = (span: Span): void => this.go({ span });

  private readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const move = moveForKey(event.key);
    if (move) this.move(move);
    else if (event.key === 'Enter' || event.key === ' ') this.given?.select({ page: this.place.cursor });
    else return;
    event.preventDefault();
  };

  private press(px: number): void {
    const cursor = this.pageAt(px);
    this.go({ cursor });
    this.given?.select({ page: cursor });
  }

  private get canvasWidth(): number {
    return this.querySelector('canvas')?.clientWidth ?? 0;
  }

  private get perPixel(): number {
    return this.place.span.pages / Math.max(this.canvasWidth - GUTTER, 1);
  }

  private get cells(): boolean {
    // The deepest zoom shows cells on a narrow page too.
    return this.perPixel <= 1 / CELL || this.place.span.pages <= LEAST_PAGES;
  }

  private anchor(px: number): number {
    return Math.min(Math.max((px - GUTTER) / Math.max(this.canvasWidth - GUTTER, 1), 0), 1);
  }

  private pageAt(px: number): number {
    return pageUnder(this.place.span, this.anchor(px), this.model.total);
  }

  private repaint(): void {
    this.painter.forgetTheme();
    this.schedule();
  }

  /** At most one picture a frame, however much has changed. */
  private schedule(): void {
    if (this.due || !this.isConnected) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.update();
    });
  }

  private update(): void {
    if (!this.given) return;
    render(this.template(this.given), this);
    this.paint();
  }

  private template({ machine, selection, width, search, select }: MapInput): TemplateResult {
    const { span, cursor } = this.place;
    const shown = { start: span.from * 4096, end: (span.from + span.pages) * 4096 };
    const last = Math.min(Math.ceil(span.from + span.pages), this.model.total) - 1;
    const pages = Math.round(span.pages);
    return html`
      ${searchBox(search, this.found)}
      ${memoryMap(machine.map, { width, compact: false, selection, select, shown, gutter: GUTTER })}
      <div class="detail-head">
        <h2>pfn ${groupedHex(Math.floor(span.from))} – ${groupedHex(last)}</h2>
        <p>${pages.toLocaleString('en')} pages · ${formatBytes(pages * 4096)}</p>
        <div class="zoom" role="group" aria-label="Zoom">
          ${ZOOMS.map(
            ([move, text, title]) =>
              html`<button
                type="button"
                class="tool"
                aria-label=${title}
                title=${title}
                @click=${() => this.move(move)}
              >
                ${text}
              </button>`,
          )}
        </div>
      </div>
      ${breadcrumb(this.model, span, cursor, this.frame)}
      <div class="detail">
        <svg class="strut" width="1" height=${this.lanes.height} aria-hidden="true"></svg>
        <canvas
          tabindex="0"
          role="application"
          aria-label="Detail of the memory map. Arrows move the cursor, plus and minus zoom, Page Up and Page Down pan, Home and End go to the ends, 0 shows everything, 1 single pages, Enter selects a page."
          aria-describedby="detail-readout"
          data-vscode-context=${pageContext(this.hover ?? cursor)}
          @keydown=${this.key}
          @pointerdown=${this.pointer.down}
          @pointermove=${this.pointer.move}
          @pointerup=${this.pointer.up}
          @pointerleave=${this.pointer.leave}
          @dblclick=${this.pointer.double}
          @wheel=${this.pointer.wheel}
        ></canvas>
      </div>
      <p class="readout" id="detail-readout" aria-live="polite">
        ${describePage(this.model, this.hover ?? cursor)}
      </p>
      ${legend()} ${mapCaption(machine.map, width)}
      <p class="caption">
        Keys in the detail: ← → step, ↑ ↓ next range, + − zoom, 0 everything, 1 pages, Enter inspects. Drag
        pans; the wheel zooms once the detail has the focus, or with Ctrl.
      </p>
      <div class="inks" hidden>${INKS.map((name) => html`<i class="ink-${name}"></i>`)}</div>
    `;
  }

  private paint(): void {
    const canvas = this.querySelector('canvas');
    const inks = this.querySelector('.inks');
    if (!canvas || !inks) return;
    const { model, lanes, cells } = this;
    const { span, cursor } = this.place;
    const selected = this.given?.selection.page;
    this.painter.paint(canvas, inks, lanes.lanes, { model, span, gutter: GUTTER, cells, cursor, selected });
  }
}

const pageContext = (pfn: number): string =>
  menuContext({ webviewSection: 'page', address: pfn * 4096, pfn });

const ZOOMS: readonly (readonly [Move, string, string])[] = [
  ['out', '−', 'Zoom out'],
  ['in', '+', 'Zoom in'],
  ['whole', 'Whole', 'Show the whole address space'],
  ['pages', 'Pages', 'Zoom to single pages at the cursor'],
];

const EMPTY: MachineView['map'] = {
  extents: [],
  totals: { ram: 0, pmem: 0, pmemWithoutPages: 0, memmap: 0, memmapSaved: 0 },
  structPageSize: 64,
  sectionSize: 0,
  zones: [],
  namespaces: [],
  marks: [],
};

/** Makes `<bioscope-map>` known to the page. */
export function registerMap(): void {
  customElements.define('bioscope-map', MapElement);
}
