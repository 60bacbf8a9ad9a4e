import { narrate } from '../../model/narrate';
import type { MachineSpec } from '../../model/machine-spec';
import { eventAt } from '../../model/recording';
import type { Io } from '../../model/workload-spec';
import type { FailingClock } from '../clock';
import { BROKEN_ORDERS, type BrokenOrder } from '../drivers/tier/order';
import { Machine } from '../machine';
import { afterPowerFailure, runUntilPowerFails } from '../persistence/power-failure';
import type { Body } from '../tasks/program';
import { programOf, Scene, type Scenario, type StateFact } from './scenario';

const BLOCK = 4096;
/** Chance is asked so often what of the undecided arrived; the worst answer is shown. */
const CHANCES = 4;

/** Small: 64 slots in front of a disk whose write cache forgets. */
const MACHINE: MachineSpec = {
  name: 'a tier',
  kernel: { flavour: '6.12' },
  memory: {
    ranges: [
      { start: '0x100000', end: '0x200000', kind: 'ram', name: 'System RAM' },
      {
        start: '0x10000000',
        end: '0x10100000',
        kind: 'pmem',
        name: 'Persistent Memory',
        structPages: 'none',
      },
    ],
  },
  devices: [
    { name: 'pmem0', driver: 'pmem', start: '0x10000000', end: '0x10100000' },
    { name: 'sda', driver: 'sd', sectors: 2048, queue: { writeCache: 'write-back' } },
    { name: 'tier0', driver: 'tier', cache: 'pmem0', origin: 'sda', slots: 64, dirtyHigh: 1, dirtyLow: 0 },
  ],
};

const write = (fill: number, pfn: string): Io => ({
  op: 'write',
  device: 'tier0',
  sector: 0,
  add: 'bio_add_page',
  vecs: [{ pfn, offset: 0, len: BLOCK }],
  fill,
  flags: ['fua'],
});

/** One block, written twice, and durable each time it is answered; then it goes to the slow disk. */
const WORKLOAD: readonly Io[] = [write(1, '0x110'), write(2, '0x111')];

const READ: Io = {
  op: 'read',
  device: 'tier0',
  sector: 0,
  add: 'bio_add_page',
  vecs: [{ pfn: '0x120', offset: 0, len: BLOCK }],
};

/** Events that are worth a step. */
const SHOWN = /^(?:memcpy|tier_\w+|block_rq_issue|block_rq_complete|submit_bio)$/;

interface Shown {
  readonly call: string;
  readonly note: string;
  /** Events up to it. */
  readonly tick: number;
}

function eventsOf(brokenOrder: BrokenOrder | undefined): Shown[] {
  const machine = new Machine(MACHINE, { powerFailsAt: Infinity, ...(brokenOrder ? { brokenOrder } : {}) });
  (machine.kernel.clock as FailingClock).arm();
  const { recording } = machine.run(WORKLOAD);
  const all = Array.from({ length: recording.length }, (_, i) => eventAt(recording, i));
  const before = recording.length - (machine.kernel.clock as FailingClock).ticks;
  return all
    .filter(({ name, index }) => index >= before && SHOWN.test(name.name))
    .map((event) => ({ call: event.name.name, note: narrate(event), tick: event.index - before + 1 }));
}

/** The run of a tier on a real engine, which stops where the power fails; and what is found after it. */
class CrashScene extends Scene {
  /** Events that happened. */
  tick = 0;
  failed = false;
  found = '';

  constructor(private readonly afterCrash: (tick: number) => Found) {
    super();
  }

  recover(): void {
    const { found, rule } = this.afterCrash(this.tick);
    this.found = found;
    if (rule) this.breaks(rule);
  }

  facts(): readonly StateFact[] {
    return [
      { label: 'power', value: this.failed ? 'failed' : 'on' },
      { label: 'events', value: String(this.tick) },
      ...(this.found
        ? [{ label: 'block 0 after recovery', value: this.found, alarm: this.broken.length > 0 }]
        : []),
    ];
  }
}

interface Found {
  /** What the block has. */
  readonly found: string;
  /** What of the promise was broken; '' if nothing was. */
  readonly rule: string;
}

/** The same run up to an event, the power off, the machine on again. Only the event matters, so each is run once. */
function crashes(brokenOrder: BrokenOrder | undefined): (tick: number) => Found {
  const known = new Map<number, Found>();
  return (tick) => {
    const found = known.get(tick) ?? worstAfter(tick, brokenOrder);
    known.set(tick, found);
    return found;
  };
}

function worstAfter(tick: number, brokenOrder: BrokenOrder | undefined): Found {
  let last: Found = { found: '', rule: '' };
  for (let chance = 0; chance < CHANCES && last.rule === ''; chance++) {
    let n = chance;
    const random = () => ((n = (n * 5 + 3) % 16) + 0.5) / 16;
    const options = brokenOrder ? { brokenOrder } : {};
    const remains = runUntilPowerFails(MACHINE, WORKLOAD, tick + 1, random, options);
    const acknowledged = remains.outcomes.filter(({ state }) => state === 'completed').length;
    const again = afterPowerFailure(MACHINE, remains);
    again.run([READ]);
    const bytes = again.kernel.bytes.read(0x120 * BLOCK, BLOCK);
    const contents = [0, 1, 2].findIndex((fill) => same(bytes, contentOf(again, fill)));
    const found = contents < 0 ? 'a mixture' : contents === 0 ? 'nothing yet' : `write ${contents}`;
    const lost = contents < acknowledged ? 'a write that was acknowledged durable is lost' : '';
    last = { found, rule: contents < 0 ? 'a torn block' : lost };
  }
  return last;
}

function contentOf({ kernel }: Machine, fill: number): Uint8Array {
  if (fill === 0) return new Uint8Array(BLOCK);
  const scratch = 0x130 * BLOCK;
  kernel.bytes.fill(scratch, BLOCK, fill);
  return kernel.bytes.read(scratch, BLOCK);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

function* power(scene: CrashScene): Body {
  yield { call: '(power fails)' };
  scene.failed = true;
  scene.say('the power fails: what was not made durable is there or not, word by word');
  yield { call: 'tier_recover' };
  scene.recover();
  scene.results.push(`block 0 has ${scene.found}`);
  scene.say(`the machine is on again: block 0 has ${scene.found}`);
}

function variant(name: string, title: string, brokenOrder?: BrokenOrder) {
  const afterCrash = crashes(brokenOrder);
  return {
    name,
    title,
    reconstructed: false,
    program: () => {
      const events = eventsOf(brokenOrder);
      function* tier(scene: CrashScene): Body {
        for (const { call, note, tick } of events) {
          yield { call };
          if (scene.failed) {
            scene.say('the power is gone: this never happens');
            return;
          }
          scene.tick = tick;
          scene.say(note);
        }
      }
      return programOf({
        create: () => new CrashScene(afterCrash),
        tasks: [
          { name: 'tier', body: tier },
          { name: 'power', body: power },
        ],
      });
    },
    ...(brokenOrder ? { opensWith: 'block' } : {}),
  };
}

const TITLES: Readonly<Record<BrokenOrder, string>> = {
  'metadata-before-data': 'wrong: the word before the data',
  'no-fence': 'wrong: nothing is made durable in order',
  'clean-before-flush': 'wrong: clean before the slow disk was flushed',
};

/** A crash at every event of a tier, on the engine itself: the order it keeps, and what each wrong one costs. */
export const crashAndRecover: Scenario = {
  name: 'crash-and-recover',
  title: 'Crash and recover',
  about:
    'A tier writes a block twice; the power may fail at any event. Data, then its word, then the answer; clean only when the slow disk has been flushed: nothing else survives every crash.',
  source: 'our own tier, run on the engine; persistence as Documentation/driver-api/nvdimm says',
  variants: [
    variant('ordered', 'in the right order'),
    ...BROKEN_ORDERS.map((order) => variant(order, TITLES[order], order)),
  ],
};
