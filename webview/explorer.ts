import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../src/model/address';
import type { Recording } from '../src/model/recording';
import type { MapTotals } from '../src/model/pages';
import type { MachineView } from '../src/protocol/view-state';
import { chainOf } from './bio-chain/chain';
import { treeOf } from './bio-chain/tree';
import { chainTable } from './bio-chain/table';
import { byteRibbons } from './bio-chain/view';
import { compareSection } from './compare/view';
import { menuContext } from './context';
import { devicesSection } from './devices/view';
import { dmaSection, type DmaInput } from './dma/view';
import { badge, extentFacts } from './inspector/facts';
import { pageInspector } from './inspector/page';
import { costCalculator } from './memory-map/cost';
import { keySheet, showKeys } from './keys';
import { lessonCard } from './lesson/view';
import type { MapInput } from './memory-map/detail/element';
import { notes, type NoteOptions } from './memory-map/notes';
import { mapTable } from './memory-map/table';
import { extentInView, selectedExtent, type Page } from './page';
import { recordingOf, vectorsOf } from './recording';
import { scenarioSection, windowsAt } from './scenario/view';
import { devicePagesButton, noWorkload, pageSentence } from './side';
import { eventTable } from './timeline/event-table';
import { queuesTable } from './timeline/queues';
import { transport } from './timeline/transport';
import type { TierInput } from './tier/element';
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
      <p class="totals">
        ${totalsText(totals)}
        <button type="button" class="tool" aria-haspopup="dialog" title="Keys (?)" @click=${showKeys}>
          Keys
        </button>
      </p>
    </header>
    ${lessonCard(page.lesson)}
    <section
      id="memory-map"
      aria-label="Memory map"
      data-vscode-context=${menuContext({ picture: 'memory-map' })}
    >
      ${pageSentence(machine.map)} ${devicePagesButton(page, machine.map)}
      <bioscope-map .input=${mapInput(page, machine)}></bioscope-map>
      ${page.state.page ? pageInspector(page.state.page, windowsAt(page.scenario)) : extent ? extentFacts(extent) : nothing}
      ${notes(noteOptions(page, machine))} ${mapTable(machine.map, page.unfolding)}
      ${costCalculator(machine.map, page.cost, page.unfolding)}
    </section>
    <section
      id="byte-ribbons"
      aria-label="Byte ribbons"
      data-vscode-context=${menuContext({ picture: 'byte-ribbons' })}
    >
      <h2>Byte ribbons</h2>
      ${machine.workload.length > 0 ? ribbons(page, machine) : noWorkload(page)}
    </section>
    ${timeline(page, machine)}
    ${compareSection({
      machine,
      compare: page.state.compare,
      selection,
      select: page.select,
      ask: () => page.request('compareWith'),
      end: () => page.request('endComparison'),
      width: page.width,
      unfolding: page.unfolding,
      step: page.player.step,
    })}
    ${tierSection(page, machine)}
    ${page.state.dma ? dmaSection({ ...page.dma, ...view(page), dma: page.state.dma, moment: page.player }) : nothing}
    ${devicesSection({
      devices: machine.devices,
      selection,
      refused: page.state.refused ?? [],
      select: page.select,
      unfolding: page.unfolding,
    })}
    ${keySheet()} ${scenarioSection(page.scenario)}
    ${machine.notes.map((note) => html`<p class="note">${note}</p>`)} ${transportBar(page, machine)}
  `;
}

function timeline({ player, width }: Page, machine: MachineView): TemplateResult {
  const recording = recordingOf(machine);
  if (!recording || recording.length === 0) return html`${nothing}`;
  const { step } = player;
  return html`<section id="timeline" aria-label="Timeline">
    <h2>Timeline</h2>
    <bioscope-timeline .input=${{ recording, step, width, moveTo: player.goTo }}></bioscope-timeline>
    <p class="caption">
      One event after the other, not to a scale of time; a bar is taller the more events it stands for, and
      red with a cap where one refuses, fails or is logged. Below: requests at the driver. Keys: ← → step, + −
      zoom, 0 everything. Drag pans, a press goes there.
    </p>
    ${queuesTable(recording, step)}
  </section>`;
}

function transportBar({ player, runTo }: Page, machine: MachineView): TemplateResult {
  const recording = recordingOf(machine);
  if (!recording || recording.length === 0) return html`${nothing}`;
  return transport({ recording, player, runTo: runTo.value, setRunTo: runTo.set });
}

/** A script of its own draws it, see main.ts. */
function tierSection(page: Page, { workload }: MachineView): TemplateResult {
  const { state, width, select, losePower, request, unfolding } = page;
  const { tier, selection } = state;
  if (!tier) return html`${nothing}`;
  const choosePower = () => request('losePower');
  const input: TierInput = { tier, workload, selection, width, select, losePower, choosePower, unfolding };
  return html`<section id="tier" aria-label="Tier">
    <h2>Tier</h2>
    <bioscope-tier .input=${input}></bioscope-tier>
  </section>`;
}

function view({ request, width, unfolding }: Page): Pick<DmaInput, 'change' | 'width' | 'unfolding'> {
  return { change: () => request('chooseDma'), width, unfolding };
}

function mapInput(page: Page, machine: MachineView): MapInput {
  const { select, search, place, width, state } = page;
  const { selection, found } = state;
  return {
    machine,
    selection,
    found,
    width,
    select,
    search,
    place,
    vectors: (step) => vectorsOf(machine, step),
    step: page.player.step,
    windows: windowsAt(page.scenario),
  };
}

function noteOptions(page: Page, machine: MachineView): NoteOptions {
  const { selection } = page.state;
  return {
    marks: machine.map.marks,
    page: selection.page,
    extent: selectedExtent(machine, selection),
    shown() {
      const span = page.place.get()?.span;
      return span && { start: Math.floor(span.from) * 4096, end: Math.ceil(span.from + span.pages) * 4096 };
    },
    change: page.changeMarks,
  };
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
  if (chain.bytes === 0 || chain.columns.length === 0)
    return html`<p class="sentence">The bio stayed empty: nothing was added to it.</p>`;
  return html`
    ${byteRibbons(chain, page.width, page.player.step)}
    <bioscope-tree
      .input=${{ root: treeOf(recording, bio, chain), step: page.player.step, moveTo: page.player.goTo }}
    ></bioscope-tree>
    ${chainTable(chain, page.unfolding)} ${eventTable(recording, bio, page.unfolding, page.player.step)}
  `;
}
