import { html, nothing, render, type TemplateResult } from 'lit';
import type { TierView } from '../../src/protocol/tier-view';
import type { IoSummary, Selection } from '../../src/protocol/view-state';
import { moveFocus } from '../roving';
import type { Unfolding } from '../unfold';
import { crashWalk } from './crash';
import { decisionTables } from './decisions';
import { decisionLanes } from './lanes';
import { tierMapPicture } from './map';
import { threeWays } from './ways';

/** What the page hands to the element, and how the element answers. */
export interface TierInput {
  readonly tier: TierView;
  readonly workload: readonly IoSummary[];
  readonly selection: Selection;
  /** px the pictures may use. */
  readonly width: number;
  readonly select: (selection: Selection) => void;
  readonly losePower: (at: number | undefined) => void;
  /** Asks for the event in the palette. */
  readonly choosePower: () => void;
  readonly unfolding: Unfolding;
}

/** The caches of a machine. In the page's own tree, so that its style sheet and its exports reach it. */
export class TierElement extends HTMLElement {
  private given: TierInput | undefined;
  private cell = 0;
  /** The column of the strip that somebody went to, and the I/O that was selected with it. */
  private bin = { at: -1, io: -1 };
  /** I/Os that keys have selected and no state has shown yet: those states are of the past when they come. */
  private readonly asked: number[] = [];

  set input(input: TierInput) {
    const other = input.tier.device !== this.given?.tier.device;
    if (other) this.cell = 0;
    const { io } = input.selection;
    const answer = this.asked.indexOf(io ?? -1);
    this.asked.splice(0, answer + 1);
    // Whoever selects an I/O elsewhere looks at that one.
    const elsewhere = answer < 0 && io !== this.given?.selection.io && io !== this.bin.io;
    if (other || elsewhere) {
      this.bin = { at: -1, io: -1 };
      this.asked.length = 0;
    }
    this.given = input;
    this.update();
  }

  connectedCallback(): void {
    // The page may have given it before this script was there.
    const early = Object.getOwnPropertyDescriptor(this, 'input')?.value as TierInput | undefined;
    if (early) {
      Reflect.deleteProperty(this, 'input');
      this.input = early;
    }
  }

  private update(): void {
    if (this.given) render(this.draw(this.given), this);
  }

  private draw(input: TierInput): TemplateResult {
    const { tier, width, selection, select, workload, unfolding } = input;
    const io = selection.io ?? 0;
    const { decisions } = tier;
    return html`
      ${devices(input)}
      <p class="sentence">${tier.about}</p>
      ${tierMapPicture({
        map: tier.map,
        width,
        cursor: this.cell,
        setCursor: (cell) => {
          this.cell = cell;
          this.update();
        },
      })}
      <h3>Decisions <span class="quiet">${decisions.total} over time</span></h3>
      ${
        decisions.total === 0
          ? html`<p class="sentence">No I/O of the workload came here.</p>`
          : html`${decisionLanes({
              decisions,
              width,
              cursor: this.bin.at,
              io,
              go: (at, its) => {
                const next = its < 0 ? io : its;
                this.bin = { at, io: next };
                // At once: the next key goes on from here, however long the answer takes.
                this.update();
                if (next === (this.asked.at(-1) ?? io)) return;
                this.asked.push(next);
                select({ io: next });
              },
            })}
            ${decisionTables({ decisions, workload, io, select: (at) => select({ io: at }), unfolding })}`
      }
      ${tier.ways ? threeWays(tier.ways, width) : nothing}
      ${crashWalk({ tier, losePower: input.losePower, choose: input.choosePower })}
    `;
  }
}

function devices({ tier, select }: TierInput): TemplateResult | typeof nothing {
  if (tier.devices.length < 2) return html`<h3 class="code">${tier.device}</h3>`;
  return html`<div class="choices" role="group" aria-label="Caches" @keydown=${moveFocus}>
    ${tier.devices.map(
      (name) =>
        html`<button
          type="button"
          class="choice code"
          data-item
          aria-pressed=${name === tier.device ? 'true' : 'false'}
          tabindex=${name === tier.device ? 0 : -1}
          @click=${() => select({ device: name })}
        >
          ${name}
        </button>`,
    )}
  </div>`;
}
