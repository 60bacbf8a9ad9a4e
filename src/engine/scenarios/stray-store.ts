import { Oops } from '../oops';
import type { Body } from '../tasks/program';
import { DeviceScene, EXAMPLE_BASE } from './device-scene';
import { programOf, type Scenario, type Stage, type StateFact } from './scenario';

const TASKS = ['dax_io', 'buggy driver'] as const;
/** Where the wild pointer happens to lead: byte 0x10 of the device's second page. */
const VICTIM = EXAMPLE_BASE + 0x1010n;
const WRITTEN = EXAMPLE_BASE;

/** Device memory whose mapping can be writable or not, as a whole: one page table serves every CPU. */
class GuardedScene extends DeviceScene {
  /** What is stored, byte by byte. Untouched bytes are 0. */
  readonly bytes = new Map<bigint, number>();
  private openings = 0;

  constructor(
    stage: Stage,
    readonly guarded: boolean,
  ) {
    super(stage, TASKS);
    this.kmap.devm_register_kmap_pfn_range(this.range);
  }

  get writable(): boolean {
    return !this.guarded || this.openings > 0;
  }

  open(): void {
    this.openings++;
  }

  close(): void {
    this.openings--;
  }

  store(address: bigint, value: number, where: string): void {
    if (!this.writable) {
      const offset = (address - EXAMPLE_BASE).toString(16);
      throw new Oops(
        `caught: a store to ${this.stage.disk} + 0x${offset} outside any kmap window (write to a read-only page)`,
        address,
        where,
      );
    }
    this.bytes.set(address, value);
  }

  override facts(): readonly StateFact[] {
    const victim = this.bytes.get(VICTIM) ?? 0;
    return [
      { label: 'device memory', value: this.writable ? 'writable' : 'read-only' },
      { label: 'kmap windows open', value: String(this.openings) },
      {
        label: `byte at ${this.stage.disk} + 0x1010`,
        value: `0x${victim.toString(16).padStart(2, '0')}`,
        alarm: victim !== 0,
      },
    ];
  }
}

function* rightful(scene: GuardedScene): Body {
  const cpu = scene.cpus[0]!;
  yield { call: 'kmap_atomic_pfn_t' };
  const address = scene.kmap.kmap_atomic_pfn_t(cpu, { pfn: scene.stage.start / 4096, dev: true })!;
  scene.held.set(cpu.task, address);
  scene.open();
  scene.say(scene.guarded ? 'the annotation opens the device for writing' : 'an address to write through');
  yield { call: 'copy_from_iter' };
  scene.store(WRITTEN, 0x01, 'dax_io');
  scene.say('stores its data: its right');
  yield { call: 'kunmap_atomic_pfn_t' };
  scene.held.delete(cpu.task);
  scene.close();
  scene.kmap.kunmap_atomic_pfn_t(cpu, address);
  scene.say(scene.guarded ? 'the annotation closes it again' : 'done with the address');
}

function* stray(scene: GuardedScene): Body {
  yield { call: 'memset' };
  try {
    scene.store(VICTIM, 0x5a, 'memset');
  } catch (error) {
    scene.breaks('a stray store is caught and named');
    throw error;
  }
  scene.breaks(
    scene.guarded
      ? 'a stray store scribbles while somebody else’s window is open'
      : 'a stray store scribbles silently',
  );
  scene.say(`a wild pointer: 0x5a lands on ${scene.stage.disk} + 0x1010, and nobody notices`);
}

const variant = (name: string, title: string, guarded: boolean) => ({
  name,
  title,
  reconstructed: guarded,
  program: (stage: Stage) =>
    programOf({
      create: () => new GuardedScene(stage, guarded),
      tasks: [
        { name: TASKS[0], body: rightful },
        { name: TASKS[1], body: stray },
      ],
    }),
});

/** The cover letter's hope: what says when device memory is touched can also say when it must not be. */
export const strayStore: Scenario = {
  name: 'stray-store',
  title: 'A stray pointer into persistent memory',
  about:
    'If device memory were writable only between kmap and kunmap, a stray store would fault instead of scribbling. No patch of the series does it yet; a window one CPU opens is open for all.',
  source: 'cover letter, version 3, item 2',
  variants: [
    variant('none', 'as it is: always writable', false),
    variant('annotations', 'with annotations: writable only in a kmap window', true),
  ],
};
