import { html, render } from 'lit';
import * as v from 'valibot';
import type { Finding, JsonPath } from '../../src/model/check';
import { checkValue } from '../../src/model/document-value';
import type { MapView } from '../../src/protocol/map-view';
import { ToEditorSchema, type FromEditor } from '../../src/protocol/editor-messages';
import { PROTOCOL_VERSION } from '../../src/protocol/messages';
import { registerControls } from '../controls';
import { idOf, key, withValue, type Form } from './form';
import { editorPage } from './page';

registerControls();

declare function acquireVsCodeApi(): {
  postMessage(message: FromEditor): void;
  getState(): unknown;
  setState(state: unknown): void;
};
const api = acquireVsCodeApi();
const root = document.getElementById('root')!;

/** What the document says, and why it cannot be read where it cannot. */
let value: unknown;
let syntax: readonly string[] = [];
let map: MapView | undefined;
/** The member that is being typed: checked with every key, written when it is left. */
let draft: { readonly path: JsonPath; readonly value: unknown } | undefined;
const opened = new Set<string>(readOpened(api.getState()));

function readOpened(state: unknown): string[] {
  return Array.isArray(state) ? state.filter((item) => typeof item === 'string') : [];
}

const send = (message: FromEditor) => api.postMessage(message);

function setOpen(path: JsonPath, open: boolean): void {
  if (open) opened.add(key(path));
  else opened.delete(key(path));
  api.setState([...opened]);
}

function form(): Form {
  const shown = draft ? withValue(value, draft.path, draft.value) : value;
  const findings: readonly Finding[] = checkValue(shown).findings;
  return {
    value: shown,
    findings,
    edit(edit) {
      draft = undefined;
      send({ v: PROTOCOL_VERSION, type: 'edit', edit });
    },
    draft(path, typed) {
      draft = { path, value: typed };
      update();
    },
    isOpen: (path) => opened.has(key(path)),
    toggle(path, open) {
      setOpen(path, open);
      update();
    },
  };
}

/** Everything around a member is opened; then it has the focus. */
function goTo(path: JsonPath): void {
  for (let depth = 1; depth <= path.length; depth++) setOpen(path.slice(0, depth), true);
  update();
  for (let depth = path.length; depth > 0; depth--) {
    const inner = path.slice(0, depth);
    const target =
      document.getElementById(idOf(inner)) ??
      document.querySelector<HTMLElement>(`[data-path="${CSS.escape(key(inner))}"] > summary`);
    if (!target) continue;
    target.scrollIntoView({ block: 'center' });
    target.focus();
    return;
  }
}

function update(): void {
  if (syntax.length > 0) {
    render(
      html`<h1>This is not JSON yet</h1>
        ${syntax.map((line) => html`<p class="wrong">${line}</p>`)}
        <div class="buttons">
          <vscode-button @click=${() => send({ v: PROTOCOL_VERSION, type: 'request', request: 'openText' })}
            >Open as Text</vscode-button
          >
        </div>`,
      root,
    );
    return;
  }
  if (value === undefined) return;
  const page = editorPage({
    form: form(),
    map,
    width: root.clientWidth - 6,
    request: (request) => send({ v: PROTOCOL_VERSION, type: 'request', request }),
    goTo,
  });
  render(page, root);
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const received = v.safeParse(ToEditorSchema, event.data);
  if (!received.success) return;
  ({ value, syntax } = received.output);
  // What cannot be drawn leaves the last picture there: the page does not jump while something is wrong.
  map = received.output.map ?? map;
  draft = undefined;
  update();
});

let drawnWidth = -1;
new ResizeObserver(() => {
  if (root.clientWidth === drawnWidth) return;
  drawnWidth = root.clientWidth;
  update();
}).observe(root);
send({ v: PROTOCOL_VERSION, type: 'ready' });
