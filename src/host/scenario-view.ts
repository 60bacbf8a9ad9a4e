import { play, scenarios } from '../engine/scenarios';
import type { MachineSpec } from '../model/machine-spec';
import type { ScenarioChoice } from '../model/scenario';
import type { ScenarioEntry, ScenarioView } from '../protocol/scenario-view';

/** Every scenario there is, for a list. */
export const scenarioEntries: readonly ScenarioEntry[] = scenarios.map(({ name, title, about }) => ({
  name,
  title,
  about,
}));

/** A scenario as played on this machine. */
export function scenarioView(machine: MachineSpec, choice: ScenarioChoice): ScenarioView {
  const { scenario, variant, stage, tasks, before, steps, walk } = play(machine, choice);
  const { name, title, about, source, variants } = scenario;
  return {
    name,
    title,
    about,
    source,
    disk: stage.disk,
    variant: variant.name,
    reconstructed: variant.reconstructed,
    variants: variants.map((other) => ({ name: other.name, title: other.title })),
    tasks: [...tasks],
    before: [...before],
    steps: steps.map((step) => ({
      ...step,
      broke: [...step.broke],
      choices: [...step.choices],
      facts: [...step.facts],
      windows: [...step.windows],
    })),
    total: walk.total,
    complete: walk.complete,
    outcomes: walk.outcomes.map((outcome) => ({
      results: [...outcome.results],
      broken: [...outcome.broken],
      count: outcome.count,
      schedule: [...outcome.schedule],
    })),
  };
}
