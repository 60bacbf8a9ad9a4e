import { html, type TemplateResult } from 'lit';
import { narrate } from '../../src/model/narrate';
import { bioFamily } from '../../src/model/bio-family';
import type { Recording } from '../../src/model/recording';
import { unfold, type Unfolding } from '../unfold';

/** What happened to one submitted bio and all that was made from it, step by step, in sentences. */
export function eventTable(recording: Recording, bio: number, unfolding: Unfolding): TemplateResult {
  const own = bioFamily(recording, bio).events;
  return unfold(
    'event-table',
    `Step by step: ${own.length} ${own.length === 1 ? 'event' : 'events'}`,
    unfolding,
    html`<table>
      <thead>
        <tr>
          <th scope="col" class="number">step</th>
          <th scope="col">function</th>
          <th scope="col">device</th>
          <th scope="col">what happens</th>
        </tr>
      </thead>
      <tbody>
        ${own.map(
          (event) =>
            html`<tr class=${event.name.kind}>
              <td class="number">${event.time}</td>
              <td class="code">${event.name.name}</td>
              <td class="code">${event.device ?? ''}</td>
              <td>${narrate(event)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
