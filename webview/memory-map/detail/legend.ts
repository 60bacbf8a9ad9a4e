import { html, type TemplateResult } from 'lit';

const ENTRIES = [
  ['paged', 'struct page'],
  ['pageless', 'no struct page'],
  ['other', 'reserved, device, hole'],
  ['bio', 'a bio points here'],
  ['kmap', 'mapped now by the CPU'],
] as const;

/** What the colours and patterns of the detail view say. */
export function legend(): TemplateResult {
  return html`<ul class="legend" aria-label="Legend">
    ${ENTRIES.map(([name, text]) => html`<li><span class="swatch ${name}"></span>${text}</li>`)}
  </ul>`;
}
