import { EIO, errnoName } from '../errno';
import type { Body } from '../tasks/program';
import { DeviceScene, EXAMPLE_BASE, pmem_free, pmem_remove_v5 } from './device-scene';
import { programOf, type Scenario, type Stage } from './scenario';

const TASKS = ['tier', 'unbind'] as const;

/** What the tier does with its memory: three I/Os that copy, each in two halves. */
const IOS = [
  'write-back: data to a free slot',
  'hit: a slot to the reader',
  'writeback: a slot to a DRAM page',
] as const;

/** 4.1: the tier has asked once, when it was made, and keeps the address. */
function* tierKeepsAddress(scene: DeviceScene): Body {
  const cpu = scene.cpus[0]!;
  yield { call: 'bdev_direct_access' };
  if (scene.capacity === 0) {
    scene.results.push('tier: never made');
    scene.say('the disk has size 0: there is nothing to make a tier of');
    return;
  }
  scene.held.set(cpu.task, EXAMPLE_BASE);
  scene.say('the tier asks for its memory once, and keeps kaddr: nothing says for how long it is good');
  for (const io of IOS)
    for (const half of ['first', 'second']) {
      yield { call: 'memcpy' };
      scene.touch(cpu, EXAMPLE_BASE, 'tier_copy');
      scene.say(`${io}, ${half} half`);
    }
  scene.held.delete(cpu.task);
  scene.results.push('tier: all of it went well');
}

/** With the series it has page frames, and an address only while it copies. */
function* tierMapsEachCopy(scene: DeviceScene): Body {
  const cpu = scene.cpus[0]!;
  let failed = false;
  for (const io of IOS) {
    yield { call: 'kmap_atomic_pfn_t' };
    const address = scene.kmap.kmap_atomic_pfn_t(cpu, { pfn: scene.stage.start / 4096, dev: true });
    if (address === null) {
      failed = true;
      scene.results.push(`tier: ${errnoName(-EIO)}`);
      scene.say(`${io}: no range has the pfn any more, so the bio ends with -EIO`);
      continue;
    }
    scene.held.set(cpu.task, address);
    scene.say(`${io}: an address for this copy alone, under rcu_read_lock`);
    for (const half of ['first', 'second']) {
      yield { call: 'memcpy' };
      scene.touch(cpu, address, 'tier_copy');
      scene.say(`${io}, ${half} half`);
    }
    yield { call: 'kunmap_atomic_pfn_t' };
    scene.held.delete(cpu.task);
    if (scene.kmap.kunmap_atomic_pfn_t(cpu, address) === 'range')
      scene.say('rcu_read_unlock: teardown may go on');
    else {
      scene.say(
        'the range is off the list by now: v5 takes the kunmap_atomic branch, preempt count 0x7fffffff',
      );
      scene.breaks('kunmap_atomic_pfn_t lowers the preempt count below 0');
    }
  }
  if (!failed) scene.results.push('tier: all of it went well');
}

/** Removal of the memory under a tier: the same walk with and without the series. */
export const unbindTier: Scenario = {
  name: 'unbind-tier',
  title: 'Unbind under a tier',
  about:
    'Without the series a tier keeps a kernel address that iounmap takes away under it. With it each copy has an address of its own that teardown waits for, and later ones get -EIO.',
  source: '4.1 drivers/block/pmem.c; v5 mm/kmap_pfn.c; the tier is our own',
  variants: [
    {
      name: '4.1',
      title: '4.1: the address is kept',
      reconstructed: false,
      program: (stage: Stage) =>
        programOf({
          create: () => new DeviceScene(stage, TASKS),
          tasks: [
            { name: TASKS[0], body: tierKeepsAddress },
            { name: TASKS[1], body: pmem_free },
          ],
        }),
    },
    {
      name: 'v5',
      title: 'with the series (v5 code): an address a copy',
      reconstructed: false,
      program: (stage: Stage) =>
        programOf({
          create: () => {
            const scene = new DeviceScene(stage, TASKS);
            scene.kmap.devm_register_kmap_pfn_range(scene.range);
            return scene;
          },
          tasks: [
            { name: TASKS[0], body: tierMapsEachCopy },
            { name: TASKS[1], body: pmem_remove_v5 },
          ],
        }),
    },
  ],
};
