import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Finding, JsonPath } from '../../src/model/check';
import { idOf, problemsAt, valueAt, type Form } from './form';
import type { Described } from './shape';

/**
 * One member with its label, and beside it what is wrong with it. Native inputs: the toolkit's hide theirs in a shadow
 * tree, where no message can be tied to them.
 */
export function field(form: Form, path: JsonPath, { shape, optional, about }: Described): TemplateResult {
  const id = idOf(path);
  const wrong = problemsAt(form, path);
  const describedBy = [...(about ? [`${id}-about`] : []), ...(wrong.length > 0 ? [`${id}-wrong`] : [])].join(
    ' ',
  );
  const said: Said = {
    id,
    value: valueAt(form.value, path),
    optional,
    describedBy: describedBy || undefined,
    invalid: wrong.some(({ severity }) => severity === 'error'),
    draft: (value) => form.draft(path, value),
    set: (value) => form.edit({ path: [...path], ...(value === undefined ? {} : { value }) }),
  };
  return html`<div class="field ${said.invalid ? 'invalid' : ''}">
    <label for=${id} title=${about}
      >${path.at(-1)}${optional ? nothing : html`<span class="must" aria-hidden="true">*</span>`}</label
    >
    ${control(shape, said, path)}
    ${about ? html`<span class="about" id="${id}-about">${about}</span>` : nothing}
    ${
      wrong.length > 0
        ? html`<span class="wrong" id="${id}-wrong">${wrong.map(wordsOf).join('; ')}</span>`
        : nothing
    }
  </div>`;
}

interface Said {
  readonly id: string;
  readonly value: unknown;
  readonly optional: boolean;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly draft: (value: unknown) => void;
  readonly set: (value: unknown) => void;
}

function control(shape: Described['shape'], said: Said, path: JsonPath): TemplateResult {
  switch (shape.kind) {
    case 'choice':
      return select(shape.options, said, (text) => text);
    case 'yes-no':
      return select(['true', 'false'], said, (text) => text === 'true');
    case 'number':
      return input(said, numberOf, undefined);
    default:
      return input(
        said,
        (text) => text,
        path.at(-1) === 'device' || path.at(-1) === 'backing' ? 'devices' : undefined,
      );
  }
}

/** A text that is no whole number stays text, and the check says what was expected. */
const numberOf = (text: string): unknown => (/^-?\d{1,16}$/.test(text.trim()) ? Number(text) : text);

function input(said: Said, read: (text: string) => unknown, list: string | undefined): TemplateResult {
  const shown = textOf(said.value);
  const given = (event: Event): unknown => {
    const { value } = event.currentTarget as HTMLInputElement;
    return value === '' && said.optional ? undefined : read(value);
  };
  return html`<input
    id=${said.id}
    .value=${live(shown)}
    spellcheck="false"
    autocomplete="off"
    list=${list ?? nothing}
    placeholder=${said.optional ? 'not set' : ''}
    aria-required=${said.optional ? 'false' : 'true'}
    aria-invalid=${said.invalid ? 'true' : 'false'}
    aria-describedby=${said.describedBy ?? nothing}
    @input=${(event: Event) => said.draft(given(event))}
    @change=${(event: Event) => said.set(given(event))}
  />`;
}

function select(options: readonly string[], said: Said, read: (text: string) => unknown): TemplateResult {
  const current = textOf(said.value);
  const strange = current !== '' && !options.includes(current) ? [current] : [];
  return html`<select
    id=${said.id}
    aria-invalid=${said.invalid ? 'true' : 'false'}
    aria-describedby=${said.describedBy ?? nothing}
    @change=${(event: Event) => {
      const { value } = event.currentTarget as HTMLSelectElement;
      said.set(value === '' ? undefined : read(value));
    }}
  >
    ${said.optional || current === '' ? html`<option value="" ?selected=${current === ''}>not set</option>` : nothing}
    ${[...strange, ...options].map(
      (option) => html`<option value=${option} ?selected=${option === current}>${option}</option>`,
    )}
  </select>`;
}

/** Any of some words. */
export function choices(
  form: Form,
  path: JsonPath,
  options: readonly string[],
  about: string,
): TemplateResult {
  const chosen = valueAt(form.value, path);
  const list = Array.isArray(chosen) ? (chosen as unknown[]) : [];
  const set = (option: string, on: boolean) => {
    const value = options.filter((known) => (known === option ? on : list.includes(known)));
    form.edit({ path: [...path], ...(value.length > 0 ? { value } : {}) });
  };
  return html`<fieldset class="choices-of" title=${about}>
    <legend>${path.at(-1)}</legend>
    ${options.map(
      (option) =>
        html`<label class="check"
          ><input
            type="checkbox"
            .checked=${live(list.includes(option))}
            @change=${(event: Event) => set(option, (event.currentTarget as HTMLInputElement).checked)}
          />
          ${option}</label
        >`,
    )}
    ${problemsAt(form, path).map(({ message }) => html`<span class="wrong">${message}</span>`)}
  </fieldset>`;
}

/** What a member says, for an input; what is no plain value cannot be typed. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** A message begins with its path where a list of them is shown; here the label says it. */
export function wordsOf({ path, message }: Finding): string {
  const where = `${path.join('.')}: `;
  return message.startsWith(where) ? message.slice(where.length) : message;
}
