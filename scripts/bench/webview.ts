import { openMachine } from '../../src/host/machine-view';
import { hex } from '../../src/model/address';
import type { BioscopeDocument } from '../../src/model/machine-spec';
import { Recorder, type Recording } from '../../src/model/recording';
import { encodeRecording } from '../../src/model/recording-codec';
import { PROTOCOL_VERSION } from '../../src/protocol/messages';
import type { ViewState } from '../../src/protocol/view-state';

/** Vectors of one bio, 64 KiB each: split into pieces of 8 KiB, of two segments each. */
const VECTORS = 256;
const EVENTS = 1_000_000;
const GIB = 2 ** 30;

const machine: BioscopeDocument['machine'] = {
  name: 'bench',
  kernel: { flavour: '6.12' },
  memory: { ranges: [{ start: '0x100000', end: hex(2 * GIB), kind: 'ram', name: 'System RAM' }] },
  devices: [
    {
      name: 'nvme0n1',
      driver: 'nvme',
      sectors: 2 ** 22,
      queue: { limits: { max_hw_sectors: 16, max_sectors: 16, max_segment_size: 4096 } },
    },
  ],
  dma: { hardware: 'none', cmdline: 'swiotlb=32768' },
};

/** One write of 16 MiB: memory, bio_vec, its splits, scatterlist entries and the address of each. */
const chain: BioscopeDocument = {
  bioscope: 1,
  machine,
  workload: [
    {
      op: 'write',
      device: 'nvme0n1',
      sector: 0,
      add: 'raw',
      vecs: Array.from({ length: VECTORS }, (_, n) => ({
        pfn: hex(0x10000 + 17 * n),
        offset: 0,
        len: 65536,
      })),
    },
  ],
};

/** A run as long as is asked for: bios of four vectors, eight requests under way at any time. */
function longRun(like: Recording): Recording {
  const recorder = new Recorder();
  const id = new Map(like.names.map((name) => [name.name, recorder.define(name)]));
  const devices = ['nvme0n1', 'sda', 'sdb', 'dm-0'].map((name) => recorder.addDevice(name));
  let time = 0;
  const emit = (name: string, bio: number, a: number, b: number, c: number, d = 0) =>
    recorder.emit(id.get(name)!, time++, devices[bio % 4]!, bio, a, b, c, d, 1, 0);
  const late = 8;
  for (let bio = 0; time < EVENTS; bio++) {
    for (let vec = 0; vec < 4; vec++)
      emit('bio_add_page', bio, 0x10000 + ((bio * 8 + vec * 2) % 200_000), 0, 4096, 4096);
    emit('submit_bio', bio, bio * 32, 0, 16384, 1);
    emit('block_bio_queue', bio, bio * 32, 0, 32);
    emit('block_getrq', bio, bio * 32, bio, 32);
    emit('block_rq_insert', bio, bio * 32, bio, 32);
    emit('block_rq_issue', bio, bio * 32, bio, 32);
    emit('blk_rq_map_sg', bio, bio * 32, bio, 4, 4);
    for (let entry = 0; entry < 4; entry++)
      emit('sg_set_page', bio, 0x10000000 + entry * 8192, bio, 4096, entry);
    if (bio < late) continue;
    emit('block_rq_complete', bio - late, (bio - late) * 32, bio - late, 32, bio % 5000 === 0 ? -5 : 0);
    emit('bio_endio', bio - late, (bio - late) * 32, 0, 16384, 0);
  }
  return recorder.finish({ timeUnit: 'step', source: 'bench', reconstructed: false });
}

const state = (view: ViewState['machine'], step: number): ViewState => ({
  machine: view,
  selection: { io: 0 },
  step,
  scenarios: [],
  lessons: [],
});

const opened = openMachine(chain, [], 1);
const long = (() => {
  const run = longRun(opened.recording!);
  const first = { ...opened.view.workload[0]!, bio: 0 };
  const view = { ...opened.view, revision: 2, workload: [first], events: run.length };
  return { run, view: { ...view, recording: encodeRecording(run) } };
})();

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

async function show(view: NonNullable<ViewState['machine']>, ready: () => boolean): Promise<number> {
  const start = performance.now();
  window.postMessage({ v: PROTOCOL_VERSION, type: 'state', state: state(view, view.events) }, '*');
  while (!ready()) await nextFrame();
  await nextFrame();
  return performance.now() - start;
}

const one = (selector: string) => document.querySelector<HTMLElement>(selector)!;

const showChain = () => show(opened.view, () => document.querySelector('svg.ribbons') !== null);
const showLong = () =>
  show(long.view, () => document.querySelector('.position')?.textContent?.includes('1,000,0') === true);

/** Blocks of the chain, all columns together. */
function nodes(): number {
  const columns = [...document.querySelectorAll('details[data-name="chain-table"] tbody tr')];
  return columns.length;
}

async function timed(moves: Iterable<() => void>): Promise<number[]> {
  const times: number[] = [];
  let last = await nextFrame();
  for (const move of moves) {
    move();
    const now = await nextFrame();
    times.push(now - last);
    last = now;
  }
  return times;
}

/** ms between frames while somebody scrolls through the chain at its readable height. */
async function chainFrames(): Promise<number[]> {
  one('.ribbon-zoom button:last-child').click();
  await nextFrame();
  const frame = one('.ribbon-frame');
  function* scroll() {
    for (let i = 0; i < 300; i++) yield () => (frame.scrollTop += 60);
    for (let i = 0; i < 300; i++) yield () => (frame.scrollTop += i < 150 ? 400 : -400);
  }
  return timed(scroll());
}

/** ms between frames while a wheel zooms and pans over the whole run. */
async function timelineFrames(): Promise<number[]> {
  const canvas = one('bioscope-timeline canvas');
  canvas.focus();
  const { left, top } = canvas.getBoundingClientRect();
  const wheel = (deltaX: number, deltaY: number, at: number) => () =>
    canvas.dispatchEvent(
      new WheelEvent('wheel', {
        deltaX,
        deltaY,
        clientX: left + at,
        clientY: top + 40,
        cancelable: true,
        bubbles: true,
      }),
    );
  function* hand() {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 60; i++) yield wheel(0, -100, 200 + round * 300);
      for (let i = 0; i < 40; i++) yield wheel(60, 0, 400);
      for (let i = 0; i < 30; i++) yield wheel(0, 100, 500);
      for (let i = 0; i < 40; i++) yield wheel(-60, 0, 400);
      for (let i = 0; i < 40; i++) yield wheel(0, 100, 500);
      for (let i = 0; i < 20; i++) yield wheel(60, 0, 400);
    }
  }
  return timed(hand());
}

/** ms from a press to the frame after every picture shows the moment: leaps all over the run, and single steps there. */
async function steps(): Promise<{ first: number; leaps: number[]; forward: number[]; back: number[] }> {
  const canvas = one('bioscope-timeline canvas');
  const [backwards, forwards] = ['Step Back', 'Step Forward, Into'].map((label) =>
    one(`button[aria-label="${label}"]`),
  ) as [HTMLElement, HTMLElement];
  canvas.dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true }));
  const { left, top, width } = canvas.getBoundingClientRect();
  const press = (share: number) => {
    const at = {
      clientX: left + 90 + share * (width - 100),
      clientY: top + 40,
      button: 0,
      pointerId: 1,
      bubbles: true,
    };
    canvas.setPointerCapture = () => undefined;
    canvas.dispatchEvent(new PointerEvent('pointerdown', at));
    canvas.dispatchEvent(new PointerEvent('pointerup', at));
  };
  const measure = async (act: () => void) => {
    await nextFrame();
    const start = performance.now();
    act();
    await nextFrame();
    await nextFrame();
    return performance.now() - start;
  };
  const first = await measure(() => press(0.99));
  const leaps: number[] = [];
  const forward: number[] = [];
  const back: number[] = [];
  for (let i = 0; i < 40; i++) {
    leaps.push(await measure(() => press(((i * 61) % 97) / 97)));
    forward.push(await measure(() => forwards.click()));
    back.push(await measure(() => backwards.click()));
    back.push(await measure(() => backwards.click()));
  }
  return { first, leaps, forward, back };
}

Object.assign(window, {
  bench: {
    showChain,
    showLong,
    chainFrames,
    timelineFrames,
    steps,
    nodes,
    events: long.run.length,
    bytes: long.view.recording.length,
  },
});
