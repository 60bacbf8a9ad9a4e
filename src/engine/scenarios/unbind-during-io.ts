import { ERANGE, EIO, errnoName } from '../errno';
import type { Body } from '../tasks/program';
import { DeviceScene, EXAMPLE_BASE, pmem_free, pmem_remove_v5 } from './device-scene';
import { programOf, type Scenario, type Stage } from './scenario';

const TASKS = ['pwrite', 'unbind'] as const;

const create = (stage: Stage) => new DeviceScene(stage, TASKS);
const createRegistered = (stage: Stage) => {
  const scene = create(stage);
  scene.kmap.devm_register_kmap_pfn_range(scene.range);
  return scene;
};

function returns(scene: DeviceScene, result: number): void {
  const text = result < 0 ? errnoName(result) : `${result} bytes`;
  scene.results.push(`${TASKS[0]}: ${text}`);
}

/** The size check that 4.1 and the series share. False: the system call has its error. */
function* bdev_direct_access(scene: DeviceScene): Generator<{ call: string }, boolean, void> {
  yield { call: 'bdev_direct_access' };
  if (scene.capacity > 0) {
    scene.say('the sector is inside the disk');
    return true;
  }
  returns(scene, -ERANGE);
  scene.say('the disk has size 0 by now: -ERANGE, as on a real 4.1.3');
  return false;
}

/** dax_io of 4.1: the driver gives a kernel address, and nothing says how long it is good for. */
function* dax_io(scene: DeviceScene): Body {
  const cpu = scene.cpus[0]!;
  if (!(yield* bdev_direct_access(scene))) return;
  yield { call: 'pmem_direct_access' };
  if (!scene.allocated) scene.breaks('pmem_direct_access on pwrite reads struct pmem_device after kfree');
  scene.held.set(cpu.task, EXAMPLE_BASE);
  scene.say('gives kaddr = pmem->virt_addr + offset; no reference, no lock goes with it');
  for (const part of ['first', 'second']) {
    yield { call: 'copy_from_iter' };
    scene.touch(cpu, EXAMPLE_BASE, 'dax_io');
    scene.say(`stores the ${part} half of the data through kaddr`);
  }
  yield { call: 'dax_do_io' };
  scene.held.delete(cpu.task);
  returns(scene, 4096);
  scene.say('returns to the process');
}

/** dax_io with the series: the driver gives a pfn, and the address lives between kmap and kunmap. */
function* dax_io_v5(scene: DeviceScene): Body {
  const cpu = scene.cpus[0]!;
  if (!(yield* bdev_direct_access(scene))) return;
  yield { call: 'kmap_atomic_pfn_t' };
  const address = scene.kmap.kmap_atomic_pfn_t(cpu, { pfn: scene.stage.start / 4096, dev: true });
  if (address === null) {
    returns(scene, -EIO);
    scene.say('no range has this pfn any more: NULL, and dax_map_bh makes it -EIO');
    return;
  }
  scene.held.set(cpu.task, address);
  scene.say('rcu_read_lock, then the range is found: an address that teardown must wait for');
  for (const part of ['first', 'second']) {
    yield { call: 'copy_from_iter' };
    scene.touch(cpu, address, 'dax_io');
    scene.say(`stores the ${part} half of the data`);
  }
  yield { call: 'kunmap_atomic_pfn_t' };
  scene.held.delete(cpu.task);
  const branch = scene.kmap.kunmap_atomic_pfn_t(cpu, address);
  returns(scene, 4096);
  if (branch === 'range') scene.say('finds the range again; rcu_read_unlock lets teardown go on');
  else {
    scene.say('does not find the range any more, takes the kunmap_atomic branch: preempt count 0x7fffffff');
    scene.breaks('kunmap_atomic_pfn_t lowers the preempt count below 0');
  }
}

/** The window that 4.1 leaves, and what the series makes of it. */
export const unbindDuringIo: Scenario = {
  name: 'unbind-during-io',
  title: 'Unbind while a DAX write runs',
  about:
    'Without the series a kernel address of the device may outlive its mapping. With it teardown waits for whoever holds one, and later comers get -EIO.',
  source: '4.1 fs/dax.c and drivers/block/pmem.c; v5 mm/kmap_pfn.c and fs/dax.c; unbind run on 4.1.3',
  variants: [
    {
      name: '4.1',
      title: '4.1: a kaddr held across the unmap',
      reconstructed: false,
      program: (stage) =>
        programOf({
          create: () => create(stage),
          tasks: [
            { name: TASKS[0], body: dax_io },
            { name: TASKS[1], body: pmem_free },
          ],
        }),
    },
    {
      name: 'v5',
      title: 'with the series (v5 code): teardown waits',
      reconstructed: false,
      program: (stage) =>
        programOf({
          create: () => createRegistered(stage),
          tasks: [
            { name: TASKS[0], body: dax_io_v5 },
            { name: TASKS[1], body: pmem_remove_v5 },
          ],
        }),
    },
  ],
};
