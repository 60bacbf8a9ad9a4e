import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { live } from 'lit/directives/live.js';
import { formatBytes, groupedHex } from '../../src/model/address';
import { MARK_COLOURS } from '../../src/model/memory-facts';
import type { MapExtent, MapMark } from '../../src/protocol/map-view';
import type { MarkChange } from '../../src/protocol/messages';

interface Target {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What somebody may put a note on, and how it is told. */
export interface NoteOptions {
  readonly marks: readonly MapMark[];
  readonly page: number | undefined;
  readonly extent: MapExtent | undefined;
  /** The bytes the detail view shows at the moment it is asked. */
  readonly shown: () => { readonly start: number; readonly end: number } | undefined;
  readonly change: (change: MarkChange) => void;
}

type Colour = (typeof MARK_COLOURS)[number];

/** Notes people put on memory, saved with the machine: each can be reworded, recoloured and removed. */
export function notes(options: NoteOptions): TemplateResult {
  const { marks, change } = options;
  return html`<section class="notes" aria-label="Notes">
    <h2>Notes</h2>
    ${
      marks.length === 0
        ? nothing
        : html`<ul>
            ${marks.map((mark, index) => noteRow(mark, index, change))}
          </ul>`
    }
    ${newNote(options)}
  </section>`;
}

function noteRow(mark: MapMark, index: number, change: NoteOptions['change']): TemplateResult {
  const { start, end } = mark;
  const replace = (event: SubmitEvent) => {
    const said = read(event);
    if (said) change({ do: 'replace', index, mark: { start, end, ...said } });
  };
  return html`<li>
    <form @submit=${replace}>
      <span class="flag mark-${mark.colour ?? 'yellow'}"></span>
      <span class="code">${groupedHex(start)}</span> <span class="quiet">${formatBytes(end - start)}</span>
      ${words(mark.text, `Note ${index + 1}`)}
      ${colours(mark.colour ?? 'yellow', `Colour of note ${index + 1}`)}
      <button class="tool">Save</button>
      <button
        type="button"
        class="tool"
        aria-label="Remove note ${index + 1}"
        @click=${() => change({ do: 'remove', index })}
      >
        Remove
      </button>
    </form>
  </li>`;
}

function newNote({ page, extent, shown, change }: NoteOptions): TemplateResult {
  const targets: Target[] = [
    ...(page === undefined
      ? []
      : [{ name: `page ${groupedHex(page)}`, start: page * 4096, end: (page + 1) * 4096 }]),
    ...(extent ? [{ name: extent.name, start: extent.start, end: extent.end }] : []),
  ];
  const add = (event: SubmitEvent) => {
    const form = event.currentTarget as HTMLFormElement;
    const on = Number(new FormData(form).get('on'));
    const target = targets[on] ?? shown();
    const said = read(event);
    if (!said || !target) return;
    change({ do: 'add', mark: { start: target.start, end: target.end, ...said } });
    form.reset();
  };
  return html`<form class="new" @submit=${add}>
    ${words('', 'New note')}
    ${keyed(
      // A choice made for another selection is none for this one.
      targets.map(({ name }) => name).join(),
      html`<select name="on" aria-label="What the note is on">
        ${targets.map(({ name }, i) => html`<option value=${i} ?selected=${i === 0}>on ${name}</option>`)}
        <option value="-1">on what the detail shows</option>
      </select>`,
    )}
    ${colours('yellow', 'Colour of the new note')}
    <button class="tool">Add Note</button>
  </form>`;
}

const words = (text: string, label: string) =>
  html`<input
    name="text"
    required
    maxlength="500"
    aria-label=${label}
    placeholder="A note"
    .value=${live(text)}
  />`;

const colours = (colour: Colour, label: string) =>
  html`<select name="colour" aria-label=${label}>
    ${MARK_COLOURS.map((name) => html`<option value=${name} ?selected=${name === colour}>${name}</option>`)}
  </select>`;

function read(event: SubmitEvent): { text: string; colour: Colour } | undefined {
  event.preventDefault();
  const data = new FormData(event.currentTarget as HTMLFormElement);
  const text = data.get('text');
  const colour = MARK_COLOURS.find((name) => name === data.get('colour'));
  return typeof text === 'string' && text.trim() !== '' && colour ? { text: text.trim(), colour } : undefined;
}
