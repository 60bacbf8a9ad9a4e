import { html, type TemplateResult } from 'lit';

/** What keys do, by place. What is not listed here is not there. */
export const KEYS: readonly {
  readonly where: string;
  readonly keys: readonly (readonly [string, string])[];
}[] = [
  {
    where: 'Everywhere',
    keys: [
      ['Tab, Shift+Tab', 'from one group to the next, and back'],
      ['← → ↑ ↓, Home, End', 'inside a group: blocks, I/Os, devices, names'],
      ['Enter, Space', 'select, open; on a kernel name: its source'],
      ['Shift+F10', 'the menu of what has the focus'],
      ['?', 'this list'],
    ],
  },
  {
    where: 'Time, anywhere in the explorer',
    keys: [
      ['F11, F9', 'a step forward, into what is called; a step back'],
      ['F10, Shift+F9', 'over what is called: forward, back'],
      ['Shift+F11', 'out of the function'],
      ['F6', 'play, stop'],
      ['Ctrl+F10', 'run to a function, an error, a device …'],
      ['Alt+Home, Alt+End', 'the start of the run, its end'],
    ],
  },
  {
    where: 'Timeline',
    keys: [
      ['← →', 'a step back, a step forward'],
      ['Page Up, Page Down', 'half a picture back, half a picture forward'],
      ['Home, End', 'the start, the end'],
      ['+ −', 'zoom in, zoom out'],
      ['0', 'the whole run'],
    ],
  },
  {
    where: 'The I/O as a tree',
    keys: [
      ['↑ ↓, Home, End', 'a row up, a row down, the first, the last'],
      ['→ ←', 'unfold, or go into it; fold, or go to what it came from'],
      ['Enter, Space', 'to the moment of this row'],
    ],
  },
  {
    where: 'Steps of a scenario',
    keys: [
      ['← →, ↑ ↓', 'the step before, the step after'],
      ['Home, End', 'the first step, the last'],
    ],
  },
  {
    where: 'Detail of the memory map',
    keys: [
      ['← →', 'a page, or a step of the ruler'],
      ['↑ ↓', 'the next range'],
      ['+ −', 'zoom in, zoom out'],
      ['0, 1', 'everything, single pages'],
      ['Enter', 'inspect the page'],
    ],
  },
  {
    where: 'Map and decisions of a cache',
    keys: [
      ['← → ↑ ↓', 'the next block, or the next decisions'],
      ['Page Up, Page Down', 'further on'],
      ['Home, End', 'the first, the last'],
    ],
  },
];

/** The sheet of keys. A modal dialog of the browser's: it keeps the focus, and Esc closes it. */
export function keySheet(): TemplateResult {
  return html`<dialog id="keys" class="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    ${KEYS.map(
      ({ where, keys }) =>
        html`<h3>${where}</h3>
          <dl>
            ${keys.map(
              ([key, what]) =>
                html`<div>
                  <dt><kbd>${key}</kbd></dt>
                  <dd>${what}</dd>
                </div>`,
            )}
          </dl>`,
    )}
    <form method="dialog"><button class="tool">Close</button></form>
  </dialog>`;
}

/** Opens the sheet on `?`, unless somebody is typing it. */
export function openKeysOnQuestionMark(): void {
  document.addEventListener('keydown', (event) => {
    const typing = (event.target as Element).closest('input, textarea, select') !== null;
    if (event.key === '?' && !typing) showKeys();
  });
}

export function showKeys(): void {
  const sheet = document.querySelector<HTMLDialogElement>('#keys');
  if (sheet && !sheet.open) sheet.showModal();
}
