import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../src/model/address';
import { decodeRecording } from '../src/model/recording-codec';
import type { Recording } from '../src/model/recording';
import type { MapTotals } from '../src/model/pages';
import type { MachineView } from '../src/protocol/view-state';
import { chainOf } from './bio-chain/chain';
import { chainTable } from './bio-chain/table';
import { byteRibbons } from './bio-chain/view';
import { badge, extentFacts } from './inspector/facts';
import { mapTable } from './memory-map/table';
import { memoryMap } from './memory-map/view';
import { extentInView, type Page } from './page';
import { devicePagesButton, noWorkload, pageSentence } from './side';
import { eventTable } from './timeline/event-table';
import { workloadList } from './workload';

/** The editor panel: the whole map, and the byte ribbons of the selected I/O. */
export function explorerPage(page: Page): TemplateResult {
  const { machine, selection } = page.state;
  if (!machine) return html`<p>Nothing is open yet.</p>`;
  const { totals } = machine.map;
  const extent = extentInView(machine, selection);
  return html`
    <header>
      <h1>Memory of ${machine.name}</h1>
      <p class="about">
        ${machine.flavour} ${machine.reconstructed ? badge('reconstructed') : nothing}
        ${machine.origin === '' ? nothing : html`<span>from ${machine.origin}</span>`}
      </p>
      <p class="totals">${totalsText(totals)}</p>
    </header>
    <section id="memory-map" aria-label="Memory map">
      ${memoryMap(machine.map, { width: page.width, compact: false, selection, select: page.select })}
      ${pageSentence(machine.map)} ${devicePagesButton(page, machine.map)}
      ${extent ? extentFacts(extent) : nothing} ${mapTable(machine.map, page.unfolding)}
    </section>
    <section id="byte-ribbons" aria-label="Byte ribbons">
      <h2>Byte ribbons</h2>
      ${machine.workload.length > 0 ? ribbons(page, machine) : noWorkload(page)}
    </section>
    ${machine.notes.map((note) => html`<p class="note">${note}</p>`)}
  `;
}

function totalsText(totals: MapTotals): string {
  const ram = `${formatBytes(totals.ram)} RAM`;
  if (totals.pmem === 0) return ram;
  return totals.pmemWithoutPages > 0
    ? `${ram} · ${formatBytes(totals.pmemWithoutPages)} without struct page`
    : `${ram} · ${formatBytes(totals.pmem)} persistent, all with struct pages`;
}

function ribbons(page: Page, machine: MachineView): TemplateResult {
  const { selection } = page.state;
  const io = machine.workload[selection.io ?? 0];
  const recording = recordingOf(machine);
  if (!io || !recording) return html`${nothing}`;
  return html`
    ${workloadList(machine.workload, selection, page.select)}
    ${
      io.bio < 0
        ? html`<p class="sentence">No bio was made: ${io.because}.</p>`
        : bioPicture(page, machine, recording, io.bio)
    }
  `;
}

function bioPicture(page: Page, machine: MachineView, recording: Recording, bio: number): TemplateResult {
  const chain = chainOf(recording, bio, machine.map);
  if (chain.bytes === 0) return html`<p class="sentence">The bio stayed empty: nothing was added to it.</p>`;
  return html`
    ${byteRibbons(chain, page.width)} ${chainTable(chain, page.unfolding)}
    ${eventTable(recording, bio, page.unfolding)}
  `;
}

/** Decoding costs more than drawing, so the last one is kept. */
let decoded: { bytes: Uint8Array; recording: Recording } | undefined;

function recordingOf(machine: MachineView): Recording | undefined {
  if (!machine.recording) return undefined;
  if (decoded?.bytes !== machine.recording) {
    decoded = { bytes: machine.recording, recording: decodeRecording(machine.recording) };
  }
  return decoded.recording;
}
