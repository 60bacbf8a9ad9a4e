import { openMachine } from '../../src/host/machine-view';
import { hex } from '../../src/model/address';
import { bioVectors } from '../../src/model/bio-vectors';
import type { BioscopeDocument } from '../../src/model/machine-spec';
import { decodeRecording } from '../../src/model/recording-codec';
import type { MachineView, ViewState } from '../../src/protocol/view-state';
import { PROTOCOL_VERSION } from '../../src/protocol/messages';
import { pageStates } from '../../webview/memory-map/detail/page-states';
import { ObjectPages } from './frames-peer';

const GIB = 2 ** 30;
/** 40 GiB: 10,485,760 page frames. */
const FRAMES = (40 * GIB) / 4096;
const RUNS = 100_000;

const document_: BioscopeDocument = {
  bioscope: 1,
  machine: {
    name: 'bench',
    kernel: { flavour: '4.1-pfn', posting: 'v3' },
    memory: {
      ranges: [
        { start: '0x0', end: '0x100000', kind: 'reserved', name: 'reserved' },
        { start: '0x100000', end: hex(24 * GIB), kind: 'ram', name: 'System RAM' },
        {
          start: hex(24 * GIB),
          end: hex(32 * GIB),
          kind: 'pmem',
          name: 'Persistent RAM',
          structPages: 'none',
        },
        { start: hex(32 * GIB), end: hex(40 * GIB), kind: 'ram', name: 'System RAM' },
      ],
      swiotlb: { start: '0x7a000000', end: '0x7e000000' },
    },
    devices: [{ name: 'pmem0', driver: 'pmem', start: hex(24 * GIB), end: hex(32 * GIB) }],
  },
  workload: Array.from({ length: 64 }, (_, n) => ({
    op: 'write' as const,
    device: 'pmem0',
    sector: n * 64,
    add: 'bio_add_page' as const,
    vecs: Array.from({ length: 8 }, (_v, i) => ({ pfn: hex(0x10000 + n * 977 + i), offset: 0, len: 4096 })),
  })),
};

/** Runs of states all over the machine; the same in every run. */
function runs(): NonNullable<MachineView['map']['states']> {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  return {
    start: Float64Array.from({ length: RUNS }, () => random(FRAMES - 256)),
    count: Float64Array.from({ length: RUNS }, () => 1 + random(200)),
    flags: Uint8Array.from({ length: RUNS }, () => 1 << random(4)),
  };
}

/** What the extension does with a machine, up to the message to its page. */
function state(states: NonNullable<MachineView['map']['states']>, revision: number): ViewState {
  const { view } = openMachine(document_, [], revision);
  return {
    machine: { ...view, map: { ...view.map, states } },
    selection: {},
    scenarios: [],
    lessons: [],
  };
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
const canvas = () => document.querySelector('canvas');

/** ms from a spec to the frame after its picture was drawn by the bundle that runs in this page. */
async function firstPicture(): Promise<number> {
  const states = runs();
  const start = performance.now();
  window.postMessage({ v: PROTOCOL_VERSION, type: 'state', state: state(states, 1) }, '*');
  // The element gives its canvas a size when it paints; an untouched one is 300 wide.
  while ((canvas()?.width ?? 300) === 300) await nextFrame();
  await nextFrame();
  return performance.now() - start;
}

/** What somebody does with a wheel, at each depth: zoom in, pan there, and all the way out again. */
function* hand(): Generator<WheelEventInit> {
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 40; i++) yield { deltaY: -100, deltaX: 0 };
    for (let i = 0; i < 30; i++) yield { deltaY: 0, deltaX: 40 };
    for (let i = 0; i < 20; i++) yield { deltaY: 100, deltaX: 0 };
    for (let i = 0; i < 30; i++) yield { deltaY: 0, deltaX: round % 2 === 0 ? 40 : -40 };
    for (let i = 0; i < 30; i++) yield { deltaY: 100, deltaX: 0 };
    for (let i = 0; i < 30; i++) yield { deltaY: 0, deltaX: 40 };
  }
}

/** ms between frames while a wheel zooms and pans over the whole machine. */
async function frames(): Promise<number[]> {
  const target = canvas()!;
  target.focus();
  const { left, top, width } = target.getBoundingClientRect();
  const times: number[] = [];
  let last = await nextFrame();
  let i = 0;
  for (const wish of hand()) {
    const clientX = left + 100 + ((i++ * 37) % (width - 120));
    target.dispatchEvent(
      new WheelEvent('wheel', { ...wish, clientX, clientY: top + 60, cancelable: true, bubbles: true }),
    );
    // From the start of the frame before to the start of the one that draws this: every frame here draws.
    const now = await nextFrame();
    times.push(now - last);
    last = now;
  }
  return times;
}

/** Bytes that the columns of this machine's page states take. */
function columnBytes(): number {
  const { machine } = state(runs(), 1);
  const { map, recording } = machine!;
  return pageStates(map, recording ? bioVectors(decodeRecording(recording)) : []).bytes;
}

/** Keeps the peer's pages alive until its heap is measured. */
let kept: ObjectPages | undefined;

/** The same with an object for every page and a rectangle for every page in view. */
async function peer(): Promise<{ first: number; frames: number[] }> {
  const { machine } = state(runs(), 1);
  const start = performance.now();
  const pages = new ObjectPages(machine!.map, FRAMES);
  const surface = document.body.appendChild(document.createElement('canvas'));
  surface.width = 1000;
  surface.height = 60;
  const context = surface.getContext('2d', { alpha: false })!;
  const draw = async (from: number, count: number) => {
    pages.draw(context, from, count);
    await nextFrame();
  };
  await draw(0, FRAMES);
  const first = performance.now() - start;
  const times: number[] = [];
  for (const depth of [1, 4, 16, 64, 256, 1024, 4096, 16384]) {
    const before = performance.now();
    await draw(FRAMES / 4, Math.floor(FRAMES / depth / 2));
    times.push(performance.now() - before);
  }
  kept = pages;
  return { first, frames: times };
}

Object.assign(window, {
  bench: { firstPicture, frames, columnBytes, peer, total: FRAMES, kept: () => kept },
});
