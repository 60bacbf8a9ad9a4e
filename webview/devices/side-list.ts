import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../src/model/address';
import type { DevicesView } from '../../src/protocol/view-state';
import { moveFocus } from '../roving';
import { inStackOrder } from './order';

/** The devices in few words, one a row: pressing one shows it in the explorer. */
export function deviceList(devices: DevicesView, show: (name: string) => void): TemplateResult {
  const [first] = devices.list;
  if (!first) return html`<p class="sentence">This machine has no block device that is simulated.</p>`;
  const levels = inStackOrder(devices.list);
  return html`<div class="device-list" role="group" aria-label="Devices" @keydown=${moveFocus}>
    ${levels.map(
      ({ device, depth }, n) =>
        html`<button
          type="button"
          data-item
          class="device-row depth-${Math.min(depth, 4)}"
          tabindex=${n === 0 ? 0 : -1}
          @click=${() => show(device.name)}
        >
          <span class="code">${device.name}</span>
          <span class="quiet"
            >${device.kind} · ${formatBytes(device.size)}
            ${device.on.length > 0 ? html`· on ${device.on.join(', ')}` : nothing}</span
          >
        </button>`,
    )}
  </div>`;
}
