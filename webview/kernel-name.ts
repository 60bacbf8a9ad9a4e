import { menuContext } from './context';
import { html, type TemplateResult } from 'lit';

/** A kernel name that leads to its source: a click, or Enter on it. Inside a group of names one is a tab stop. */
export function kernelName(name: string, tabStop = true): TemplateResult {
  return html`<button
    type="button"
    class="kernel-name"
    data-item
    data-kernel-name=${name}
    data-vscode-context=${menuContext({ webviewSection: 'name', name })}
    title="Go to ${name}"
    tabindex=${tabStop ? 0 : -1}
  >
    ${name}
  </button>`;
}

/** Listens for names anywhere on the page, in SVG too. */
export function onKernelName(root: HTMLElement, open: (name: string) => void): void {
  const named = (event: Event): string | undefined =>
    (event.target as Element).closest('[data-kernel-name]')?.getAttribute('data-kernel-name') ?? undefined;
  root.addEventListener('click', (event) => {
    const name = named(event);
    if (name !== undefined) open(name);
  });
  root.addEventListener('keydown', (event) => {
    const name = named(event);
    // Buttons make a click of these keys themselves.
    if (name === undefined || event.target instanceof HTMLButtonElement) return;
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open(name);
  });
}
