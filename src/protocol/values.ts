import * as v from 'valibot';
import { PHYS_LIMIT } from '../model/address';

/** What the schemas of several views share. */
export const text = v.string();

/** Bytes, or a physical address; not always whole. */
export const bytes = v.pipe(v.number(), v.minValue(0));

/** A physical byte address, whole, at most 2^52. */
export const address = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(PHYS_LIMIT));

/** A page frame number. */
export const pfn = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(PHYS_LIMIT / 4096 - 1));

/** An index into a list. */
export const index = v.pipe(v.number(), v.integer(), v.minValue(0));

/** One line of an inspector: plain text on both sides; `code` asks for the editor font. */
export const FactSchema = v.strictObject({
  label: text,
  value: text,
  code: v.optional(v.boolean()),
  badge: v.optional(v.picklist(['reconstructed', 'assumed'])),
  /** Said quietly after the value. */
  note: v.optional(text),
});
export type Fact = v.InferOutput<typeof FactSchema>;
