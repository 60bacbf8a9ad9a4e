import type { MachineSpec } from '../../model/machine-spec';
import type { Io } from '../../model/workload-spec';
import type { FailingClock } from '../clock';
import type { KernelOptions } from '../kernel';
import { Machine, type IoOutcome } from '../machine';
import { PhysicalBytes } from '../memory/bytes';

/** What is left when the power is gone: persistent memory and disks, with what was not durable decided by chance. */
export interface Remains {
  readonly memory: PhysicalBytes;
  readonly media: ReadonlyMap<string, PhysicalBytes>;
  readonly outcomes: readonly IoOutcome[];
  /** Events that happened; the power failed at the last one, if it did. */
  readonly events: number;
  /** What chance decided: lines of persistent memory, and sectors in the caches of disks. */
  readonly undecided: { readonly lines: number; readonly sectors: number };
}

/** Runs a workload until the power fails at event `at` (Infinity: never). `random`: 0 to 1. */
export function runUntilPowerFails(
  spec: MachineSpec,
  workload: readonly Io[],
  at: number,
  random: () => number,
  options: KernelOptions = {},
): Remains {
  const machine = new Machine(spec, { record: false, ...options, powerFailsAt: at });
  const { kernel } = machine;
  const clock = kernel.clock as FailingClock;
  clock.arm();
  const { outcomes } = machine.run(workload);
  const undecided = { lines: kernel.persistent.undecided, sectors: kernel.powerFailure!.caches.undecided };
  kernel.persistent.powerFails(random);
  kernel.powerFailure!.caches.powerFails(random);
  const memory = new PhysicalBytes();
  for (const { disk } of kernel.bdevs)
    if (disk.memory) memory.adopt(kernel.bytes.within(disk.memory.start, disk.memory.end));
  return {
    memory,
    media: kernel.disksMedia,
    outcomes,
    events: clock.ticks,
    undecided,
  };
}

/** The same machine, switched on again. */
export function afterPowerFailure(
  spec: MachineSpec,
  { memory, media }: Remains,
  options: KernelOptions = {},
): Machine {
  return new Machine(spec, { record: false, ...options, before: { memory, media } });
}
