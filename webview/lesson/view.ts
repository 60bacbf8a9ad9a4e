import { html, nothing, type TemplateResult } from 'lit';
import type { LessonEntry, LessonView } from '../../src/protocol/lesson-view';
import { badge } from '../inspector/facts';
import { moveFocus } from '../roving';

/** What the page needs to play lessons: the gallery, the one that is open, and the ways to change both. */
export interface LessonPlayer {
  readonly entries: readonly LessonEntry[];
  readonly view: LessonView | undefined;
  readonly open: (file: string) => void;
  /** To a step, from 0; `undefined` closes the lesson. */
  readonly moveTo: (at: number | undefined) => void;
}

/** The open lesson: its steps, what is true at this one, and the way on. */
export function lessonCard(player: LessonPlayer): TemplateResult {
  const { view, moveTo } = player;
  if (!view) return html`${nothing}`;
  const { title, at, steps, reconstructed } = view;
  const step = steps[at]!;
  return html`<section class="lesson" aria-label="Scenario">
    <div class="lesson-head">
      <h2>${title}${reconstructed ? html` ${badge('reconstructed')}` : nothing}</h2>
      <button type="button" class="tool close" title="Close the scenario" @click=${() => moveTo(undefined)}>
        Close
      </button>
    </div>
    <div class="lesson-way">
      <vscode-button appearance="secondary" ?disabled=${at === 0} @click=${() => moveTo(at - 1)}
        >Back</vscode-button
      >
      ${stepList(view, moveTo)}
      ${
        at < steps.length - 1
          ? html`<vscode-button @click=${() => moveTo(at + 1)}>Next</vscode-button>`
          : html`<vscode-button ?disabled=${!after(player)} @click=${() => openNext(player)}
              >Next Scenario</vscode-button
            >`
      }
    </div>
    <div role="status" class="says ${step.failed ? 'failed' : ''}">
      <b>${at + 1}. ${step.title}</b>
      <p>${step.says}</p>
    </div>
  </section>`;
}

/** One tab stop; arrows go from step to step, and the picture follows. */
function stepList({ steps, at }: LessonView, moveTo: LessonPlayer['moveTo']): TemplateResult {
  const walk = (event: KeyboardEvent) => {
    moveFocus(event);
    if (event.defaultPrevented) (document.activeElement as HTMLElement).click();
  };
  return html`<div class="lesson-steps" role="group" aria-label="Steps" @keydown=${walk}>
    ${steps.map(
      (step, n) =>
        html`<button
          type="button"
          data-item
          class="lesson-step"
          title=${step.title}
          aria-label="Step ${n + 1} of ${steps.length}: ${step.title}"
          aria-current=${n === at ? 'step' : nothing}
          tabindex=${n === at ? 0 : -1}
          @click=${() => moveTo(n)}
        >
          ${n + 1}
        </button>`,
    )}
  </div>`;
}

function after({ entries, view }: LessonPlayer): LessonEntry | undefined {
  const here = entries.findIndex(({ title }) => title === view?.title);
  return here < 0 ? undefined : entries[here + 1];
}

function openNext(player: LessonPlayer): void {
  const next = after(player);
  if (next) player.open(next.file);
}

/** The gallery: each lesson by the one thing it teaches. */
export function lessonList({ entries, view, open }: LessonPlayer): TemplateResult {
  const current = Math.max(
    entries.findIndex(({ title }) => title === view?.title),
    0,
  );
  return html`<div class="stories" role="group" aria-label="Scenarios to open" @keydown=${moveFocus}>
    ${entries.map(
      ({ file, title, teaches, reconstructed }, n) =>
        html`<button
          type="button"
          data-item
          class="story"
          aria-pressed=${title === view?.title ? 'true' : 'false'}
          tabindex=${n === current ? 0 : -1}
          @click=${() => open(file)}
        >
          <span class="title">${title}${reconstructed ? html` ${badge('reconstructed')}` : nothing}</span>
          <span class="because">${teaches}</span>
        </button>`,
    )}
  </div>`;
}
