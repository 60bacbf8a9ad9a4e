import * as v from 'valibot';
import { bytes, index, text } from './values';

/** An entry of a scatterlist, as `blk_rq_map_sg` made it. */
const EntrySchema = v.strictObject({ phys: bytes, length: bytes, pageless: v.boolean() });

/** How an address a device gets came about: memory's own, a slot of the pool, or one that hardware translates. */
export const MAPPED_HOW = ['same', 'bounced', 'translated'] as const;

/** An entry as the device sees it. */
const SeenSchema = v.strictObject({ bus: bytes, length: bytes, how: v.picklist(MAPPED_HOW) });

/** One level of a page table on the way to a physical address. Numbers as text: an entry has 64 bits. */
const StepSchema = v.strictObject({ level: text, index: text, entry: text, says: text });
const WalkSchema = v.strictObject({ bus: bytes, steps: v.array(StepSchema) });

/** What one implementation of DMA ops makes of the list. */
const ByOpsSchema = v.strictObject({
  name: text,
  /** What is special about this one, in a few words. */
  about: text,
  /** Whether it is the machine's own. */
  own: v.boolean(),
  ok: v.boolean(),
  outcome: text,
  seen: v.array(SeenSchema),
  messages: v.array(text),
  /** What dma_map_pfn() gives for the first page frame of the list. */
  mapPfn: text,
  walks: v.array(WalkSchema),
});

/** The pages of a scatterlist: entries that hold data in each, and whether its last one links to the next. */
const ChunkSchema = v.strictObject({ data: index, link: v.boolean() });

/** What a kernel function makes of an entry. */
const ReadingSchema = v.strictObject({ call: text, gives: text });

const RequestSchema = v.strictObject({
  title: text,
  device: text,
  /** What its device can reach, in words. */
  reach: text,
  entries: v.array(EntrySchema),
  chunks: v.array(ChunkSchema),
  /** Of one entry - the first without a page, if there is one - by the functions of this kernel. */
  readings: v.array(ReadingSchema),
  readEntry: index,
  byOps: v.array(ByOpsSchema),
});

/** A run of slots and whose it is. */
const SlotsSchema = v.strictObject({
  slot: index,
  slots: index,
  bytes,
  orig: bytes,
  owner: text,
  /** Its requests are told apart by a number. */
  request: index,
  why: text,
  /** Held from this moment on, and up to this one: events that have happened. */
  since: index,
  until: index,
});

const PoolSchema = v.strictObject({
  start: bytes,
  nslabs: index,
  /** The moment that teaches most, in words: shown once the run is over. */
  moment: text,
  at: index,
  /** Slots in use then. */
  used: index,
  /** All of the run. */
  mappings: v.array(SlotsSchema),
});

/** How the requests of the selected I/O reach their devices. */
export const DmaViewSchema = v.strictObject({
  /** The machine's own DMA ops; empty where its description says nothing of DMA. */
  ops: text,
  because: v.array(text),
  requests: v.array(RequestSchema),
  /** Why there is no request to map. */
  none: text,
  pool: v.optional(PoolSchema),
});

export type DmaView = v.InferOutput<typeof DmaViewSchema>;
export type RequestView = v.InferOutput<typeof RequestSchema>;
export type ByOpsView = v.InferOutput<typeof ByOpsSchema>;
export type PoolView = v.InferOutput<typeof PoolSchema>;
export type WalkView = v.InferOutput<typeof WalkSchema>;
