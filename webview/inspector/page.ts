import { html, type TemplateResult } from 'lit';
import type { MapWindow } from '../../src/protocol/map-view';
import type { Fact } from '../../src/protocol/view-state';
import type { PageView } from '../../src/protocol/page-view';
import { factList } from './facts';

/** One page in three columns: what it is, the same as a kernel word, and who points at it (`windows`: kmap's, now). */
export function pageInspector(page: PageView, windows: readonly MapWindow[]): TemplateResult {
  const mapped = windows
    .filter(({ start, end }) => start < (page.pfn + 1) * 4096 && end > page.pfn * 4096)
    .map(({ by }): Fact => ({ label: 'kmap window', value: `${by}, at this step of the story` }));
  const pointers = [...page.pointers, ...mapped];
  return html`<section id="page" class="inspector page" aria-label="Page" aria-live="polite">
    <h2>${page.title}</h2>
    <div class="columns">
      <div>
        <h3>physical</h3>
        ${factList(page.physical)}
      </div>
      <div>
        <h3>the same page as a word</h3>
        ${factList(page.words)}
      </div>
      <div>
        <h3>who points here</h3>
        ${
          pointers.length > 0
            ? factList(pointers)
            : html`<p class="quiet">Nobody: no bio, no window, no pool, no note.</p>`
        }
      </div>
    </div>
    <p class="sentence">${page.sentence}</p>
  </section>`;
}
