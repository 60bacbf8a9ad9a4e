import * as v from 'valibot';

/** The scenarios the engine can play, and their variants: several tasks on one device, in an order one can choose. */
export const SCENARIOS = {
  'unbind-open-file': ['4.1', 'v5'],
  'unbind-during-io': ['4.1', 'v5'],
  'kmap-race': ['v5'],
  'kmap-sleep': ['v5', 'awake'],
  'stray-store': ['none', 'annotations'],
  'kmap-slots': ['lifo', 'wrong-order', 'wrong-order-debug', 'too-many'],
  'range-walk': ['1', '4', '16', '64', 'off'],
  'unbind-tier': ['4.1', 'v5'],
  'torn-sector': ['raw', 'btt'],
  'crash-and-recover': ['ordered', 'metadata-before-data', 'no-fence', 'clean-before-flush'],
} as const satisfies Record<string, readonly [string, ...string[]]>;
export type ScenarioName = keyof typeof SCENARIOS;

const NAMES = Object.keys(SCENARIOS) as ScenarioName[];

/** Which scenario, which variant of it, and in which order its tasks take their steps. */
export const ScenarioSchema = v.pipe(
  v.strictObject({
    name: v.picklist(NAMES),
    variant: v.optional(v.pipe(v.string(), v.description('The first one if absent.'))),
    schedule: v.optional(
      v.pipe(
        v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(15))),
        v.maxLength(1000),
        v.description(
          'The number of the task that takes each step; where it ends, the first task that can goes on.',
        ),
      ),
    ),
  }),
  v.check(
    ({ name, variant }) => variant === undefined || (SCENARIOS[name] as readonly string[]).includes(variant),
    (issue) => `there is no such variant: ${issue.input.name} has ${SCENARIOS[issue.input.name].join(', ')}`,
  ),
);
export type ScenarioChoice = v.InferOutput<typeof ScenarioSchema>;
