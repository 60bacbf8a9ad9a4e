import * as v from 'valibot';
import { FLAVOURS, POSTINGS } from './flavour';
import { parseHex } from './address';

/** The version a document carries in its `bioscope` member. */
export const DOCUMENT_VERSION = 1;

const Hex = v.pipe(
  v.string('expected a hexadecimal address in quotes, such as "0x40000000"'),
  v.regex(/^0x[0-9a-fA-F](_?[0-9a-fA-F])*$/, 'expected a hexadecimal address, such as "0x40000000"'),
  v.check((text) => parseHex(text) !== undefined, 'expected an address of at most 2^52'),
);

const count = (what: string, max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max), v.description(what));

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

/** Where the `struct page`s of persistent memory live: nowhere, in RAM, or at the head of the device itself. */
export const STRUCT_PAGES = ['none', 'mem', 'dev'] as const;
export type StructPages = (typeof STRUCT_PAGES)[number];

export interface MemoryRange {
  start: string;
  end: string;
  kind: RangeKind;
  name: string;
  structPages?: StructPages | undefined;
  assumed?: string | undefined;
  children?: MemoryRange[] | undefined;
}

export const MemoryRangeSchema: v.GenericSchema<MemoryRange> = v.strictObject({
  start: v.pipe(Hex, v.description('First byte of the range.')),
  end: v.pipe(Hex, v.description('One past the last byte of the range (end-exclusive).')),
  kind: v.pipe(v.picklist(RANGE_KINDS), v.description('What the range is.')),
  name: v.pipe(v.string(), v.description('The name the kernel prints for it in /proc/iomem.')),
  structPages: v.optional(
    v.pipe(
      v.picklist(STRUCT_PAGES),
      v.description(
        'For pmem and soft-reserved memory: whether it has struct pages, and where they live: "none", in RAM ("mem") or on the device ("dev").',
      ),
    ),
  ),
  assumed: v.optional(
    v.pipe(v.string(), v.description('Why structPages is an assumption, where it is one.')),
  ),
  children: v.optional(v.array(v.lazy(() => MemoryRangeSchema))),
});

const Queue = v.strictObject({
  pfn: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'QUEUE_FLAG_PFN: the driver promises to handle bios without struct pages. No driver of the series sets it.',
      ),
    ),
  ),
});

const Name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_.-]*$/i, 'expected a device name, such as "pmem0"'));

export const DeviceSchema = v.variant('driver', [
  v.strictObject({
    name: Name,
    driver: v.literal('pmem'),
    start: v.pipe(Hex, v.description('First byte of the memory the disk lives in.')),
    end: v.pipe(Hex, v.description('One past its last byte.')),
    queue: v.optional(Queue),
  }),
  v.strictObject({
    name: Name,
    driver: v.literal('brd'),
    sectors: count('Capacity in sectors of 512 bytes.', 2 ** 41),
    queue: v.optional(Queue),
  }),
]);

export const KernelSchema = v.strictObject({
  flavour: v.pipe(v.picklist(FLAVOURS), v.description('4.1: before the series. 4.1-pfn: with it.')),
  posting: v.optional(
    v.pipe(v.picklist(POSTINGS), v.description('Which posting of the series (v3 if absent).')),
  ),
});

/** What is there: plain data, versioned with the document that holds it. */
export const MachineSpecSchema = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.description('What the machine is called.')),
  origin: v.optional(v.pipe(v.string(), v.description('Where the facts came from, such as "/proc/iomem".'))),
  kernel: KernelSchema,
  memory: v.strictObject({ ranges: v.array(MemoryRangeSchema) }),
  devices: v.optional(v.array(DeviceSchema)),
});

export const VecSchema = v.strictObject({
  pfn: v.pipe(Hex, v.description('Page frame number (not an address).')),
  offset: count('Byte offset in the page.', 4095),
  len: count('Length in bytes.', 4096),
});

export const IoSchema = v.strictObject({
  op: v.picklist(['read', 'write']),
  device: Name,
  sector: count('First sector of 512 bytes.', Number.MAX_SAFE_INTEGER),
  add: v.pipe(
    v.picklist(['bio_add_page', 'bio_add_pfn', 'by-hand']),
    v.description(
      'How the bio is built. "by-hand" fills the vectors and sets BIO_PFN without asking the queue, as a careless caller would.',
    ),
  ),
  vecs: v.pipe(v.array(VecSchema), v.minLength(1), v.maxLength(256)),
  fill: v.optional(v.pipe(count('Seed of the bytes put into the vectors first.', 0xffffffff))),
});

export const DocumentSchema = v.strictObject({
  $schema: v.optional(v.string()),
  bioscope: v.pipe(v.literal(DOCUMENT_VERSION), v.description('Version of this format.')),
  machine: MachineSpecSchema,
  workload: v.optional(v.array(IoSchema)),
  notes: v.optional(v.string()),
});

export type Device = v.InferOutput<typeof DeviceSchema>;
export type MachineSpec = v.InferOutput<typeof MachineSpecSchema>;
export type Io = v.InferOutput<typeof IoSchema>;
export type BioscopeDocument = v.InferOutput<typeof DocumentSchema>;
