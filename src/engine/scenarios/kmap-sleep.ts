import type { Body } from '../tasks/program';
import { DeviceScene, EXAMPLE_BASE, pmem_remove_v5 } from './device-scene';
import { programOf, type Scenario, type Stage } from './scenario';

const TASKS = ['fallocate', 'unbind'] as const;

function create(stage: Stage): DeviceScene {
  const scene = new DeviceScene(stage, TASKS);
  scene.kmap.devm_register_kmap_pfn_range(scene.range);
  return scene;
}

/** dax_clear_blocks of v5 for two pages: it maps, clears page after page with cond_resched between, unmaps. */
function clearBlocks(sleeps: boolean): (scene: DeviceScene) => Body {
  return function* dax_clear_blocks(scene) {
    const cpu = scene.cpus[0]!;
    yield { call: 'kmap_atomic_pfn_t' };
    const address = scene.kmap.kmap_atomic_pfn_t(cpu, { pfn: scene.stage.start / 4096, dev: true });
    if (address === null) {
      scene.results.push(`${cpu.task}: -EIO`);
      scene.say('NULL: -EIO');
      return;
    }
    scene.held.set(cpu.task, address);
    scene.say('dax_clear_blocks has an address, and with it an open RCU read side');
    for (const page of [0, 1]) {
      yield { call: 'clear_page' };
      scene.touch(cpu, EXAMPLE_BASE + BigInt(page * 4096), 'dax_clear_blocks');
      scene.say(`clears page ${page}`);
      if (!sleeps || page === 1) continue;
      yield { call: 'cond_resched' };
      scene.schedule(cpu);
    }
    yield { call: 'kunmap_atomic_pfn_t' };
    scene.held.delete(cpu.task);
    const branch = scene.kmap.kunmap_atomic_pfn_t(cpu, address);
    if (branch === 'kunmap_atomic') scene.breaks('kunmap_atomic_pfn_t lowers the preempt count below 0');
    scene.results.push(`${cpu.task}: 0`);
    scene.say('unmaps');
  };
}

const variant = (name: string, title: string, sleeps: boolean, reconstructed: boolean) => ({
  name,
  title,
  reconstructed,
  opensWith: 'iounmap',
  program: (stage: Stage) =>
    programOf({
      create: () => create(stage),
      tasks: [
        { name: TASKS[0], body: clearBlocks(sleeps) },
        { name: TASKS[1], body: pmem_remove_v5 },
      ],
    }),
});

/** Sleeping while mapped: not only forbidden, it lets teardown believe that the reader is done. */
export const kmapSleep: Scenario = {
  name: 'kmap-sleep',
  title: 'Sleeping while a page is mapped',
  about:
    'v5’s dax_clear_blocks calls cond_resched between kmap and kunmap. The switch counts as the end of its read side, so teardown need not wait, and the next store finds no mapping.',
  source: 'mm/kmap_pfn.c and fs/dax.c of v5, August 2015; RCU of a kernel without preemption',
  variants: [
    variant('v5', 'v5 as posted: cond_resched while mapped', true, false),
    variant('awake', 'the same without cond_resched', false, true),
  ],
};
