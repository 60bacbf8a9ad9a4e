import { html, nothing, type TemplateResult } from 'lit';
import type { Found } from '../../../src/protocol/view-state';

/** One box for everything that has a place: addresses, page frames, names. */
export function searchBox(search: (text: string) => void, found: Found | undefined): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get('text');
    if (typeof text === 'string') search(text);
  };
  return html`<form class="search" role="search" @submit=${submit}>
      <input
        name="text"
        type="search"
        maxlength="200"
        aria-label="Find in memory: an address, a page frame or a name"
        placeholder="0x12345000 · pfn 74565 · pmem0 · DMA32"
      />
      <button class="tool">Find</button>
    </form>
    <p class="found ${found && !found.ok ? 'nothing' : ''}" role="status">
      ${found ? found.message : nothing}
    </p>`;
}
