import * as v from 'valibot';
import { DmaSchema } from './dma-spec';
import { FLAVOURS, POSTINGS } from './flavour';
import { Hex } from './memory-facts';
import { MomentSchema } from './moment';
import { PICTURES } from './pictures';
import { ScenarioSchema } from './scenario';

const Index = v.pipe(v.number(), v.integer(), v.minValue(0));
const Title = v.pipe(v.string(), v.minLength(1), v.maxLength(80));

/** One step of a lesson: where to look, at which moment, and what is true there. */
export const LessonStepSchema = v.strictObject({
  title: Title,
  says: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(600),
    v.description(
      'One or two sentences. What stands in braces, such as {count block_split}, comes from the run.',
    ),
  ),
  picture: v.picklist(PICTURES),
  at: v.optional(MomentSchema),
  io: v.optional(v.pipe(Index, v.description('The I/O of the workload to select.'))),
  device: v.optional(v.string()),
  page: v.optional(v.pipe(Hex, v.description('The page frame to select.'))),
  dma: v.optional(
    v.strictObject({
      ops: v.pipe(v.string(), v.description('Whose mapping of the request to show.')),
      request: v.optional(Index),
    }),
  ),
  losePower: v.optional(
    v.pipe(v.boolean(), v.description('The power fails at the moment of "at", and the tier has to recover.')),
  ),
  story: v.optional(
    v.strictObject({
      play: ScenarioSchema,
      until: v.optional(
        v.pipe(
          v.union([
            v.picklist(['start', 'end', 'broken']),
            v.strictObject({
              call: v.string(),
              nth: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
            }),
          ]),
          v.description('How far: to a call, to the first rule that breaks, or to the end.'),
        ),
      ),
    }),
  ),
  with: v.optional(
    v.pipe(
      v.strictObject({
        kernel: v.optional(
          v.strictObject({ flavour: v.picklist(FLAVOURS), posting: v.optional(v.picklist(POSTINGS)) }),
        ),
        dma: v.optional(DmaSchema),
        devicePages: v.optional(
          v.pipe(
            v.boolean(),
            v.description('false: as before ZONE_DEVICE, without pages for device memory.'),
          ),
        ),
      }),
      v.description('What is different about the machine in this step.'),
    ),
  ),
});
export type LessonStep = v.InferOutput<typeof LessonStepSchema>;

/** What a document teaches: one thing, in a few steps over its own machine and workload. */
export const LessonSchema = v.strictObject({
  title: Title,
  teaches: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(200),
    v.description('The one thing, in one sentence.'),
  ),
  source: v.pipe(v.string(), v.minLength(1), v.description('Where its facts come from.')),
  reconstructed: v.optional(
    v.pipe(v.boolean(), v.description('It rests on a reconstruction: the views show the badge.')),
  ),
  steps: v.pipe(v.array(LessonStepSchema), v.minLength(1), v.maxLength(12)),
});
export type Lesson = v.InferOutput<typeof LessonSchema>;
