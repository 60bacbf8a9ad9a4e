import * as v from 'valibot';
import { parseHex } from './address';

/** What a physical range is. The words are ours; `name` keeps what the kernel printed. */
export const RANGE_KINDS = [
  'ram',
  'pmem',
  'soft-reserved',
  'acpi',
  'unusable',
  'reserved',
  'rom',
  'device',
] as const;
export type RangeKind = (typeof RANGE_KINDS)[number];

export const Hex = v.pipe(
  v.string('expected a hexadecimal address in quotes, such as "0x40000000"'),
  v.regex(/^0x[0-9a-fA-F](_?[0-9a-fA-F])*$/, 'expected a hexadecimal address, such as "0x40000000"'),
  v.check((text) => parseHex(text) !== undefined, 'expected an address of at most 2^52'),
);

/** A whole number from 0 to `max`. */
export const count = (what: string, max: number = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(0),
    v.maxValue(max),
    v.description(what),
  );

/** One entry of the firmware's map, as the kernel printed it at boot. The type keeps the kernel's word. */
export const E820Schema = v.strictObject({ start: Hex, end: Hex, type: v.string() });

/** What /proc/zoneinfo says of one zone of one node. Pages of 4096 bytes. */
export const ZoneSchema = v.strictObject({
  node: count('NUMA node.', 1023),
  name: v.pipe(v.string(), v.description('DMA, DMA32, Normal, HighMem, Movable or Device.')),
  start: v.pipe(Hex, v.description('First byte the zone spans.')),
  end: v.pipe(Hex, v.description('One past the last byte it spans.')),
  presentPages: count('Pages that exist in the span.'),
  managedPages: count('Pages the allocator got.'),
});

/** How a pmem namespace is used; `none` has struct pages nowhere. Modes are the ones `ndctl list` prints. */
export const NAMESPACE_MODES = ['raw', 'fsdax', 'devdax', 'sector'] as const;
export type NamespaceMode = (typeof NAMESPACE_MODES)[number];

export const NamespaceSchema = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.description('Such as "namespace0.0".')),
  mode: v.picklist(NAMESPACE_MODES),
  map: v.optional(
    v.pipe(
      v.picklist(['none', 'mem', 'dev']),
      v.description('Where its struct pages live: RAM, or its own head.'),
    ),
  ),
  size: count('Bytes a user of it gets.'),
  region: v.optional(v.string()),
  device: v.optional(v.pipe(v.string(), v.description('Its disk or character device, such as "pmem0".'))),
  start: v.optional(Hex),
  end: v.optional(Hex),
  uuid: v.optional(v.string()),
  sectorSize: v.optional(count('Bytes.', 4096 * 16)),
});

/** A name and a colour somebody gave to a piece of memory. */
export const MARK_COLOURS = ['blue', 'green', 'yellow', 'orange', 'red', 'purple'] as const;
export const MarkSchema = v.strictObject({
  start: Hex,
  end: Hex,
  text: v.pipe(v.string(), v.maxLength(500)),
  colour: v.optional(v.picklist(MARK_COLOURS)),
});

/** One line of a device-mapper table. Sectors of 512 bytes. */
const DmTargetSchema = v.strictObject({
  start: count('First sector.'),
  sectors: count('Length in sectors.'),
  type: v.string(),
  args: v.string(),
});

/** A block device of a real machine, as lsblk, dmsetup and sysfs describe it. One of the same name simulates it. */
export const StorageSchema = v.strictObject({
  name: v.string(),
  number: v.optional(v.pipe(v.string(), v.description('Major and minor, such as "259:0".'))),
  type: v.optional(v.pipe(v.string(), v.description('What lsblk calls it: disk, part, crypt, lvm, …'))),
  bytes: v.optional(count('Size in bytes.')),
  on: v.optional(v.pipe(v.array(v.string()), v.description('The devices it lies on.'))),
  mountpoint: v.optional(v.string()),
  filesystem: v.optional(v.string()),
  rotational: v.optional(v.boolean()),
  dax: v.optional(v.boolean()),
  limits: v.optional(
    v.pipe(
      v.record(v.string(), v.union([v.number(), v.string()])),
      v.description('/sys/block/*/queue/*, by file name; units as there.'),
    ),
  ),
  table: v.optional(v.array(DmTargetSchema)),
  start: v.optional(count('First sector of a partition on its disk.')),
  assumed: v.optional(
    v.pipe(v.array(v.string()), v.description('What had to be assumed to simulate it, a sentence each.')),
  ),
  notSimulated: v.optional(v.pipe(v.string(), v.description('Why nothing simulates it.'))),
});

export type E820Entry = v.InferOutput<typeof E820Schema>;
export type Zone = v.InferOutput<typeof ZoneSchema>;
export type Namespace = v.InferOutput<typeof NamespaceSchema>;
export type Mark = v.InferOutput<typeof MarkSchema>;
export type Storage = v.InferOutput<typeof StorageSchema>;
