import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/model/address';
import { formatNanoseconds } from '../../src/model/device-time';
import type { WaysView, WayView } from '../../src/protocol/tier-view';

/** px of a histogram */
const HIGH = 56;
const AXIS = 16;

/** One workload, three ways for dirty data to reach the slow disk, beside each other. */
export function threeWays({ ways, steps }: WaysView, width: number): TemplateResult {
  const each = Math.min(width < 640 ? width : Math.floor((width - 32) / 3), 340);
  return html`<h3>
      Three ways to the slow disk <span class="quiet">the same workload, run three times</span>
    </h3>
    <div class="table-frame limits" role="region" aria-label="Three ways to the slow disk" tabindex="0">
      <table class="tier-ways">
        <thead>
          <tr>
            <th scope="col">way</th>
            ${ways.map(
              ({ name, own, about }) =>
                html`<th scope="col" class="number">
                  ${name} ${own ? html`<span class="badge own">this machine</span>` : nothing}<br /><span
                    class="quiet"
                    >${about}</span
                  >
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${line('kernel', ways, ({ kernel }) => kernel)}
          ${line('copied by the CPU', ways, ({ copied }) => formatBytes(copied))}
          ${line('DRAM for its memmap', ways, ({ memmap }) => formatBytes(memmap))}
          ${line('written back', ways, ({ written }) => formatBytes(written))}
          ${line('latency, half of the I/Os', ways, ({ p50 }) => `≤ ${time(p50)}`)}
          ${line('latency, 99 of 100', ways, ({ p99 }) => `≤ ${time(p99)}`)}
        </tbody>
      </table>
    </div>
    ${ways.map(({ name, refused, fellBack }) => html`${refused ? html`<p class="note">${name}: ${refused}</p>` : nothing}${fellBack ? html`<p class="note">${name}: ${fellBack}</p>` : nothing}`)}
    <div class="tier-histograms">${ways.map((way) => histogram(way, steps, each))}</div>
    <p class="caption">
      Latency is modelled: devices at work, and 10 GB/s for copies by the one CPU. What kernel functions take
      is not in it.
    </p>`;
}

function line(what: string, ways: readonly WayView[], value: (way: WayView) => string): TemplateResult {
  return html`<tr>
    <th scope="row">${what}</th>
    ${ways.map((way) => html`<td class="number">${way.refused ? '–' : value(way)}</td>`)}
  </tr>`;
}

const time = (ns: number) => formatNanoseconds(Math.round(ns));

function histogram(
  { name, histogram: counts, ios }: WayView,
  steps: readonly number[],
  width: number,
): TemplateResult {
  const first = Math.max(
    counts.findIndex((n) => n > 0),
    0,
  );
  const shown = counts.slice(0);
  const most = Math.max(...shown, 1);
  const step = (width - 4) / Math.max(shown.length, 1);
  const said = shown.flatMap((n, i) => (n > 0 ? [`${n} up to ${time(steps[i]!)}`] : [])).join(', ');
  let path = '';
  shown.forEach((n, i) => {
    const tall = n === 0 ? 0 : Math.max((n / most) * HIGH, 2);
    if (tall > 0)
      path += `M${(2 + i * step).toFixed(1)} ${(HIGH + 2 - tall).toFixed(1)}h${(step - 1).toFixed(1)}v${tall.toFixed(1)}h-${(step - 1).toFixed(1)}z`;
  });
  return html`<figure>
    <figcaption>
      ${name} <span class="quiet">${ios} ${ios === 1 ? 'I/O' : 'I/Os'} by latency</span>
    </figcaption>
    <svg
      class="tier-histogram"
      width=${width}
      height=${HIGH + AXIS + 4}
      role="img"
      aria-label="${name}: ${said || 'nothing ran'}"
    >
      <line class="tier-line" x1="2" x2=${width - 2} y1=${HIGH + 2.5} y2=${HIGH + 2.5}></line>
      <path class="tier-bar" d=${path}></path>
      ${steps.map((ns, i) => (isTen(ns) && (i + 1) * step < width - 10 && i >= first - 3 ? svg`<text class="size" text-anchor="middle" x=${2 + (i + 1) * step} y=${HIGH + AXIS}>${time(ns)}</text>` : nothing))}
    </svg>
  </figure>`;
}

/** Every decade has a label, if there is room. */
const isTen = (ns: number) => Number.isInteger(Math.log10(ns));
