import * as v from 'valibot';
import { MARK_COLOURS, NAMESPACE_MODES, RANGE_KINDS } from '../model/memory-facts';
import { PAGE_OWNERS } from '../model/pages';
import { FactSchema, address, bytes, index, text } from './values';

/** A run of physical memory to draw. Addresses are bytes; `end` is exclusive. */
const ExtentSchema = v.strictObject({
  start: bytes,
  end: bytes,
  kind: v.picklist([...RANGE_KINDS, 'hole']),
  name: text,
  page: v.picklist(PAGE_OWNERS),
  assumed: v.optional(text),
  facts: v.array(FactSchema),
});

const ZoneSchema = v.strictObject({
  name: text,
  node: index,
  start: address,
  end: address,
  /** True where the architecture's borders were taken, because the machine does not say. */
  assumed: v.boolean(),
});

const NamespaceSchema = v.strictObject({
  name: text,
  mode: v.picklist(NAMESPACE_MODES),
  map: v.picklist(['none', 'mem', 'dev']),
  /** What a user of it gets, bytes. */
  size: bytes,
  /** Where it lies; absent where no source said. */
  at: v.optional(v.strictObject({ start: address, end: address })),
});

export const MarkSchema = v.pipe(
  v.strictObject({
    start: address,
    end: address,
    text: v.pipe(v.string(), v.maxLength(500)),
    colour: v.optional(v.picklist(MARK_COLOURS)),
  }),
  v.check((mark) => mark.end > mark.start, 'a mark ends after it starts'),
);

/** A stretch of bytes the CPU has mapped now, and who mapped it. */
export const WindowSchema = v.strictObject({ start: address, end: address, by: text });

/** States of page frames as runs, in columns alike in length: first pfn, how many, FRAME_FLAGS. */
const RunsSchema = v.pipe(
  v.strictObject({
    start: v.instance(Float64Array),
    count: v.instance(Float64Array),
    flags: v.instance(Uint8Array),
  }),
  v.check(
    ({ start, count, flags }) => start.length === count.length && start.length === flags.length,
    'columns of runs are alike in length',
  ),
);

export const MapViewSchema = v.strictObject({
  extents: v.array(ExtentSchema),
  totals: v.strictObject({
    ram: bytes,
    pmem: bytes,
    pmemWithoutPages: bytes,
    memmap: bytes,
    memmapSaved: bytes,
  }),
  /** Bytes of a `struct page`. */
  structPageSize: bytes,
  /** Bytes of a SPARSEMEM section; 0 where there are none. */
  sectionSize: bytes,
  zones: v.array(ZoneSchema),
  namespaces: v.array(NamespaceSchema),
  swiotlb: v.optional(v.strictObject({ start: address, end: address })),
  marks: v.array(MarkSchema),
  windows: v.optional(v.array(WindowSchema)),
  states: v.optional(RunsSchema),
});

export type MapExtent = v.InferOutput<typeof ExtentSchema>;
export type MapNamespace = v.InferOutput<typeof NamespaceSchema>;
export type MapMark = v.InferOutput<typeof MarkSchema>;
export type MapWindow = v.InferOutput<typeof WindowSchema>;
export type MapView = v.InferOutput<typeof MapViewSchema>;
