import type { Kernel, KernelOptions } from '../../engine/kernel';
import type { IoOutcome, Machine } from '../../engine/machine';
import type { afterPowerFailure, runUntilPowerFails, Remains } from '../../engine/persistence/power-failure';
import { PAGE_SIZE, phys } from '../../model/address';
import type { BioscopeDocument } from '../../model/machine-spec';
import { narrate } from '../../model/narrate';
import { eventAt, type Recording } from '../../model/recording';
import type { Io } from '../../model/workload-spec';
import type { CrashView } from '../../protocol/tier-view';
import { WORSE, durableIos, fateOf, versionsBySector, withData } from './promises';

/** The simulator as far as it is needed here: the host hands it in, so that this file need not bring a second one. */
export interface PowerSwitch {
  readonly runUntilPowerFails: typeof runUntilPowerFails;
  readonly afterPowerFailure: typeof afterPowerFailure;
  readonly Machine: typeof Machine;
}

/** How often chance is asked what of the undecided had arrived; less where a run is long. */
const CHANCES = 8;
const LONG = 20_000;
const MOST_BLOCKS = 512;
const MOST_FATES = 60;
const MOST_MOMENTS = 400;
const MOST_STEPS = 20;
const PAGE_SECTORS = PAGE_SIZE / 512;
const NOTHING_FOUND = 'the words of the metadata are read: none says that its slot is dirty';
/** Events that are worth choosing, and those that tell what recovery does. */
const WORTH = /^(?:memcpy|tier_\w+|block_rq_issue|block_rq_complete|bio_endio)$/;
const RECOVERY = /^tier_(?:recover|metadata|persist)$/;

/** The events of a workload, once it was run with an eye on the power switch. */
export interface Walk {
  readonly recording: Recording;
  /** Events before the first that counts: the machine was being made. */
  readonly before: number;
  readonly events: number;
  readonly moments: CrashView['moments'];
}

export class Crash {
  private readonly workload: readonly Io[];
  private readonly inUse: readonly number[];
  private readonly scratch: number;
  private readonly versions: ReturnType<typeof versionsBySector>;
  /** Sectors that are written, by block. */
  private readonly blocks = new Map<number, number[]>();
  private known: Walk | undefined;

  constructor(
    private readonly document: BioscopeDocument,
    private readonly device: string,
    private readonly blockSectors: number,
    private readonly power: PowerSwitch,
  ) {
    this.workload = withData(document.workload ?? []);
    const used = new Set(this.workload.flatMap(({ vecs }) => vecs.map(({ pfn }) => phys(pfn) as number)));
    this.scratch = freePage(document, used);
    this.inUse = [...used];
    this.versions = versionsBySector(this.workload, device);
    for (const sector of [...this.versions.keys()].sort((a, b) => a - b)) {
      const block = Math.floor(sector / blockSectors);
      const known = this.blocks.get(block);
      if (known) known.push(sector);
      else if (this.blocks.size < MOST_BLOCKS) this.blocks.set(block, [sector]);
    }
  }

  /** All events, for somebody who chooses one. */
  get walk(): Walk {
    if (this.known) return this.known;
    const machine = new this.power.Machine(this.document.machine, {
      inUse: this.inUse,
      powerFailsAt: Infinity,
    });
    const clock = machine.kernel.clock as Kernel['clock'] & { arm(): void; readonly ticks: number };
    clock.arm();
    const { recording } = machine.run(this.workload);
    const before = recording.length - clock.ticks;
    const worth = Array.from({ length: clock.ticks }, (_, n) => before + n).filter((index) =>
      WORTH.test(recording.names[recording.columns.name[index]!]!.name),
    );
    const every = Math.max(1, Math.ceil(worth.length / MOST_MOMENTS));
    const moments = worth
      .filter((_, n) => n % every === 0)
      .map((index) => ({ at: index - before + 1, says: narrate(eventAt(recording, index)) }));
    this.known = { recording, before, events: clock.ticks, moments };
    return this.known;
  }

  /** The power fails when `at` events have happened. */
  at(at: number): CrashView {
    const { recording, before, events, moments } = this.walk;
    const happened = Math.min(Math.max(at, 0), events);
    const chances = events > LONG ? 1 : CHANCES;
    const runs = Array.from({ length: chances }, (_, chance) =>
      this.once(happened, randomOf(chance + 1), chance === 0),
    );
    const [{ remains, recovery }] = runs as [(typeof runs)[0]];
    const { outcomes, undecided } = remains;
    const durable = durableIos(this.workload, outcomes);
    const fates = merged(runs.map((run) => run.fates)).filter(isNotable);
    const answered = outcomes.filter(isAnswered);
    const having = (verdict: string) => fates.filter((fate) => fate.verdict === verdict).length;
    const shown = fates.sort((a, b) => WORSE.indexOf(b.verdict) - WORSE.indexOf(a.verdict));
    return {
      at: happened,
      events,
      last: happened === 0 ? 'nothing has happened yet' : narrate(eventAt(recording, before + happened - 1)),
      acknowledged: answered.length,
      durable: durable.size,
      inFlight: outcomes.filter(
        ({ bio, state }) => bio >= 0 && state !== 'completed' && state !== 'not-submitted',
      ).length,
      media: [
        {
          label: 'persistent memory',
          value: `${count(undecided.lines, 'line')} of 64 bytes stored and not durable yet`,
        },
        { label: 'slow disk', value: `${count(undecided.sectors, 'sector')} written and not durable yet` },
        {
          label: 'what arrives',
          value: `chance decides of each whether it has arrived: asked ${count(chances, 'time')}`,
        },
      ],
      recovery,
      fates: shown.slice(0, MOST_FATES),
      hidden: Math.max(shown.length - MOST_FATES, 0),
      lost: having('lost'),
      torn: having('torn'),
      chances,
      moments: [...moments],
    };
  }

  /** `tells`: what recovery does is wanted in sentences. */
  private once(happened: number, random: () => number, tells: boolean) {
    const { document, workload, power, blockSectors, scratch, versions } = this;
    const inUse = [...this.inUse, scratch];
    const options: KernelOptions = { inUse: this.inUse };
    const remains: Remains = power.runUntilPowerFails(
      document.machine,
      workload,
      happened + 1,
      random,
      options,
    );
    const durable = durableIos(workload, remains.outcomes);
    const recovery = tells
      ? this.recover(new power.Machine(document.machine, { inUse, before: remains }))
      : [];
    const again = power.afterPowerFailure(document.machine, remains, { inUse });
    const pages = new Map<number, Uint8Array>();
    const held = (sector: number) => {
      const first = sector - (sector % PAGE_SECTORS);
      const page = pages.get(first) ?? this.read(again, first);
      pages.set(first, page);
      return page.subarray((sector - first) * 512, (sector - first + 1) * 512);
    };
    const fates = [...this.blocks].map(([block, sectors]) =>
      fateOf(block * blockSectors * 512, sectors, versions, durable, held),
    );
    return { remains, recovery, fates };
  }

  /** The first I/O makes a tier look at its metadata; what it does then, in sentences. */
  private recover(again: Machine): string[] {
    const { recording } = again.run([this.reading(0)]);
    const said: string[] = [];
    for (let i = 0; i < recording.length; i++) {
      const event = eventAt(recording, i);
      if (event.name.name === 'tier_map') break;
      if (RECOVERY.test(event.name.name)) said.push(narrate(event));
    }
    return said.length > 0 ? said.slice(0, MOST_STEPS) : [NOTHING_FOUND];
  }

  private reading(sector: number): Io {
    const pfn = `0x${this.scratch.toString(16)}`;
    return {
      op: 'read',
      device: this.device,
      sector,
      add: 'bio_add_page',
      vecs: [{ pfn, offset: 0, len: PAGE_SIZE }],
    };
  }

  private read(again: Machine, sector: number): Uint8Array {
    again.run([this.reading(sector)]);
    return again.kernel.bytes.read(this.scratch * PAGE_SIZE, PAGE_SIZE);
  }
}

/** Nothing was promised and nothing is there: nobody wrote it yet. */
const isNotable = ({ promised, found }: Fate) => promised !== 'nothing' || found !== 'nothing yet';

type Fate = CrashView['fates'][number];

/** What chance made of each block: all that was found, and the worst verdict. */
function merged(runs: readonly (readonly Fate[])[]): Fate[] {
  const [first = [], ...others] = runs;
  return first.map((fate, n) => {
    const all = [fate, ...others.map((run) => run[n]!)];
    const verdict = all
      .map((one) => one.verdict)
      .reduce((a, b) => (WORSE.indexOf(b) > WORSE.indexOf(a) ? b : a));
    return { ...fate, verdict, found: [...new Set(all.map(({ found }) => found))].sort().join(' or ') };
  });
}

const isAnswered = ({ state, error }: IoOutcome) => state === 'completed' && error === 0;

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** A page of RAM that the workload does not use. */
function freePage({ machine }: BioscopeDocument, used: ReadonlySet<number>): number {
  for (const { kind, start, end } of machine.memory.ranges) {
    if (kind !== 'ram') continue;
    const first = Math.ceil(phys(start) / PAGE_SIZE);
    for (let pfn = Math.floor(phys(end) / PAGE_SIZE) - 1; pfn >= first; pfn--) if (!used.has(pfn)) return pfn;
  }
  throw new RangeError('every page of RAM is in use');
}

/** The same numbers for the same seed, 0 to 1. */
function randomOf(seed: number): () => number {
  let state = (seed * 2654435761 + 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
