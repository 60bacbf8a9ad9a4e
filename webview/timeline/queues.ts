import { html, nothing, type TemplateResult } from 'lit';
import type { Recording } from '../../src/model/recording';
import { historyOf } from '../../src/model/time/history';
import type { RequestNow, Whereabouts } from '../../src/model/time/world';

/** Requests that are named; of more, the number is said. */
const NAMED = 6;

const PLACES: readonly (readonly [Whereabouts, string])[] = [
  ['plug', 'with the task (plug list)'],
  ['queue', 'queue, scheduler'],
  ['device', 'at the driver, in flight'],
];

/** Where every request is at the moment, a row a device, and what else is under way. */
export function queuesTable(recording: Recording, step: number): TemplateResult {
  const { bios, requests } = historyOf(recording).at(step);
  const here = [...requests.values()];
  const busy = new Set(here.map(({ device }) => device));
  const submitted = [...bios.values()].filter((bio) => bio.submitted).length;
  return html`<p class="sentence" id="under-way">
      Under way: ${said(submitted, 'bio')} submitted and not ended, ${said(bios.size - submitted, 'bio')}
      being built, ${said(here.length, 'request')}.
    </p>
    <div class="table-frame" role="region" aria-label="Queues at this moment" tabindex="0">
      <table class="queues">
        <thead>
          <tr>
            <th scope="col">device</th>
            ${PLACES.map(([, title]) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${recording.devices.map((name, device) =>
            busy.has(device)
              ? html`<tr>
                  <th scope="row" class="code">${name}</th>
                  ${PLACES.map(([where]) => cell(here.filter((r) => r.device === device && r.where === where)))}
                </tr>`
              : nothing,
          )}
          ${
            busy.size === 0
              ? html`<tr>
                  <td colspan="4">No request is under way.</td>
                </tr>`
              : nothing
          }
        </tbody>
      </table>
    </div>`;
}

function cell(requests: readonly RequestNow[]): TemplateResult {
  if (requests.length === 0) return html`<td>–</td>`;
  const named = requests
    .slice(0, NAMED)
    .map(({ number, write, sector, sectors }) => `#${number} ${write ? 'W' : 'R'} ${sector} + ${sectors}`);
  const more = requests.length - named.length;
  return html`<td>
    <b>${requests.length}</b>
    <span class="code">${named.join(', ')}</span>${more > 0 ? ` and ${more} more` : nothing}
  </td>`;
}

const said = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
