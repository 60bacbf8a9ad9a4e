import { html, nothing, type TemplateResult } from 'lit';
import type { GenericSchema } from 'valibot';
import type { JsonPath } from '../../src/model/check';
import { choices, field } from './field';
import { key, problemsAt, problemsWithin, valueAt, type Form } from './form';
import { describe, type Entries } from './shape';
import { fresh, summary } from './words';

/** Elements of a long list that are shown; more are edited as text. */
const SHOWN = 48;

/** The members of an object: short ones side by side, longer ones below, each in a fold. */
export function members(
  form: Form,
  path: JsonPath,
  entries: Entries,
  skip: readonly string[] = [],
): TemplateResult {
  const all = Object.entries(entries)
    .filter(([name]) => !skip.includes(name))
    .map(([name, schema]) => ({ at: [...path, name], schema, described: describe(schema) }));
  const inline = all.filter(({ described }) =>
    ['text', 'number', 'yes-no', 'choice'].includes(described.shape.kind),
  );
  const below = all.filter((member) => !inline.includes(member));
  return html`<div class="fields">${inline.map(({ at, described }) => field(form, at, described))}</div>
    ${below.map(({ at, schema }) => part(form, at, schema))}`;
}

/** A member that has members of its own. */
function part(form: Form, path: JsonPath, schema: GenericSchema): TemplateResult {
  const { shape, about } = describe(schema);
  switch (shape.kind) {
    case 'choices':
      return choices(form, path, shape.options, about);
    case 'list':
      return fold(form, path, `${path.at(-1)} (${listAt(form, path).length})`, list(form, path, shape.item));
    case 'object':
      return fold(form, path, String(path.at(-1)), members(form, path, shape.entries));
    default:
      return html`${nothing}`;
  }
}

const listAt = (form: Form, path: JsonPath): unknown[] => {
  const value = valueAt(form.value, path);
  return Array.isArray(value) ? (value as unknown[]) : [];
};

/** The elements of a list, each folded, with what can be done to it; and a way to add one. */
export function list(form: Form, path: JsonPath, item: GenericSchema): TemplateResult {
  const elements = listAt(form, path);
  const { shape } = describe(item);
  const kinds = shape.kind === 'variant' ? Object.keys(shape.options) : [];
  const add = (kind?: string) => {
    const at = [...path, elements.length];
    form.toggle(at, true);
    if (elements.length === 0) form.edit({ path: [...path], value: [fresh(path, form.value, kind)] });
    else form.edit({ path: at, value: fresh(path, form.value, kind), insert: true });
  };
  return html`<div class="parts">
    ${problemsAt(form, path).map(({ message }) => html`<p class="wrong">${message}</p>`)}
    ${elements.slice(0, SHOWN).map((_, n) => element(form, path, n, elements, item))}
    ${elements.length > SHOWN ? html`<p class="quiet">${elements.length - SHOWN} more: open the text to see them.</p>` : nothing}
    <div class="add">
      ${kinds.length > 0 ? addOfKind(path, kinds, add) : html`<button type="button" class="tool" @click=${() => add()}>+ ${nameOf(path)}</button>`}
    </div>
  </div>`;
}

/** Kinds that fit in a row are buttons; more are a list to choose from. */
const ROW = 4;

function addOfKind(path: JsonPath, kinds: readonly string[], add: (kind: string) => void): TemplateResult {
  if (kinds.length <= ROW)
    return html`${kinds.map(
      (kind) => html`<button type="button" class="tool" @click=${() => add(kind)}>+ ${kind}</button>`,
    )}`;
  const choose = (event: SubmitEvent) => {
    event.preventDefault();
    add(new FormData(event.currentTarget as HTMLFormElement).get('kind') as string);
  };
  return html`<form @submit=${choose}>
    <select name="kind" aria-label="Kind of the new ${nameOf(path)}">
      ${kinds.map((kind) => html`<option>${kind}</option>`)}
    </select>
    <button class="tool">+ ${nameOf(path)}</button>
  </form>`;
}

function element(
  form: Form,
  path: JsonPath,
  n: number,
  elements: readonly unknown[],
  item: GenericSchema,
): TemplateResult {
  const at = [...path, n];
  const { shape } = describe(item);
  const swap = (other: number) => {
    const value = [...elements];
    [value[n], value[other]] = [value[other], value[n]];
    form.edit({ path: [...path], value });
  };
  const entries =
    shape.kind === 'object'
      ? shape.entries
      : shape.kind === 'variant'
        ? (shape.options[String(valueAt(form.value, [...at, shape.key]))] ?? {})
        : {};
  const skip = shape.kind === 'variant' ? [shape.key] : [];
  const what = summary(path, elements[n]) || `${nameOf(path)} ${n + 1}`;
  return fold(
    form,
    at,
    what,
    html`${problemsAt(form, at).map(({ message }) => html`<p class="wrong">${message}</p>`)}
      ${members(form, at, entries, skip)}
      <div class="add">
        <button
          type="button"
          class="tool"
          ?disabled=${n === 0}
          aria-label="Move ${what} up"
          @click=${() => swap(n - 1)}
        >
          Up
        </button>
        <button
          type="button"
          class="tool"
          ?disabled=${n === elements.length - 1}
          aria-label="Move ${what} down"
          @click=${() => swap(n + 1)}
        >
          Down
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Copy ${what}"
          @click=${() => form.edit({ path: [...path, n + 1], value: elements[n], insert: true })}
        >
          Copy
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Remove ${what}"
          @click=${() => form.edit({ path: at })}
        >
          Remove
        </button>
      </div>`,
  );
}

/** `devices` → `device`, `vecs` → `vec`. */
const nameOf = (path: JsonPath): string => String(path.at(-1)).replace(/s$/, '').replace('workload', 'I/O');

function fold(form: Form, path: JsonPath, title: string, content: TemplateResult): TemplateResult {
  const wrong = problemsWithin(form, path);
  const open = form.isOpen(path);
  const press = (event: Event) => {
    event.preventDefault();
    form.toggle(path, !open);
  };
  return html`<details class="part" data-path=${key(path)} ?open=${open}>
    <summary @click=${press}>
      ${title}${wrong > 0 ? html` <span class="count">✕ ${wrong} wrong</span>` : nothing}
    </summary>
    ${open ? html`<div class="inside">${content}</div>` : nothing}
  </details>`;
}
