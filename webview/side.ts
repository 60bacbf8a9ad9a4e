import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../src/model/address';
import type { MapExtent, MapView } from '../src/protocol/view-state';
import { deviceList } from './devices/side-list';
import { badge, extentFacts } from './inspector/facts';
import { keySheet } from './keys';
import { lessonCard, lessonList } from './lesson/view';
import { mapTable } from './memory-map/table';
import { memoryMap } from './memory-map/view';
import { selectedExtent, type Page } from './page';
import { workloadList } from './workload';

/** The side panel: the machine in two storeys, and what ran on it. */
export function sidePage(page: Page): TemplateResult {
  const { machine, selection } = page.state;
  if (!machine) return html`<p>Nothing is open yet.</p>`;
  const extent = selectedExtent(machine, selection);
  return html`
    <h1>${machine.name}</h1>
    <p class="about">
      ${machine.flavour} ${machine.reconstructed ? badge('reconstructed') : nothing}
      ${machine.origin === '' ? nothing : html`<span>from ${machine.origin}</span>`}
    </p>
    ${lessonCard(page.lesson)}
    <section aria-label="Machine">
      ${memoryMap(machine.map, { width: page.width, compact: true, selection, select: page.select })}
      ${pageSentence(machine.map)} ${devicePagesButton(page, machine.map)}
      <div class="buttons">
        <vscode-button @click=${() => page.request('openExplorer')}>Open Explorer</vscode-button>
        <vscode-button appearance="secondary" @click=${() => page.request('importMachine')}
          >Import…</vscode-button
        >
        <vscode-button appearance="secondary" @click=${() => page.request('openSample')}
          >Samples…</vscode-button
        >
      </div>
      ${extent ? extentFacts(extent) : nothing} ${mapTable(machine.map, page.unfolding)}
    </section>
    <section aria-label="Scenarios">
      <h2>Scenarios</h2>
      ${lessonList(page.lesson)}
    </section>
    <section aria-label="Devices">
      <h2>Devices</h2>
      ${deviceList(machine.devices, (device) => {
        page.select({ device });
        page.request('showDevices');
      })}
      <div class="buttons">
        <vscode-button appearance="secondary" @click=${() => page.request('showDevices')}
          >Show Devices</vscode-button
        >
      </div>
    </section>
    <section aria-label="Workload">
      <h2>Workload</h2>
      ${
        machine.workload.length > 0
          ? workloadList(machine.workload, selection, (io) => {
              page.select(io);
              page.request('openExplorer');
            })
          : noWorkload(page)
      }
    </section>
    ${keySheet()} ${machine.notes.map((note) => html`<p class="note">${note}</p>`)}
  `;
}

/** One look says what the series is about; one sentence says it again, and how sure it is. */
export function pageSentence(map: MapView): TemplateResult {
  const { totals } = map;
  const bytes = (test: (extent: MapExtent) => boolean) =>
    map.extents.reduce((sum, e) => (e.kind === 'pmem' && test(e) ? sum + (e.end - e.start) : sum), 0);
  const assumed = bytes(
    (e) => e.assumed !== undefined && (e.page === 'none') === totals.pmemWithoutPages > 0,
  );
  const sure = assumed > 0 ? html` For ${formatBytes(assumed)} that is ${badge('assumed')}.` : nothing;
  if (totals.pmemWithoutPages > 0) {
    return html`<p class="sentence pageless">
      ${formatBytes(totals.pmemWithoutPages)} have no struct page: ${formatBytes(totals.memmapSaved)} of
      memmap saved.${sure}
    </p>`;
  }
  if (totals.pmem === 0) {
    return html`<p class="sentence">
      There is no persistent memory here; struct pages take ${formatBytes(totals.memmap)}.
    </p>`;
  }
  return html`<p class="sentence">
    All ${formatBytes(totals.pmem)} of persistent memory have struct pages.${sure} All struct pages together
    take ${formatBytes(totals.memmap)}.
  </p>`;
}

/** Device pages came with 4.3; this shows the machine as the series met it. */
export function devicePagesButton(page: Page, map: MapView): TemplateResult {
  if (!map.extents.some((e) => e.page === 'device')) return html`${nothing}`;
  return html`<div class="buttons">
    <vscode-button appearance="secondary" @click=${() => page.request('removeDevicePages')}>
      Without Device Pages
    </vscode-button>
  </div>`;
}

export function noWorkload(page: Page): TemplateResult {
  return html`<p>
      No I/O is described for this machine. Start with a first workload, or write one into its document.
    </p>
    <div class="buttons">
      <vscode-button appearance="secondary" @click=${() => page.request('sampleWorkload')}
        >Add a First Workload</vscode-button
      >
      <vscode-button appearance="secondary" @click=${() => page.request('saveDocument')}
        >Save as Document…</vscode-button
      >
    </div>`;
}
