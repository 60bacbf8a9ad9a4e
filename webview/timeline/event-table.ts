import { html, nothing, type TemplateResult } from 'lit';
import { deviceTime, formatNanoseconds } from '../../src/model/device-time';
import { narrate } from '../../src/model/narrate';
import { bioFamily } from '../../src/model/bio-family';
import type { Recording } from '../../src/model/recording';
import { unfold, type Unfolding } from '../unfold';

/** What happened to one submitted bio and all that was made from it, step by step, in sentences. */
export function eventTable(recording: Recording, bio: number, unfolding: Unfolding): TemplateResult {
  const own = bioFamily(recording, bio).events;
  const waits = waitsOf(own.map((event) => deviceTime(recording, event)));
  // Steps are only counted; a column of time is there where a device let some pass.
  const timed = waits.some((wait) => wait > 0);
  return unfold(
    'event-table',
    `Step by step: ${own.length} ${own.length === 1 ? 'event' : 'events'}`,
    unfolding,
    html`<table>
      <thead>
        <tr>
          <th scope="col" class="number">step</th>
          ${timed ? html`<th scope="col" class="number">device time</th>` : nothing}
          <th scope="col">function</th>
          <th scope="col">device</th>
          <th scope="col">what happens</th>
        </tr>
      </thead>
      <tbody>
        ${own.map(
          (event, n) =>
            html`<tr class=${event.name.kind}>
              <td class="number">${recording.dropped + event.index + 1}</td>
              ${timed ? html`<td class="number">${waits[n]! > 0 ? `+${formatNanoseconds(waits[n]!)}` : ''}</td>` : nothing}
              <td class="code">${event.name.name}</td>
              <td class="code">${event.device ?? ''}</td>
              <td>${narrate(event)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

/** What passed between each event and the one before it; before the first, nothing of this I/O waited. */
function waitsOf(times: readonly number[]): number[] {
  return times.map((time, n) => (n === 0 ? 0 : time - times[n - 1]!));
}
