import { Run, type Program, type World } from './program';

/** The order in which tasks took their steps: task numbers. */
export type Schedule = readonly number[];

/** How runs ended, in the words that tell interleavings apart. */
export interface Outcome {
  /** What the tasks got. */
  readonly results: readonly string[];
  /** Rules broken; empty when nothing went wrong. */
  readonly broken: readonly string[];
  readonly count: number;
  /** The first schedule that ended so. */
  readonly schedule: Schedule;
}

export interface Walk {
  /** Interleavings that were run, each to its end. */
  readonly total: number;
  /** False when there are more than `limit`, so that nothing is proved for the rest. */
  readonly complete: boolean;
  /** Harmless ones first, then by the number of interleavings. */
  readonly outcomes: readonly Outcome[];
}

/** Runs a program along a schedule; past its end, and where it cannot be followed, the first task that can moves. */
export function runAlong<W extends World>(program: Program<W>, schedule: Schedule): Run<W> {
  const run = new Run(program);
  for (let i = 0; ; i++) {
    const choices = run.choices();
    if (choices.length === 0) return run;
    const wanted = schedule[i];
    run.advance(wanted !== undefined && choices.includes(wanted) ? wanted : choices[0]!);
  }
}

/**
 * Walks every interleaving of a program, depth first, by running each anew: no state needs copying, and every one
 * can be shown by its schedule alone. `limit` bounds the number of runs.
 */
export function interleave<W extends World>(program: Program<W>, limit = 200_000): Walk {
  const outcomes = new Map<string, Outcome & { count: number }>();
  let schedule: number[] | undefined = [];
  let total = 0;
  while (schedule && total < limit) {
    const run: Run<W> = runAlong(program, schedule);
    total++;
    const broken = brokenBy(run);
    const results = [...run.world.results].sort();
    const taken = run.steps.map((step) => step.task);
    const key = JSON.stringify([broken, results]);
    const known = outcomes.get(key);
    if (known) known.count++;
    else outcomes.set(key, { results, broken, count: 1, schedule: taken });
    schedule = following(run);
  }
  return {
    total,
    complete: schedule === undefined,
    outcomes: [...outcomes.values()].sort(
      (a, b) => Number(a.broken.length > 0) - Number(b.broken.length > 0) || b.count - a.count,
    ),
  };
}

/** The rules a run broke, each once; a task that waits for ever breaks one too. */
function brokenBy<W extends World>(run: Run<W>): string[] {
  const waiting = run.unfinished().map((name) => `${name} waits for ever`);
  return [...new Set([...run.world.broken, ...waiting])];
}

/** The next schedule in order: the last step that had a later choice takes it. */
function following<W extends World>(run: Run<W>): number[] | undefined {
  for (let i = run.steps.length - 1; i >= 0; i--) {
    const { task, choices } = run.steps[i]!;
    const later = choices.find((choice) => choice > task);
    if (later !== undefined) return [...run.steps.slice(0, i).map((step) => step.task), later];
  }
  return undefined;
}
