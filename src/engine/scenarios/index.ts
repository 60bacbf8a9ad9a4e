import { phys } from '../../model/address';
import type { MachineSpec } from '../../model/machine-spec';
import type { ScenarioChoice } from '../../model/scenario';
import { X86_64, addressSpaceOf } from '../memory/address-space';
import { interleave, runAlong, type Schedule, type Walk } from '../tasks/interleave';
import { crashAndRecover } from './crash-and-recover';
import { kmapRace } from './kmap-race';
import { kmapSleep } from './kmap-sleep';
import { kmapSlots } from './kmap-slots';
import { rangeWalk } from './range-walk';
import type { KmapWindow, Scenario, Scene, Stage, StateFact, Variant } from './scenario';
import { strayStore } from './stray-store';
import { tornSector } from './torn-sector';
import { unbindDuringIo } from './unbind-during-io';
import { unbindOpenFile } from './unbind-open-file';
import { unbindTier } from './unbind-tier';
import { Run, type Program, type Step } from '../tasks/program';

/** Every scenario, in the order a newcomer should meet them. */
export const scenarios: readonly Scenario[] = [
  unbindOpenFile,
  unbindDuringIo,
  kmapRace,
  kmapSleep,
  strayStore,
  kmapSlots,
  rangeWalk,
  unbindTier,
  tornSector,
  crashAndRecover,
];

/** A step, and the state it left behind. */
export interface PlayedStep extends Step {
  readonly facts: readonly StateFact[];
  readonly windows: readonly KmapWindow[];
}

export interface Played {
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly stage: Stage;
  readonly tasks: readonly string[];
  /** The state before the first step. */
  readonly before: readonly StateFact[];
  readonly steps: readonly PlayedStep[];
  /** Every interleaving of the variant, by how it ends. */
  readonly walk: Walk;
}

/** Plays a scenario on a machine's first pmem disk (or an example disk where it has none), along a schedule. */
export function play(spec: MachineSpec | undefined, choice: ScenarioChoice): Played {
  const scenario = scenarios.find((s) => s.name === choice.name)!;
  const variant = scenario.variants.find((v) => v.name === choice.variant) ?? scenario.variants[0];
  const stage = stageOf(spec);
  const program = variant.program(stage);
  const walk = interleave(program);
  const schedule = choice.schedule ?? worthSeeing(walk, variant);
  return {
    scenario,
    variant,
    stage,
    tasks: program.tasks.map((task) => task.name),
    before: new Run(program).world.facts(),
    steps: watched(program, schedule),
    walk,
  };
}

/** Without a chosen order: the ending the variant is about, else the most frequent one that breaks something. */
function worthSeeing({ outcomes }: Walk, { opensWith }: Variant): Schedule {
  const sought = outcomes.find((o) => opensWith !== undefined && o.broken.some((b) => b.includes(opensWith)));
  return (sought ?? outcomes.find((o) => o.broken.length > 0) ?? outcomes[0])?.schedule ?? [];
}

function watched(program: Program<Scene>, schedule: readonly number[]): PlayedStep[] {
  const steps: PlayedStep[] = [];
  const order = runAlong(program, schedule).steps.map((step) => step.task);
  const run = new Run(program);
  for (const task of order) {
    steps.push({ ...run.advance(task), facts: run.world.facts(), windows: run.world.windows() });
  }
  return steps;
}

/** 256 MiB at 1 GiB: the machine the captures of 2015's kernels were made on. */
const EXAMPLE: Stage = { disk: 'pmem0', start: 0x40000000, end: 0x50000000, space: X86_64 };

function stageOf(spec: MachineSpec | undefined): Stage {
  const disk = spec?.devices?.find((device) => device.driver === 'pmem');
  if (!spec || disk?.driver !== 'pmem') return EXAMPLE;
  return {
    disk: disk.name,
    start: phys(disk.start),
    end: phys(disk.end),
    space: addressSpaceOf(spec.kernel),
  };
}
