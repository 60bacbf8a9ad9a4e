import { html, nothing, svg, type TemplateResult } from 'lit';
import { TIER_KINDS } from '../../src/model/tier-kinds';
import type { DecisionsView } from '../../src/protocol/tier-view';
import { KIND_WORDS } from './kinds';

/** px */
const LANE = 20;
const BAR = 15;
const GUTTER = 128;
const NARROW = 104;
const AXIS = 16;

export interface LanesInput {
  readonly decisions: DecisionsView;
  readonly width: number;
  /** The bin somebody looks at; -1: the one of the selected I/O. */
  readonly cursor: number;
  readonly io: number;
  /** A bin, and the I/O to select with it (-1: none). */
  readonly go: (bin: number, io: number) => void;
}

/** Decisions over time: a lane for each kind, columns from the first to the last. One path a lane. */
export function decisionLanes({ decisions, width, cursor, io, go }: LanesInput): TemplateResult {
  const { bins, counts, total } = decisions;
  const kinds = TIER_KINDS.flatMap((kind, n) => (counts[n]! > 0 ? [{ kind, n, count: counts[n]! }] : []));
  const gutter = width < 420 ? NARROW : GUTTER;
  const step = Math.max((width - gutter - 2) / bins.length, 1);
  const column = Math.min(step, 24);
  const most = Math.max(...bins.map(({ from, to }) => to - from));
  const height = kinds.length * LANE + AXIS;
  const at = cursor >= 0 && cursor < bins.length ? cursor : binOf(decisions, io);
  const x = (bin: number) => gutter + bin * column;
  const choose = (bin: number) => {
    const to = Math.min(Math.max(bin, 0), bins.length - 1);
    go(to, bins[to]!.io);
  };
  const press = (event: PointerEvent) => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    if (event.clientX - left >= gutter) choose(Math.floor((event.clientX - left - gutter) / column));
  };
  return html`<div
    class="tier-frame"
    role="slider"
    tabindex="0"
    aria-label="Decisions over time"
    aria-valuemin="1"
    aria-valuemax=${bins.length}
    aria-valuenow=${at + 1}
    aria-valuetext=${binText(decisions, at)}
    @keydown=${(event: KeyboardEvent) => {
      const to = {
        ArrowRight: at + 1,
        ArrowLeft: at - 1,
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        Home: 0,
        End: bins.length - 1,
        PageDown: at + 10,
        PageUp: at - 10,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      choose(to);
    }}
  >
    <svg
      class="tier-lanes"
      width=${x(bins.length) + 2}
      height=${height}
      aria-hidden="true"
      @pointerdown=${press}
    >
      <rect
        class="tier-now"
        x=${x(at) - 0.5}
        y="0"
        width=${Math.max(column, 3)}
        height=${kinds.length * LANE}
      ></rect>
      ${kinds.map(({ kind, n, count }, lane) => {
        const y = lane * LANE;
        let path = '';
        bins.forEach(({ counts: those }, bin) => {
          const tall = those[n] === 0 ? 0 : Math.max((those[n]! / most) * BAR, 3);
          if (tall > 0)
            path += `M${x(bin).toFixed(1)} ${(y + LANE - 2 - tall).toFixed(1)}h${Math.max(column - 1, 1).toFixed(1)}v${tall.toFixed(1)}h-${Math.max(column - 1, 1).toFixed(1)}z`;
        });
        return svg`<text class="tier-kind" x="0" y=${y + 14}>${KIND_WORDS[kind].name}</text>
          <text class="tier-count" x=${gutter - 10} y=${y + 14}>${count}</text>
          <line class="tier-line" x1=${gutter} x2=${x(bins.length)} y1=${y + LANE - 1.5} y2=${y + LANE - 1.5}></line>
          <path class="tier-bar tier-bar-${kind}" d=${path}></path>`;
      })}
      <text class="size" x=${gutter} y=${height - 3}>first</text>
      ${
        x(bins.length) - gutter > 80
          ? svg`<text class="size" text-anchor="end" x=${x(bins.length)} y=${height - 3}>decision ${total}</text>`
          : nothing
      }
    </svg>
  </div>`;
}

/** The bin in which something was decided about an I/O; the first where nothing was. */
function binOf({ bins, near }: DecisionsView, io: number): number {
  const decision = near.find((one) => one.io === io);
  const bin = decision
    ? bins.findIndex(({ from, to }) => from <= decision.number && decision.number < to)
    : 0;
  return Math.max(bin, 0);
}

function binText({ bins }: DecisionsView, at: number): string {
  const { from, to, io, counts } = bins[at]!;
  const what = TIER_KINDS.flatMap((kind, n) =>
    counts[n]! > 0 ? [`${counts[n]} ${KIND_WORDS[kind].name}`] : [],
  );
  const which = to - from === 1 ? `Decision ${from + 1}` : `Decisions ${from + 1} to ${to}`;
  return `${which}${io < 0 ? '' : `, I/O ${io}`}: ${what.join(', ')}`;
}
