import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { formatBytes, hex } from '../../src/model/address';
import type { PoolView } from '../../src/protocol/dma-view';
import { fit } from '../text';
import { unfold, type Unfolding } from '../unfold';

/** Slots of a group: no mapping is longer, and none leaves its group. */
const GROUP = 128;
/** Groups that are shown slot by slot. */
const SHOWN = 6;
const CELL = 14;
const STRIP = 26;
const LABEL = 13;

type Mapping = PoolView['mappings'][number];

/** The pool at a moment of the run. When the run is over it is empty: then at the moment that teaches most. */
function poolAt(pool: PoolView, step: number, over: boolean): PoolView {
  const at = over ? pool.at : step;
  const mappings = pool.mappings.filter(({ since, until }) => since <= at && at <= until);
  return { ...pool, moment: over ? pool.moment : `At step ${step}:`, mappings };
}

/** The pool of bounce buffers at a moment: all its groups, and those in use slot by slot, by owner. */
export function poolPicture(
  whole: PoolView,
  { step, length }: { readonly step: number; readonly length: number },
  width: number,
  unfolding: Unfolding,
): TemplateResult {
  const pool = poolAt(whole, step, step === length);
  const used = pool.mappings.reduce((sum, { slots }) => sum + slots, 0);
  const groups = Math.ceil(pool.nslabs / GROUP);
  const inUse = [...new Set(pool.mappings.map(({ slot }) => Math.floor(slot / GROUP)))].sort((a, b) => a - b);
  return html`<h3>The swiotlb pool</h3>
    <p class="sentence">
      ${pool.moment} ${used} of ${pool.nslabs} slots of 2 KiB are in use, from ${hex(pool.start)} on.
    </p>
    ${groups > 0 ? overview(pool, groups, width) : nothing}
    <p class="caption">
      Each cell is a group of 128 slots, 256 KiB: no mapping is longer, and none crosses from one group into
      the next, however many slots are free.
    </p>
    ${inUse.slice(0, SHOWN).map((group) => strip(pool, group, width))}
    ${
      inUse.length > SHOWN
        ? html`<p class="caption">${inUse.length - SHOWN} more groups in use are in the table.</p>`
        : nothing
    }
    ${pool.mappings.length > 0 ? unfold('pool', `Mappings in the pool: ${pool.mappings.length}`, unfolding, table(pool)) : nothing}`;
}

function overview(pool: PoolView, groups: number, width: number): TemplateResult {
  const perRow = Math.max(Math.min(Math.floor(width / CELL), groups), 1);
  const rows = Math.ceil(groups / perRow);
  const used = new Map<number, number>();
  for (const { slot, slots } of pool.mappings) {
    const group = Math.floor(slot / GROUP);
    used.set(group, (used.get(group) ?? 0) + slots);
  }
  const label = `${groups} groups of 128 slots; in use: ${[...used].map(([g, n]) => `group ${g}, ${n} slots`).join('; ') || 'none'}`;
  return html`<svg
    class="pool"
    width=${perRow * CELL + 2}
    height=${rows * CELL + 2}
    role="img"
    aria-label=${label}
  >
    ${Array.from({ length: groups }, (_, g) => groupCell(g, used.get(g) ?? 0, perRow))}
  </svg>`;
}

function groupCell(group: number, used: number, perRow: number): SVGTemplateResult {
  const x = 1 + (group % perRow) * CELL;
  const y = 1 + Math.floor(group / perRow) * CELL;
  const full = used === 0 ? 0 : Math.max((used / GROUP) * (CELL - 4), 2);
  return svg`<rect class="pool-group" x=${x} y=${y} width=${CELL - 2} height=${CELL - 2}></rect>
    ${used > 0 ? svg`<rect class="pool-used" x=${x + 1} y=${y + CELL - 3 - full} width=${CELL - 4} height=${full}></rect>` : nothing}`;
}

/** One group: 128 slots, with the mappings that hold them. */
function strip(pool: PoolView, group: number, width: number): TemplateResult {
  const room = Math.min(width, 900);
  const scale = (room - 2) / GROUP;
  const mappings = pool.mappings.filter(({ slot }) => Math.floor(slot / GROUP) === group);
  const said = mappings.map(
    ({ slot, slots, owner, request }) =>
      `slots ${slot} to ${slot + slots - 1}: request ${request} of ${owner}`,
  );
  return html`<figure class="pool-strip">
    <figcaption>group ${group}: slots ${group * GROUP} to ${group * GROUP + GROUP - 1}</figcaption>
    <svg width=${room} height=${STRIP + 2} role="img" aria-label=${said.join('; ')}>
      <rect class="pool-group" x="1" y="1" width=${room - 2} height=${STRIP}></rect>
      ${Array.from({ length: GROUP / 8 - 1 }, (_, n) => tick((n + 1) * 8 * scale + 1))}
      ${mappings.map((mapping) => slotsBlock(mapping, group, scale))}
    </svg>
  </figure>`;
}

function tick(x: number): SVGTemplateResult {
  return svg`<line class="pool-tick" x1=${x} y1=${STRIP - 4} x2=${x} y2=${STRIP + 1}></line>`;
}

function slotsBlock(mapping: Mapping, group: number, scale: number): SVGTemplateResult {
  const { slot, slots, owner, request, bytes, orig, why } = mapping;
  const x = 1 + (slot - group * GROUP) * scale;
  const width = Math.max(slots * scale - 1, 2);
  const label = fit(`${owner} #${request}`, width - 6, 6.2);
  return svg`<g class="pool-slots">
    <title>${owner}, request ${request}: ${formatBytes(bytes)} of ${hex(orig)}. ${why}</title>
    <rect class="pool-used" x=${x} y="1" width=${width} height=${STRIP}></rect>
    ${width >= 10 ? svg`<path class="notch" d="M ${x + width - 8} 1 l 8 8 v -8 z"></path>` : nothing}
    <text x=${x + 3} y=${STRIP / 2 + LABEL / 3 + 1}>${label}</text>
  </g>`;
}

function table({ mappings }: PoolView): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th scope="col" class="number">first slot</th>
        <th scope="col" class="number">slots</th>
        <th scope="col">for</th>
        <th scope="col">buffer</th>
        <th scope="col" class="number">bytes</th>
        <th scope="col">why it bounced</th>
      </tr>
    </thead>
    <tbody>
      ${mappings.map(
        ({ slot, slots, owner, request, orig, bytes, why }) =>
          html`<tr>
            <td class="number">${slot}</td>
            <td class="number">${slots}</td>
            <td>request ${request} of <span class="code">${owner}</span></td>
            <td class="code">${hex(orig)}</td>
            <td class="number">${formatBytes(bytes)}</td>
            <td>${why}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
