import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/model/address';
import { NAMESPACE_USES, namespaceCost, type NamespaceUse } from '../../src/model/namespace-cost';
import { parseSize } from '../../src/model/size';
import type { MapView } from '../../src/protocol/map-view';
import { unfold, type Unfolding } from '../unfold';

/** The size somebody typed, kept by the page; '' while nobody did. */
export interface CostInput {
  readonly size: string;
  readonly setSize: (size: string) => void;
}

/** What so much persistent memory costs in struct pages, in each way to use it; and what this machine's own costs. */
export function costCalculator(
  view: MapView,
  { size, setSize }: CostInput,
  unfolding: Unfolding,
): TemplateResult {
  const own = view.totals.pmem;
  const shown = size === '' ? formatBytes(own > 0 ? own : 2 ** 40) : size;
  const bytes = size === '' && own > 0 ? own : parseSize(shown);
  const content = html`<p>
      <label
        >Persistent memory:
        <input
          class="cost-size"
          .value=${shown}
          aria-invalid=${bytes === undefined ? 'true' : 'false'}
          @input=${(event: InputEvent) => setSize((event.currentTarget as HTMLInputElement).value)}
      /></label>
      <span class="quiet">A struct page has ${view.structPageSize} bytes here, one for each 4 KiB.</span>
    </p>
    ${
      bytes === undefined
        ? html`<p role="alert" class="note">Write a size such as 1 TiB, 512 GiB or 268435456.</p>`
        : uses(bytes, view.structPageSize)
    }
    ${view.namespaces.length > 0 ? ownNamespaces(view) : nothing} `;
  return unfold('cost', `What struct pages cost: ${summary(bytes, view.structPageSize)}`, unfolding, content);
}

function summary(bytes: number | undefined, structPageSize: number): string {
  if (bytes === undefined) return 'for a size';
  return `${formatBytes(bytes)} of pmem, ${formatBytes((bytes / 4096) * structPageSize)} of struct page, or none`;
}

function uses(bytes: number, structPageSize: number): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">mode</th>
        <th scope="col" class="number">struct pages</th>
        <th scope="col">they live in</th>
        <th scope="col" class="number">usable</th>
        <th scope="col" class="number">lost</th>
      </tr>
    </thead>
    <tbody>
      ${NAMESPACE_USES.map((use) => {
        const { structPages, livesIn, usable } = namespaceCost(bytes, use, structPageSize);
        return html`<tr>
          <td class="code">${useName(use)}</td>
          <td class="number">${structPages === 0 ? 'none' : formatBytes(structPages)}</td>
          <td>${livesIn}</td>
          <td class="number">${formatBytes(usable)}</td>
          <td class="number">${usable === bytes ? 'none' : formatBytes(bytes - usable)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function ownNamespaces({ namespaces, structPageSize }: MapView): TemplateResult {
  return html`<h3>This machine's namespaces</h3>
    <table>
      <thead>
        <tr>
          <th scope="col">namespace</th>
          <th scope="col">mode</th>
          <th scope="col" class="number">usable</th>
          <th scope="col" class="number">struct pages</th>
          <th scope="col">they live in</th>
        </tr>
      </thead>
      <tbody>
        ${namespaces.map(({ name, mode, map, size, at }) => {
          const range = at ? at.end - at.start : size;
          const { structPages, livesIn } = namespaceCost(range, { mode, map }, structPageSize);
          return html`<tr>
            <td class="code">${name}</td>
            <td class="code">${useName({ mode, map })}</td>
            <td class="number">${formatBytes(size)}</td>
            <td class="number">${structPages === 0 ? 'none' : formatBytes(structPages)}</td>
            <td>${livesIn}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
}

const useName = ({ mode, map }: NamespaceUse) => (map === 'none' ? mode : `${mode}, map=${map}`);
