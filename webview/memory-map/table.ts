import { html, type TemplateResult } from 'lit';
import { formatBytes, groupedHex } from '../../src/model/address';
import type { MapExtent, MapView } from '../../src/protocol/view-state';
import { unfold, type Unfolding } from '../unfold';

const OWNER: Readonly<Record<MapExtent['page'], string>> = {
  memmap: 'yes',
  section: 'yes, reserved',
  device: 'yes, ZONE_DEVICE',
  none: 'none',
};

/** The map as a table: every range of it, for screen readers and for reading exact numbers. */
export function mapTable(view: MapView, unfolding: Unfolding): TemplateResult {
  return unfold(
    'map-table',
    'The map as a table',
    unfolding,
    html`<table>
      <thead>
        <tr>
          <th scope="col">start</th>
          <th scope="col">end</th>
          <th scope="col" class="number">size</th>
          <th scope="col">name</th>
          <th scope="col">kind</th>
          <th scope="col">struct page</th>
        </tr>
      </thead>
      <tbody>
        ${view.extents.map(
          (e) =>
            html`<tr>
              <td class="code">${groupedHex(e.start)}</td>
              <td class="code">${groupedHex(e.end - 1)}</td>
              <td class="number">${formatBytes(e.end - e.start)}</td>
              <td>${e.name}</td>
              <td>${e.kind}</td>
              <td>${OWNER[e.page]}${e.assumed === undefined ? '' : ' (assumed)'}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
