import { html, nothing, type TemplateResult } from 'lit';
import type { Fact, MapExtent } from '../../src/protocol/view-state';

/** What is known about the selected extent. */
export function extentFacts(extent: MapExtent): TemplateResult {
  return html`<section class="inspector" aria-label="Facts" aria-live="polite">
    <h2>${extent.name}</h2>
    ${factList(extent.facts)}
  </section>`;
}

export function factList(facts: readonly Fact[]): TemplateResult {
  return html`<dl>
    ${facts.map(
      (fact) =>
        html`<div>
          <dt>${fact.label}</dt>
          <dd>
            <span class=${fact.code ? 'code' : ''}>${fact.value}</span>
            ${fact.badge ? badge(fact.badge) : nothing}
            ${fact.note === undefined ? nothing : html`<span class="aside">${fact.note}</span>`}
          </dd>
        </div>`,
    )}
  </dl>`;
}

/** Says that something is not certain, and why on hover. */
export function badge(kind: 'reconstructed' | 'assumed'): TemplateResult {
  const why =
    kind === 'reconstructed'
      ? 'The text of this posting is lost; what is shown is put together from the versions around it.'
      : 'What was imported does not say; the likeliest is shown.';
  return html`<span class="badge ${kind}" title=${why}>${kind}</span>`;
}
