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
  // On the click, not on the toggle event, which comes after a redraw may already have asked for the old state.
  const press = (event: Event) => {
    const details = (event.currentTarget as HTMLElement).parentElement as HTMLDetailsElement;
    unfolding.toggle(name, !details.open);
  };
  return html`<details data-name=${name} ?open=${unfolding.open.includes(name)}>
    <summary @click=${press}>${title}</summary>
    <div class="table-frame" role="region" aria-label=${title} tabindex="0">${content}</div>
  </details>`;
}
