import { html, nothing, type TemplateResult } from 'lit';
import { deviceTime, formatNanoseconds } from '../../src/model/device-time';
import { narrate } from '../../src/model/narrate';
import { firstThat } from '../../src/model/first-that';
import { bioFamily } from '../../src/model/bio-family';
import type { Recording } from '../../src/model/recording';
import { kernelName } from '../kernel-name';
import { moveFocus } from '../roving';
import { unfold, type Unfolding } from '../unfold';

/** What happened to one submitted bio and all that was made from it, step by step, in sentences. */
export function eventTable(
  recording: Recording,
  bio: number,
  unfolding: Unfolding,
  step: number,
): TemplateResult {
  const all = bioFamily(recording, bio).events;
  const at = firstThat(all.length, (i) => all[i]!.index >= step) - 1;
  const first = Math.min(Math.max(at - ROWS / 2, 0), Math.max(all.length - ROWS, 0));
  const own = all.slice(first, first + ROWS);
  const waits = waitsOf(own.map((event) => deviceTime(recording, event)));
  // Steps are only counted; a column of time is there where a device let some pass.
  const timed = waits.some((wait) => wait > 0);
  return unfold(
    'event-table',
    `Step by step: ${all.length} ${all.length === 1 ? 'event' : 'events'}`,
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
        <tbody @keydown=${moveFocus}>
          ${own.map(
            (event, n) =>
              html`<tr
                class="${event.name.kind} ${event.index >= step ? 'later' : ''} ${event.index === step - 1 ? 'now' : ''}"
                aria-current=${event.index === step - 1 ? 'step' : nothing}
              >
                <td class="number">${recording.dropped + event.index + 1}</td>
                ${timed ? html`<td class="number">${waits[n]! > 0 ? `+${formatNanoseconds(waits[n]!)}` : ''}</td>` : nothing}
                <td class="code">${kernelName(event.name.name, n === 0)}</td>
                <td class="code">${event.device ?? ''}</td>
                <td>${narrate(event)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${own.length < all.length ? html`<p class="caption">${own.length} of them, around the moment that is shown.</p>` : nothing}`,
  );
}

/** Rows of a long story that are shown. */
const ROWS = 400;

/** What passed between each event and the one before it; before the first, nothing of this I/O waited. */
function waitsOf(times: readonly number[]): number[] {
  return times.map((time, n) => (n === 0 ? 0 : time - times[n - 1]!));
}
