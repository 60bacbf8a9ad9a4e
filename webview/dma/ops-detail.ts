import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes, hex } from '../../src/model/address';
import type { ByOpsView, RequestView, WalkView } from '../../src/protocol/dma-view';
import { unfold, type Unfolding } from '../unfold';

const HOW = {
  same: 'memory’s own address',
  bounced: 'a slot of the pool',
  translated: 'an I/O address',
} as const;

/** One implementation: what it said, each address it gave, and the walk behind the first of them. */
export function opsDetail(request: RequestView, ops: ByOpsView, unfolding: Unfolding): TemplateResult {
  return html`<section class="inspector dma-detail" aria-label="DMA ops" aria-live="polite">
    <h3 class="code">${ops.name}</h3>
    <p class="sentence ops-about">${ops.about}. ${ops.outcome}.</p>
    <p class="sentence">
      <span class="code">dma_map_pfn()</span> of its first page frame: <span class="code">${ops.mapPfn}</span>
    </p>
    ${ops.messages.map((message) => html`<p class="code printk">${message}</p>`)}
    ${ops.seen.length > 0 ? addresses(request, ops, unfolding) : nothing}
    ${ops.walks.length > 0 ? walks(ops.walks) : nothing}
  </section>`;
}

/** Where entries were joined, a row of the device's has no one entry of the list beside it. */
function addresses({ entries }: RequestView, { seen }: ByOpsView, unfolding: Unfolding): TemplateResult {
  const joined = seen.length < entries.length;
  const title = joined
    ? `${seen.length} bus addresses for ${entries.length} entries`
    : `${seen.length} bus ${seen.length === 1 ? 'address' : 'addresses'}`;
  const content = html`<table>
    <thead>
      <tr>
        <th scope="col" class="number">entry</th>
        ${joined ? nothing : html`<th scope="col">physical</th>`}
        <th scope="col">bus address</th>
        <th scope="col" class="number">length</th>
        <th scope="col">which is</th>
      </tr>
    </thead>
    <tbody>
      ${seen.map(
        ({ bus, length, how }, n) =>
          html`<tr>
            <td class="number">${n}</td>
            ${joined ? nothing : html`<td class="code">${hex(entries[n]!.phys)}</td>`}
            <td class="code">${hex(bus)}</td>
            <td class="number">${formatBytes(length)}</td>
            <td>${HOW[how]}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
  return unfold('dma-addresses', title, unfolding, content);
}

/** What the device's access reads, entry by entry, from the root of the table to the page. */
function walks(all: readonly WalkView[]): TemplateResult {
  return html`<h3>Page-table walk</h3>
    <div class="walks">
      ${all.map(
        ({ bus, steps }) =>
          html`<figure class="walk">
            <figcaption class="code">${hex(bus)}</figcaption>
            <ol>
              ${steps.map(
                ({ level, index, entry, says }) =>
                  html`<li>
                    <span class="level">${level}</span>
                    <span class="code">[${index}]</span>
                    <span class="code entry">${entry}</span>
                    <span class="says">${says}</span>
                  </li>`,
              )}
            </ol>
          </figure>`,
      )}
    </div>`;
}
