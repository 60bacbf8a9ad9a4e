import { html, render } from 'lit';
import type { ViewState } from '../src/protocol/view-state';
import { Bridge } from './bridge';
import { registerControls } from './controls';
import { explorerPage } from './explorer';
import type { Page } from './page';
import { sidePage } from './side';

registerControls();

const root = document.getElementById('root')!;
const draw = document.body.dataset['surface'] === 'explorer' ? explorerPage : sidePage;
let state: ViewState = { selection: {} };
/** What the frame around a picture takes from its width, px. */
const FRAME = 6;
let refused = '';

const bridge = new Bridge({
  state(next) {
    state = next;
    refused = '';
    update();
    if (next.reveal) document.getElementById(next.reveal)?.scrollIntoView({ block: 'start' });
  },
  refused(reason) {
    refused = reason;
    update();
  },
});

function update(): void {
  if (refused !== '') {
    render(html`<p class="note" role="alert">${refused}</p>`, root);
    return;
  }
  const page: Page = {
    state,
    width: root.clientWidth - FRAME,
    select: (selection) => bridge.select(selection),
    request: (request) => bridge.request(request),
    unfolding: { open: bridge.unfolded, toggle: (name, open) => bridge.setUnfolded(name, open) },
  };
  render(draw(page), root);
}

// Height follows from what is drawn; only a new width is a reason to draw again.
let drawnWidth = -1;
new ResizeObserver(() => {
  if (root.clientWidth === drawnWidth) return;
  drawnWidth = root.clientWidth;
  update();
}).observe(root);
bridge.ready();
