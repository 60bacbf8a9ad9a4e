import { addDrivers, hasDrivers } from '../engine/drivers';
import type { MachineSpec } from '../model/machine-spec';
import type { ScenarioChoice } from '../model/scenario';

/** Loads the drivers that most machines do not need, if one of these does; `undefined`: there is nothing to wait for. */
export function loadDrivers(...machines: readonly (MachineSpec | undefined)[]): Promise<void> | undefined {
  return machines.every((machine) => hasDrivers(machine?.devices ?? [])) ? undefined : load();
}

/** A scenario may be played on a machine of its own. */
export function loadForScenario(scenario: ScenarioChoice | undefined): Promise<void> | undefined {
  return scenario?.name === 'crash-and-recover' ? load() : undefined;
}

async function load(): Promise<void> {
  addDrivers((await import('../engine/drivers/uncommon')).uncommon);
}
