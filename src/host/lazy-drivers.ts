import { addDrivers, hasDrivers } from '../engine/drivers';
import type { MachineSpec } from '../model/machine-spec';

/** Loads the drivers that most machines do not need, if one of these does; `undefined`: there is nothing to wait for. */
export function loadDrivers(...machines: readonly (MachineSpec | undefined)[]): Promise<void> | undefined {
  return machines.every((machine) => hasDrivers(machine?.devices ?? [])) ? undefined : load();
}

async function load(): Promise<void> {
  addDrivers((await import('../engine/drivers/caches')).caches);
}
