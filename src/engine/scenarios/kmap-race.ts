import type { Body } from '../tasks/program';
import { DeviceScene, teardown_kmap } from './device-scene';
import { programOf, type Scenario, type Stage } from './scenario';

const TASKS = ['init/50', 'unbind'] as const;

function create(stage: Stage): DeviceScene {
  const scene = new DeviceScene(stage, TASKS);
  scene.kmap.devm_register_kmap_pfn_range(scene.range);
  return scene;
}

function* reader(scene: DeviceScene): Body {
  const cpu = scene.cpus[0]!;
  yield { call: 'kmap_atomic_pfn_t' };
  const address = scene.kmap.kmap_atomic_pfn_t(cpu, { pfn: scene.stage.start / 4096, dev: true });
  if (address !== null) scene.held.set(cpu.task, address);
  scene.say(
    address === null ? 'NULL: the range is gone' : 'an address in the range; the RCU read side stays open',
  );
  if (address === null) return;
  yield { call: 'kunmap_atomic_pfn_t' };
  scene.held.delete(cpu.task);
  const branch = scene.kmap.kunmap_atomic_pfn_t(cpu, address);
  scene.say(
    branch === 'range'
      ? 'the address lies in a range: only rcu_read_unlock'
      : 'no range has the address any more, so it is taken for one of kmap_atomic: preempt_count() 0 → 0x7fffffff',
  );
  yield { call: 'schedule' };
  scene.schedule(cpu);
}

/** Found by running v5: taking a range off the list is what makes the open kmap's end go wrong. */
export const kmapRace: Scenario = {
  name: 'kmap-race',
  title: 'v5: the kunmap that loses its range',
  about:
    'kunmap_atomic_pfn_t looks the address up again. When teardown was faster, it takes the kunmap_atomic branch, and the preempt count drops below 0.',
  source: 'v5 code (mm/kmap_pfn.c of the pfn branch, de8237c9) run in a 4.1.3 kernel',
  variants: [
    {
      name: 'v5',
      title: 'v5 as posted',
      reconstructed: false,
      program: (stage) =>
        programOf({
          create: () => create(stage),
          tasks: [
            { name: TASKS[0], body: reader },
            { name: TASKS[1], body: teardown_kmap },
          ],
        }),
    },
  ],
};
