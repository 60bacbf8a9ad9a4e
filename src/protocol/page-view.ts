import * as v from 'valibot';
import { FactSchema, pfn, text } from './values';

/** What is known of one page: the three columns of its inspector. 64-bit words are text: a bigint kills a message. */
export const PageViewSchema = v.strictObject({
  pfn,
  title: text,
  /** What it is: address, extent, zone, section, node, owner, state. */
  physical: v.array(FactSchema),
  /** The same page as a kernel word: struct page *, direct map, and one line a layout. */
  words: v.array(FactSchema),
  /** Who points here. */
  pointers: v.array(FactSchema),
  /** What follows for code that meets this page. */
  sentence: text,
});
export type PageView = v.InferOutput<typeof PageViewSchema>;
