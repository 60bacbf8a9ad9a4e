import { play, scenarios } from '../engine/scenarios';
import { SCENARIOS, type ScenarioName } from '../model/scenario';
import { CliError, type Output } from './output';

/** `scenario [NAME [VARIANT]]`: plays a scenario; without a name, lists them. */
export function scenario([name, variant, ...rest]: string[]): Promise<Output> {
  if (name === undefined) return Promise.resolve(list());
  if (rest.length > 0) throw new CliError('expected a scenario and a variant, got more', 2);
  if (!isScenario(name)) {
    throw new CliError(`no scenario "${name}"; ${Object.keys(SCENARIOS).join(', ')} exist`, 2);
  }
  const variants: readonly string[] = SCENARIOS[name];
  if (variant !== undefined && !variants.includes(variant)) {
    throw new CliError(`${name} has no variant "${variant}"; ${variants.join(', ')} exist`, 2);
  }
  const { tasks, steps, walk, ...played } = play(undefined, { name, ...(variant ? { variant } : {}) });
  const width = Math.max(...tasks.map((task) => task.length));
  return Promise.resolve({
    text: [
      `${played.scenario.title}: ${played.variant.title}${played.variant.reconstructed ? ' (reconstructed)' : ''}`,
      '',
      ...steps.flatMap((step, i) => [
        `${String(i + 1).padStart(3)}  ${(tasks[step.task] ?? '').padEnd(width)}  ${step.call}: ${step.note}`,
        ...step.broke.map((rule) => `     ${''.padEnd(width)}  ! ${rule}`),
      ]),
      '',
      `${walk.total} ${walk.total === 1 ? 'order' : 'orders'} of the steps${walk.complete ? '' : ', and more'}:`,
      ...walk.outcomes.map(
        (o) =>
          `${String(o.count).padStart(5)}  ${[...o.broken, ...o.results].join('; ') || 'nothing goes wrong'}`,
      ),
    ].join('\n'),
    json: {
      name,
      variant: played.variant.name,
      reconstructed: played.variant.reconstructed,
      tasks,
      steps,
      walk,
    },
  });
}

function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIOS, name);
}

function list(): Output {
  return {
    text: scenarios
      .map((s) => [`${s.name}: ${s.title}`, ...s.variants.map((v) => `  ${v.name}: ${v.title}`)].join('\n'))
      .join('\n'),
    json: scenarios.map(({ name, title, about, source, variants }) => ({
      name,
      title,
      about,
      source,
      variants: variants.map((v) => ({ name: v.name, title: v.title, reconstructed: v.reconstructed })),
    })),
  };
}
