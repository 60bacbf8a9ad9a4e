import { html, type TemplateResult } from 'lit';

/** Remembers which tables are open; see Bridge. */
export interface Unfolding {
  readonly open: readonly string[];
  readonly toggle: (name: string, open: boolean) => void;
}

/** A table under a picture: folded until asked for, in a frame that scrolls by keyboard too. */
export function unfold(
  name: string,
  title: string,
  unfolding: Unfolding,
  content: TemplateResult,
): TemplateResult {
  return html`<details
    data-name=${name}
    ?open=${unfolding.open.includes(name)}
    @toggle=${(event: Event) => unfolding.toggle(name, (event.target as HTMLDetailsElement).open)}
  >
    <summary>${title}</summary>
    <div class="table-frame" role="region" aria-label=${title} tabindex="0">${content}</div>
  </details>`;
}
