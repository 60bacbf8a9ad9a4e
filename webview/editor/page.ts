import { html, nothing, type TemplateResult } from 'lit';
import type { GenericSchema } from 'valibot';
import type { Finding, JsonPath } from '../../src/model/check';
import { DocumentSchema } from '../../src/model/machine-spec';
import type { EditorRequest } from '../../src/protocol/editor-messages';
import type { MapView } from '../../src/protocol/map-view';
import { memoryMap } from '../memory-map/view';
import { field, wordsOf } from './field';
import { valueAt, type Form } from './form';
import { list, members } from './parts';
import { describe } from './shape';

export interface EditorPage {
  readonly form: Form;
  readonly map: MapView | undefined;
  readonly width: number;
  readonly request: (request: EditorRequest) => void;
  /** Opens what a finding is about, and goes there. */
  readonly goTo: (path: JsonPath) => void;
}

const { machine, workload, notes } = DocumentSchema.entries;
const { name, origin, kernel, memory, devices, dma } = machine.entries;

/** A machine as a form: what there is, what is asked of it, and at the top what is wrong with it. */
export function editorPage(page: EditorPage): TemplateResult {
  const { form, map, width } = page;
  const at = (path: JsonPath, schema: GenericSchema) => field(form, path, describe(schema));
  return html`
    <h1>${titleOf(form)}</h1>
    ${toolbar(page)} ${problems(page)}
    ${
      map
        ? memoryMap(map, {
            width,
            compact: true,
            selection: {},
            select: ({ extent }) => openRange(page, extent),
          })
        : nothing
    }
    <datalist id="devices">
      ${deviceNames(form).map((device) => html`<option value=${device}></option>`)}
    </datalist>
    <section aria-label="Machine">
      <h2>Machine</h2>
      <div class="fields">
        ${at(['machine', 'name'], name)} ${at(['machine', 'origin'], origin)}
        ${Object.entries(kernel.entries).flatMap(([member, schema]) =>
          member === 'virtual' ? [] : [at(['machine', 'kernel', member], schema)],
        )}
      </div>
    </section>
    <section aria-label="Memory">
      <h2>Memory</h2>
      ${list(form, ['machine', 'memory', 'ranges'], memory.entries.ranges.item)}
    </section>
    <section aria-label="Devices">
      <h2>Devices</h2>
      ${list(form, ['machine', 'devices'], devices.wrapped.item)}
    </section>
    <section aria-label="DMA">
      <h2>DMA</h2>
      ${members(form, ['machine', 'dma'], entriesOf(dma))}
    </section>
    <section aria-label="Workload">
      <h2>Workload</h2>
      ${list(form, ['workload'], workload.wrapped.item)}
    </section>
    <section aria-label="Notes">
      <h2>Notes</h2>
      <div class="fields">${at(['notes'], notes)}</div>
    </section>
    <p class="quiet">${rest(form)}</p>
  `;
}

function titleOf({ value }: Form): string {
  const said = valueAt(value, ['machine', 'name']);
  return typeof said === 'string' && said !== '' ? said : 'Machine';
}

const entriesOf = (schema: GenericSchema) => {
  const { shape } = describe(schema);
  return shape.kind === 'object' ? shape.entries : {};
};

function toolbar({ request }: EditorPage): TemplateResult {
  const button = (what: EditorRequest, label: string, first = false) =>
    html`<vscode-button appearance=${first ? 'primary' : 'secondary'} @click=${() => request(what)}
      >${label}</vscode-button
    >`;
  return html`<div class="buttons" role="group" aria-label="Document">
    ${button('openExplorer', 'Show in Explorer', true)} ${button('undo', 'Undo')} ${button('redo', 'Redo')}
    ${button('openText', 'Open as Text')}
  </div>`;
}

function problems({ form, goTo }: EditorPage): TemplateResult {
  const { findings } = form;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const said =
    errors > 0
      ? `✕ ${errors} ${errors === 1 ? 'thing is' : 'things are'} wrong: this cannot be simulated yet.`
      : findings.length > 0
        ? '✓ This machine can be simulated. A remark:'
        : '✓ This machine can be simulated.';
  return html`<section class="findings" aria-label="Checks">
    <p role="status">${said}</p>
    ${
      findings.length === 0
        ? nothing
        : html`<ul>
            ${findings.map((finding) => problem(finding, goTo))}
          </ul>`
    }
  </section>`;
}

function problem(finding: Finding, goTo: EditorPage['goTo']): TemplateResult {
  const { path, severity } = finding;
  return html`<li class=${severity}>
    <button type="button" class="link" @click=${() => goTo(path)}>${path.join(' › ') || 'document'}</button>
    ${wordsOf(finding)}
  </li>`;
}

function deviceNames({ value }: Form): string[] {
  const devices = valueAt(value, ['machine', 'devices']);
  if (!Array.isArray(devices)) return [];
  return (devices as { name?: unknown }[]).flatMap((device) =>
    typeof device.name === 'string' ? [device.name] : [],
  );
}

/** A block of the little map leads to its range. */
function openRange({ form, goTo }: EditorPage, extent: number | undefined): void {
  const ranges = valueAt(form.value, ['machine', 'memory', 'ranges']);
  if (extent === undefined || !Array.isArray(ranges)) return;
  const n = (ranges as { start?: string; end?: string }[]).findIndex(
    ({ start, end }) => Number(start) <= extent && extent < Number(end),
  );
  if (n >= 0) goTo(['machine', 'memory', 'ranges', n, 'start']);
}

/** What documents can hold and this form does not show. */
function rest({ value }: Form): string {
  const memoryKept = ['e820', 'zones', 'namespaces', 'swiotlb', 'marks'].filter(
    (member) => valueAt(value, ['machine', 'memory', member]) !== undefined,
  );
  const kept = [
    ...memoryKept,
    ...(valueAt(value, ['machine', 'storage']) === undefined ? [] : ['storage']),
    ...['scenario', 'lesson'].filter((member) => valueAt(value, [member]) !== undefined),
  ];
  return kept.length === 0 ? '' : `Kept as they are, and edited as text: ${kept.join(', ')}.`;
}
