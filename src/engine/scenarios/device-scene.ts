import { formatBytes } from '../../model/address';
import { Oops } from '../oops';
import { KmapSlots } from '../kmap/atomic';
import { Cpu, preempt_count, scheduleComplaint } from '../kmap/cpu';
import { KmapRanges, type KmapRange } from '../kmap/ranges';
import { Rcu } from '../kmap/rcu';
import type { Body } from '../tasks/program';
import { Scene, type Stage, type StateFact } from './scenario';

/** Where ioremap_cache put the device: an example from the vmalloc area. */
export const EXAMPLE_BASE = 0xffffc90002000000n;

/** A pmem disk, its mapping, and the tasks on two CPUs that use them while its driver may be unbound. */
export class DeviceScene extends Scene {
  readonly rcu = new Rcu();
  readonly slots: KmapSlots;
  readonly kmap: KmapRanges;
  readonly cpus: readonly Cpu[];
  readonly range: KmapRange;
  /** Bytes of the disk; 0 once del_gendisk has run. */
  capacity: number;
  /** `pmem->virt_addr` leads somewhere. */
  mapped = true;
  /** The driver's claim: a child of the range in /proc/iomem. */
  claimed = true;
  /** `struct pmem_device` is allocated. */
  allocated = true;
  /** Addresses tasks hold, by task, for the eye. */
  readonly held = new Map<string, bigint>();

  constructor(
    readonly stage: Stage,
    taskNames: readonly string[],
    /** CONFIG_KMAP_PFN. */
    config = true,
  ) {
    super();
    this.slots = new KmapSlots(stage.space);
    this.kmap = new KmapRanges(this.slots, this.rcu, config);
    this.cpus = taskNames.map((name, id) => new Cpu(id, name));
    this.capacity = stage.end - stage.start;
    this.range = { owner: stage.disk, start: stage.start, end: stage.end - 1, base: EXAMPLE_BASE };
  }

  /** The CPU touches device memory at `address`; only a live mapping takes it. */
  touch(cpu: Cpu, address: bigint, where: string): void {
    if (this.mapped) return;
    this.breaks(`${where} on ${cpu.task} uses an address that iounmap has taken away`);
    throw new Oops(
      `BUG: unable to handle kernel paging request at ${address.toString(16)} (iounmap took it away)`,
      address,
      where,
    );
  }

  /** `schedule()` runs on this CPU: named when it must not, and a quiescent state for RCU either way. */
  schedule(cpu: Cpu): void {
    const complaint = scheduleComplaint(cpu);
    if (complaint) this.breaks(complaint);
    this.rcu.quiescent(cpu);
    this.say(`another task runs${cpu.rcuDepth > 0 ? ', and RCU takes the read side for ended' : ''}`);
  }

  /** A dead task's exit goes through `schedule()`: no grace period waits for it. */
  override died(task: number): void {
    const cpu = this.cpus[task];
    if (cpu) this.rcu.quiescent(cpu);
  }

  override windows() {
    const { start } = this.stage;
    return [...this.held].map(([by, address]) => {
      const first = start + Number((address - EXAMPLE_BASE) & ~0xfffn);
      return { start: first, end: first + 4096, by };
    });
  }

  facts(): readonly StateFact[] {
    const text = (value: bigint) => value.toString(16);
    return [
      { label: 'disk size', value: this.capacity === 0 ? '0: the disk is gone' : formatBytes(this.capacity) },
      {
        label: 'mapping of the device',
        value: this.mapped ? `from ${text(EXAMPLE_BASE)}` : 'none (iounmap)',
      },
      { label: 'kmap ranges', value: this.kmap.registered.map((r) => r.owner).join(', ') || 'none' },
      { label: 'RCU readers waited for', value: String(this.rcu.readers) },
      ...this.cpus.map((cpu) => ({
        label: `preempt count of ${cpu.task}`,
        value: `0x${preempt_count(cpu).toString(16)}`,
        alarm: preempt_count(cpu) > 0xff,
      })),
      ...[...this.held].map(([task, address]) => ({
        label: `${task} holds`,
        value: text(address),
        alarm: !this.mapped,
      })),
      ...this.results.map((value) => ({ label: 'result', value })),
    ];
  }
}

/** pmem_remove of 4.1, in its order (drivers/block/pmem.c, pmem_free). */
export function* pmem_free(scene: DeviceScene): Body {
  yield { call: 'del_gendisk' };
  scene.capacity = 0;
  scene.say('the disk leaves: from now on its size is 0, so bdev_direct_access refuses');
  yield { call: 'blk_cleanup_queue' };
  scene.say('waits for bios in flight; DAX makes none, so there is nothing to wait for');
  yield { call: 'iounmap' };
  scene.mapped = false;
  scene.say('the kernel’s mapping of the device goes, whoever still holds an address in it');
  yield { call: 'release_mem_region' };
  scene.claimed = false;
  scene.say('the driver’s claim leaves /proc/iomem; the memory itself stays there');
  yield { call: 'kfree' };
  scene.allocated = false;
  scene.say('struct pmem_device is freed');
}

/** The same with v5: devres undoes the registration before the mapping it was made for. */
export function* pmem_remove_v5(scene: DeviceScene): Body {
  yield { call: 'del_gendisk' };
  scene.capacity = 0;
  scene.say('the disk leaves: from now on its size is 0, so bdev_direct_access refuses');
  yield* teardown_kmap(scene);
  yield { call: 'iounmap' };
  scene.mapped = false;
  scene.claimed = false;
  scene.say('devres undoes the mapping and the claim; nobody can hold an address in it');
}

/** teardown_kmap of v5: off the list, then a grace period. */
export function* teardown_kmap(scene: DeviceScene): Body {
  yield { call: 'list_del_rcu' };
  scene.kmap.list_del_rcu(scene.range);
  const over = scene.rcu.gracePeriod();
  scene.say('teardown_kmap takes the range off the list: later kmaps get NULL');
  yield { call: 'synchronize_rcu', when: over };
  scene.say('teardown_kmap has waited until every kmap that was open is closed');
}
