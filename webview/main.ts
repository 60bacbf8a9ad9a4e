import { html, render } from 'lit';
import type { ViewState } from '../src/protocol/view-state';
import { registerRibbons } from './bio-chain/element';
import { registerTree } from './bio-chain/tree-element';
import { Bridge } from './bridge';
import { registerControls } from './controls';
import { explorerPage } from './explorer';
import type { DmaChoice } from './dma/view';
import { measureLesson, newStep } from './lesson/step';
import { registerMap } from './memory-map/detail/element';
import { onKernelName } from './kernel-name';
import { openKeysOnQuestionMark } from './keys';
import type { Page } from './page';
import { isMissing } from './recording';
import { stepAfter } from './scenario/view';
import { sidePage } from './side';
import { registerTimeline } from './timeline/element';
import { Player } from './timeline/player';
import type { RunTo } from './timeline/transport';

/** This script itself, whose nonce another one needs. */
const self = document.currentScript as HTMLScriptElement;

registerControls();
registerMap();
openKeysOnQuestionMark();
registerRibbons();
registerTimeline();
registerTree();

const root = document.getElementById('root')!;
const surface = document.body.dataset['surface'];
const draw = surface === 'explorer' ? explorerPage : sidePage;
let state: ViewState = { selection: {}, scenarios: [], lessons: [] };
/** Steps of the open scenario that have been taken. */
let at = 0;
/** What the frame around a picture takes from its width, px. */
const FRAME = 6;
let refused = '';
/** Which request, and which DMA ops, somebody looks at. */
let dmaChoice: DmaChoice = { request: 0, ops: '' };
/** The size that the cost calculator is asked for; '' is the machine's own. */
let size = '';
let runTo: RunTo = { text: '', failed: '' };

const bridge = new Bridge({
  state(next) {
    at = stepAfter(state.scenario, next.scenario, at);
    if (surface === 'explorer' && (isMissing(next.machine) || isMissing(next.compare?.other))) {
      bridge.ready();
      return;
    }
    if (next.machine?.revision !== state.machine?.revision) {
      dmaChoice = { request: 0, ops: '' };
      runTo = { ...runTo, failed: '' };
    }
    player.adopt(next.machine, next.step);
    const step = newStep(state.lesson, next.lesson);
    if (step?.dma) dmaChoice = step.dma;
    if (step?.storyAt !== undefined) at = step.storyAt;
    state = next;
    refused = '';
    if (next.tier && draw === explorerPage) loadTier();
    update();
    if (next.reveal) document.getElementById(next.reveal)?.scrollIntoView({ block: 'start' });
  },
  moment(moment) {
    if (!player.heard(moment)) return;
    const { page: _before, ...rest } = state;
    state = moment.page ? { ...rest, page: moment.page } : rest;
    if (moment.tier && state.tier) state = { ...state, tier: { ...state.tier, map: moment.tier } };
    update();
  },
  play: () => player.toggle(),
  refused(reason) {
    refused = reason;
    update();
  },
});

const player = new Player({
  tell: (revision, step) => bridge.step(revision, step),
  draw: () => update(),
  calm: () =>
    matchMedia('(prefers-reduced-motion: reduce)').matches ||
    document.body.classList.contains('vscode-reduce-motion'),
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
    losePower: (to) => bridge.losePower(to),
    request: (request) => bridge.request(request),
    search: (text) => bridge.search(text),
    changeMarks: (change) => bridge.changeMarks(change),
    unfolding: { open: bridge.unfolded, toggle: (name, open) => bridge.setUnfolded(name, open) },
    place: { get: () => bridge.place, set: (place) => bridge.setPlace(place) },
    scenario: {
      entries: state.scenarios,
      view: state.scenario,
      at,
      moveTo(next) {
        at = next;
        update();
      },
      choose: (choice) => bridge.play(choice),
    },
    player,
    runTo: {
      value: runTo,
      set(next) {
        runTo = next;
        update();
      },
    },
    lesson: {
      entries: state.lessons,
      view: state.lesson,
      open: (file) => bridge.openLesson(file),
      moveTo: (step) => bridge.moveLesson(step),
    },
    dma: {
      choice: dmaChoice,
      choose(change) {
        dmaChoice = { ...dmaChoice, ...change };
        update();
      },
    },
    cost: {
      size,
      setSize(next) {
        size = next;
        update();
      },
    },
  };
  render(draw(page), root);
  measureLesson(root);
}

/** The pictures of caches are in a script of their own, which most machines do not need. */
function loadTier(): void {
  if (document.getElementById('tier-script')) return;
  const script = document.createElement('script');
  script.id = 'tier-script';
  script.nonce = self.nonce;
  script.src = new URL('tier.js', self.src).href;
  document.head.append(script);
}

// Height follows from what is drawn; only a new width is a reason to draw again.
onKernelName(root, (name) => bridge.showSource(name));
let drawnWidth = -1;
new ResizeObserver(() => {
  if (root.clientWidth === drawnWidth) return;
  drawnWidth = root.clientWidth;
  update();
}).observe(root);
bridge.ready();
