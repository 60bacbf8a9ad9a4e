import * as v from 'valibot';
import { MachineViewSchema } from './machine-view';
import { index, text } from './values';

/** A count, or an outcome, of both sides. */
const RowSchema = v.strictObject({ what: text, left: text, right: text, differs: v.boolean() });

/** One event of the selected I/O: what each side says of it; '' where it does not happen. */
const PairSchema = v.strictObject({
  mark: v.picklist(['same', 'other', 'left', 'right']),
  function: text,
  device: text,
  left: text,
  right: text,
  /** The step it is of each run, as the list of steps counts. */
  leftStep: v.optional(index),
  rightStep: v.optional(index),
});

/** Two machines, one workload. */
export const CompareViewSchema = v.strictObject({
  /** What tells the sides apart. */
  left: text,
  right: text,
  /** What had to be put in other words for the other side. */
  changed: v.array(text),
  /** Why the other side could not run the workload; then the rest is empty. */
  refused: v.array(text),
  counts: v.array(RowSchema),
  outcomes: v.array(RowSchema),
  /** Events of the selected I/O, beside each other. */
  pairs: v.array(PairSchema),
  /** Events that are not shown, because there are too many. */
  hidden: index,
  /** The other side, for its pictures. */
  other: v.optional(MachineViewSchema),
});
export type CompareView = v.InferOutput<typeof CompareViewSchema>;
