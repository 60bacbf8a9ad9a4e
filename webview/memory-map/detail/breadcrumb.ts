import { html, type TemplateResult } from 'lit';
import { formatBytes } from '../../../src/model/address';
import type { DetailModel } from './model';
import { LEAST_PAGES, clamped, framing, whole, type Span } from './zoom';

interface Crumb {
  readonly text: string;
  readonly span: Span;
}

/** From the whole machine down to the cursor's pages: each step is a way back. */
export function breadcrumb(
  model: DetailModel,
  span: Span,
  cursor: number,
  go: (span: Span) => void,
): TemplateResult {
  const all = crumbs(model, cursor);
  const here = all.findIndex((crumb) => crumb.span.pages <= span.pages * 1.01);
  const current = here < 0 ? all.length - 1 : here;
  return html`<nav class="crumbs" aria-label="Where the detail is">
    <ol>
      ${all.map(
        (crumb, i) =>
          html`<li>
            <button
              type="button"
              class="link"
              aria-current=${i === current ? 'location' : 'false'}
              @click=${() => go(crumb.span)}
            >
              ${crumb.text}
            </button>
          </li>`,
      )}
    </ol>
  </nav>`;
}

function crumbs(model: DetailModel, cursor: number): Crumb[] {
  const { total, view } = model;
  const list: Crumb[] = [
    { text: `Address space, ${formatBytes(total * 4096)}`, span: whole(total) },
    { text: 'Memory', span: model.memory },
  ];
  const extent = model.extentAt(cursor * 4096);
  if (extent) {
    const [first, end] = [Math.floor(extent.start / 4096), Math.ceil(extent.end / 4096)];
    list.push({ text: extent.name, span: framing(first, end, total) });
  }
  if (view.sectionSize > 0) {
    const pages = view.sectionSize / 4096;
    const section = Math.floor(cursor / pages);
    list.push({
      text: `Section ${section}`,
      span: framing(section * pages, (section + 1) * pages, total),
    });
  }
  const from = Math.floor(cursor / LEAST_PAGES) * LEAST_PAGES;
  list.push({ text: 'Pages', span: clamped({ from, pages: LEAST_PAGES }, total) });
  // Wider than the step before it would lead away: memory that ends where the address space does, a small extent.
  return list.filter((crumb, i) => i === 0 || crumb.span.pages < list[i - 1]!.span.pages);
}
