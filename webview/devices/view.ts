import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/model/address';
import type { DeviceView, DevicesView, Selection } from '../../src/protocol/view-state';
import { moveFocus } from '../roving';
import { unfold, type Unfolding } from '../unfold';
import { chosenDevice, inStackOrder } from './order';

/** What the section needs of the page it is on. */
export interface DevicesInput {
  readonly devices: DevicesView;
  readonly selection: Selection;
  /** Why the document's newest text is not what is shown. */
  readonly refused: readonly string[];
  readonly select: (selection: Selection) => void;
  readonly unfolding: Unfolding;
}

/** The block devices of the machine: a table, the chosen one's limits, and what nothing simulates. */
export function devicesSection(input: DevicesInput): TemplateResult {
  const { devices } = input;
  const chosen = chosenDevice(devices.list, input.selection.device);
  return html`<section id="devices" aria-label="Devices">
    <h2>Devices</h2>
    ${refusal('The document was changed, but is not shown', input.refused)}
    ${refusal('These devices cannot be', devices.refused)}
    ${chosen ? html`${deviceTable(input, chosen)} ${deviceDetail(chosen)}` : noDevice(devices)}
    ${notSimulated(devices, input.unfolding)}
  </section>`;
}

function refusal(title: string, reasons: readonly string[]): TemplateResult | typeof nothing {
  if (reasons.length === 0) return nothing;
  return html`<div class="refusal" role="alert">
    <p>${title}:</p>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </div>`;
}

function noDevice({ refused }: DevicesView): TemplateResult | typeof nothing {
  return refused.length > 0 ? nothing : html`<p class="sentence">This machine has no block device.</p>`;
}

function deviceTable({ devices, select }: DevicesInput, chosen: DeviceView): TemplateResult {
  return html`<div class="table-frame" role="region" aria-label="Devices as a table" tabindex="0">
    <table class="devices">
      <thead>
        <tr>
          <th scope="col">name</th>
          <th scope="col">driver</th>
          <th scope="col" class="number">size</th>
          <th scope="col">lies on</th>
          <th scope="col">reaches memory</th>
          <th scope="col">takes pfn bios</th>
        </tr>
      </thead>
      <tbody @keydown=${moveFocus}>
        ${inStackOrder(devices.list).map(
          ({ device, depth }) =>
            html`<tr class=${device === chosen ? 'selected' : ''}>
              <td class="code depth-${Math.min(depth, 4)}">
                <button
                  type="button"
                  class="link"
                  data-item
                  aria-pressed=${device === chosen ? 'true' : 'false'}
                  tabindex=${device === chosen ? 0 : -1}
                  @click=${() => select({ device: device.name })}
                >
                  ${device.name}
                </button>
              </td>
              <td>${device.kind}</td>
              <td class="number">${formatBytes(device.size)}</td>
              <td class="code">${device.on.length > 0 ? device.on.join(', ') : '–'}</td>
              <td>${device.access}</td>
              <td>${device.pfn}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** One device: how it reaches memory, what was assumed of it, and each limit with the device it comes from. */
function deviceDetail(device: DeviceView): TemplateResult {
  const disk = device.on.join(', ');
  return html`<section class="inspector device" aria-label="Device" aria-live="polite">
    <h2>${device.name}</h2>
    <p class="sentence">${device.pageless}</p>
    ${device.assumed.map((text) => html`<p class="note">Assumed: ${text}</p>`)}
    ${
      device.limits.length === 0
        ? html`<p class="sentence">The limits of ${disk} hold for it.</p>`
        : limitTable(device)
    }
  </section>`;
}

function limitTable({ name, limits }: DeviceView): TemplateResult {
  return html`<div class="table-frame limits" role="region" aria-label="Queue limits of ${name}" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">queue limit</th>
          <th scope="col">value</th>
          <th scope="col">because of</th>
        </tr>
      </thead>
      <tbody>
        ${limits.map(
          ({ field, value, because }) =>
            html`<tr>
              <td class="code">${field}</td>
              <td>${value}</td>
              <td>${because === '' ? html`<span class="quiet">its driver</span>` : because}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function notSimulated(
  { notSimulated: devices }: DevicesView,
  unfolding: Unfolding,
): TemplateResult | typeof nothing {
  if (devices.length === 0) return nothing;
  return unfold(
    'not-simulated',
    `Not simulated: ${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`,
    unfolding,
    html`<table>
      <thead>
        <tr>
          <th scope="col">name</th>
          <th scope="col">what it is</th>
          <th scope="col">why nothing simulates it</th>
        </tr>
      </thead>
      <tbody>
        ${devices.map(
          ({ name, kind, why }) =>
            html`<tr>
              <td class="code">${name}</td>
              <td>${kind === '' ? '–' : kind}</td>
              <td>${why}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
