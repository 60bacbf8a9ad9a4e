import { PhysicalBytes } from '../memory/bytes';
import { Btt } from '../persistence/btt';
import { PersistentMemory } from '../persistence/persistent-memory';
import type { Body } from '../tasks/program';
import { programOf, Scene, type Scenario, type Stage, type StateFact } from './scenario';

const SECTOR = 512;
/** What the CPU moves at once, for the eye; memory itself cuts nothing below 8 bytes. */
const PIECE = 64;

/** A sector of a pmem disk that holds 'o' and is being overwritten with 'n'; the power may fail. */
class SectorScene extends Scene {
  readonly bytes = new PhysicalBytes();
  readonly persistent = new PersistentMemory(this.bytes, 'uncached', true);
  btt: Btt | undefined;
  power = true;
  acknowledged = false;

  constructor(
    readonly stage: Stage,
    readonly translated: boolean,
  ) {
    super();
    this.boot();
    if (this.btt) for (const _step of this.btt.write(0, letters('o'))) continue;
    else this.bytes.write(stage.start, letters('o'));
  }

  boot(): void {
    if (this.translated) this.btt = new Btt(this.bytes, this.persistent, this.stage.start, SECTOR, 64, 2);
  }

  sector(): string {
    const data = this.btt ? this.btt.read(0) : this.bytes.read(this.stage.start, SECTOR);
    return String.fromCharCode(...data.filter((_, i) => i % PIECE === 0));
  }

  facts(): readonly StateFact[] {
    const now = this.sector();
    const block = this.btt?.btt_map_read(0);
    return [
      { label: 'power', value: this.power ? 'on' : 'off' },
      { label: 'the write', value: this.acknowledged ? 'acknowledged' : 'not acknowledged' },
      { label: 'sector 0, a letter for each 64 bytes', value: now, alarm: !isWhole(now) },
      ...(block === undefined ? [] : [{ label: 'map entry of sector 0', value: `block ${block}` }]),
    ];
  }
}

function letters(letter: string): Uint8Array {
  return new Uint8Array(SECTOR).fill(letter.charCodeAt(0));
}

const isWhole = (sector: string) => new Set(sector).size === 1;

function* pmem_do_bvec(scene: SectorScene): Body {
  const { btt } = scene;
  const steps = btt ? btt.write(0, letters('n')) : plainWrite(scene);
  for (;;) {
    const next = steps.next();
    if (next.done) break;
    yield { call: next.value.call };
    if (!scene.power) {
      gone(scene);
      return;
    }
    scene.say(next.value.note);
  }
  yield { call: 'bio_endio' };
  if (!scene.power) {
    gone(scene);
    return;
  }
  scene.acknowledged = true;
  scene.say('the write is acknowledged');
}

function gone(scene: SectorScene): void {
  scene.say('the power is gone: this never happens');
}

/** Without BTT: memcpy to where the sector is. */
function* plainWrite(scene: SectorScene) {
  const { stage, bytes, persistent } = scene;
  for (let done = 0; done < SECTOR; done += PIECE) {
    yield { call: 'memcpy', note: `bytes ${done} to ${done + PIECE} are stored over the old ones` };
    persistent.store(stage.start + done, PIECE);
    bytes.write(stage.start + done, letters('n').subarray(0, PIECE));
    persistent.sfence();
  }
}

function* power(scene: SectorScene): Body {
  yield { call: '(power fails)' };
  scene.power = false;
  scene.persistent.powerFails(() => 1);
  scene.say('the power fails: what has left the CPU is in memory for good (ADR), nothing else is');
  yield { call: '(power is back)' };
  scene.boot();
  const now = scene.sector();
  const what = isWhole(now) ? (now.startsWith('o') ? 'old' : 'new') : 'torn';
  scene.results.push(`the sector is ${what}`);
  scene.say(`the disk is there again: sector 0 reads ${now}, ${what}`);
  if (what === 'torn') scene.breaks('a torn sector: part old, part new');
  if (scene.acknowledged && what !== 'new') scene.breaks('an acknowledged write is lost');
}

const variant = (name: string, title: string, translated: boolean) => ({
  name,
  title,
  reconstructed: false,
  program: (stage: Stage) =>
    programOf({
      create: () => new SectorScene(stage, translated),
      tasks: [
        { name: translated ? 'btt' : 'pmem', body: pmem_do_bvec },
        { name: 'power', body: power },
      ],
    }),
  ...(translated ? {} : { opensWith: 'torn' }),
});

/** Why a file system that trusts its sectors needs a table between itself and persistent memory. */
export const tornSector: Scenario = {
  name: 'torn-sector',
  title: 'A torn sector',
  about:
    'Persistent memory is written 8 bytes at a time: a power failure in the middle of a sector leaves half of it. A block translation table writes elsewhere and then changes one word.',
  source: '4.1 drivers/block/pmem.c; 6.12 drivers/nvdimm/btt.c and Documentation/driver-api/nvdimm/btt.rst',
  variants: [
    variant('raw', 'without BTT: the sector is overwritten', false),
    variant('btt', 'with BTT: another block, a log entry, one store', true),
  ],
};
