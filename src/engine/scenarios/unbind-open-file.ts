import { EIO, ERANGE, errnoName } from '../errno';
import type { Body } from '../tasks/program';
import { DeviceScene, pmem_free, pmem_remove_v5 } from './device-scene';
import { programOf, type Scenario, type Stage, type StateFact } from './scenario';

/** What a system call or a memory access of the process gave. */
export interface OpResult {
  readonly op: string;
  /** Result of the call, or the byte accessed. */
  readonly value: number;
  /** Positive errno, or 0. */
  readonly errno: number;
  /** The signal that killed the process, or 0. */
  readonly signal: number;
}

const SIGBUS = 7;

/** A process with a DAX file open and two of its pages mapped, and what it gets after the driver is unbound. */
export class OpenFileScene extends DeviceScene {
  readonly ops: OpResult[] = [];
  /** The process's page table: file page to device pfn. Unbind revokes none of it. */
  readonly userPtes = new Map<number, number>();
  /** The first byte of each file page, as the device's memory holds it. */
  private readonly firstByte = new Map([
    [0, 0x6b],
    [1, 0x57],
  ]);
  bound = true;
  ended = false;
  /** `pmem_index` of 4.1: a counter that only grows. 16 minors a disk. */
  private pmem_index = 1;
  disks = ['pmem0 (253:0)'];

  constructor(stage: Stage, registered: boolean) {
    super(stage, ['process', 'unbind']);
    if (registered) this.kmap.devm_register_kmap_pfn_range(this.range);
  }

  done(op: string, value: number, why: string, signal = 0): void {
    const errno = value < 0 ? -value : 0;
    this.ops.push({ op, value: errno > 0 ? -1 : value, errno, signal });
    const result = signal
      ? `killed by signal ${signal} (SIGBUS)`
      : errno > 0
        ? errnoName(value)
        : String(value);
    this.say(`${op} → ${result}: ${why}`);
  }

  pmem_probe(): string {
    const index = this.pmem_index++;
    const disk = `pmem${index} (253:${index * 16})`;
    this.disks = [disk];
    this.claimed = true;
    return disk;
  }

  /** What fs/dax.c gets for every block it wants: only the disk's size decides. */
  bdev_direct_access(): number {
    return this.capacity === 0 ? -ERANGE : 4096;
  }

  /** A load (or store of `value`) by the process: the CPU asks its page table only. */
  access(page: number, value?: number): number | undefined {
    if (!this.userPtes.has(page)) return undefined;
    if (value !== undefined) this.firstByte.set(page, value);
    return this.firstByte.get(page) ?? 0;
  }

  fault(page: number): boolean {
    if (this.bdev_direct_access() < 0) return false;
    this.userPtes.set(page, this.stage.start / 4096 + page);
    return true;
  }

  /** Metadata comes through the block layer, and its disk is gone. */
  submit_bh(): number {
    return this.capacity === 0 ? -EIO : 0;
  }

  override facts(): readonly StateFact[] {
    const ptes = [...this.userPtes.keys()].map((page) => `page ${page}`).join(', ');
    return [
      ...super.facts().slice(0, 3),
      { label: 'in /proc/iomem', value: this.claimed ? 'Persistent RAM, and pmem in it' : 'Persistent RAM' },
      { label: 'disks', value: this.disks.join(', ') || 'none' },
      {
        label: 'user PTEs of the device',
        value: ptes || 'none',
        alarm: !this.bound && this.userPtes.size > 0,
      },
    ];
  }
}

/** Names of the steps after unbind: the ones the run on a real 4.1.3 printed. */
function* process(scene: OpenFileScene): Body {
  yield { call: 'do_dax_fault' };
  scene.fault(0);
  scene.fault(1);
  scene.say('the process has the file mapped: its first two pages have PTEs to the device');
  const after = (call: string) => ({ call, when: () => !scene.bound });
  const mapped = 'its PTE still leads to the device: unbind revokes no user mapping';

  yield after('(load)');
  scene.done('read of an already mapped page', scene.access(0)!, mapped);
  yield after('(store)');
  scene.done('write of an already mapped page', scene.access(0, 0x58)!, mapped);
  yield after('do_dax_fault');
  if (!scene.fault(4)) {
    scene.done('fault of a page not mapped before', -1, 'bdev_direct_access gives -ERANGE', SIGBUS);
  }
  yield after('dax_do_io');
  scene.done('pread 4096 through the open file', scene.bdev_direct_access(), 'the disk has size 0');
  yield after('dax_do_io');
  scene.done('pwrite 4096 to an existing block', scene.bdev_direct_access(), 'the disk has size 0');
  yield after('submit_bh');
  scene.done(
    'pwrite extending',
    scene.submit_bh(),
    'ext4 must read its inode table, through a queue that is gone',
  );
  for (const op of ['fsync', 'msync']) {
    yield after('ext4_sync_file');
    scene.done(op, 0, 'DAX of 4.1 keeps no record of dirty pages, so there is nothing to write');
  }
  yield after('dax_do_io');
  scene.done('O_DIRECT-less read of 64K', scene.bdev_direct_access(), 'the disk has size 0');
  scene.ended = true;
  if (scene.userPtes.size > 0) scene.breaks('user PTEs outlive the driver: the remaining hole');
}

function unbind(remove: (scene: DeviceScene) => Body): (scene: OpenFileScene) => Body {
  return function* (scene) {
    yield { call: 'unbind_store', when: () => scene.userPtes.size > 0 };
    scene.say('echo pmem0 > unbind: nothing refuses it, mounted or not');
    yield* remove(scene);
    yield { call: 'unbind_store' };
    scene.bound = false;
    scene.disks = [];
    scene.say('unbind returns 0');
    yield { call: 'bind_store', when: () => scene.ended };
    scene.say(`echo pmem0 > bind gives ${scene.pmem_probe()}: the old mount stays dead`);
  };
}

const variant = (name: string, title: string, registered: boolean, remove: (scene: DeviceScene) => Body) => ({
  name,
  title,
  // Only 4.1.3 was run; the series touches none of these paths after the size check.
  reconstructed: registered,
  program: (stage: Stage) =>
    programOf({
      create: () => new OpenFileScene(stage, registered),
      tasks: [
        { name: 'process', body: process },
        { name: 'unbind', body: unbind(remove) },
      ],
    }),
});

/** What a real 4.1.3 did, call by call; and that the series changes nothing of it. */
export const unbindOpenFile: Scenario = {
  name: 'unbind-open-file',
  title: 'Unbind under an open, mapped DAX file',
  about:
    'No crash: system calls fail, new faults get SIGBUS, but pages that are mapped stay readable and writable. The series leaves this hole open.',
  source: 'unbind run on 4.1.3 with the file open and mapped; v5 mm/kmap_pfn.c',
  variants: [
    variant('4.1', '4.1', false, pmem_free),
    variant('v5', 'with the series (v5 code)', true, pmem_remove_v5),
  ],
};
