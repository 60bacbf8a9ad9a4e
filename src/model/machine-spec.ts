import * as v from 'valibot';
import { DeviceSchema } from './device-spec';
import { DmaSchema } from './dma-spec';
import { FLAVOURS, POSTINGS } from './flavour';
import { LessonSchema } from './lesson';
import { ScenarioSchema } from './scenario';
import {
  E820Schema,
  Hex,
  MarkSchema,
  NamespaceSchema,
  RANGE_KINDS,
  StorageSchema,
  ZoneSchema,
  type RangeKind,
} from './memory-facts';
import { IoSchema } from './workload-spec';

/** The version a document carries in its `bioscope` member. */
export const DOCUMENT_VERSION = 1;

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

/** Which x86: what a pointer and a physical address can hold follows from it. */
export const ARCHES = ['x86-64', 'x86-pae', 'x86-32'] as const;
export type Arch = (typeof ARCHES)[number];

/** Where the kernel puts the direct map and the memmap: as 4.1 did, or as later ones with 4 or 5 page-table levels. */
export const VIRTUAL_MAPS = ['4.1', '4-level', '5-level'] as const;

const Virtual = v.pipe(
  v.string(),
  v.regex(/^0x[0-9a-fA-F]{1,16}$/, 'expected a virtual address, such as "0xffff888000000000"'),
);

export const KernelSchema = v.strictObject({
  flavour: v.pipe(
    v.picklist(FLAVOURS),
    v.description('4.1: before the series. 4.1-pfn: with it. 6.12: today.'),
  ),
  posting: v.optional(
    v.pipe(v.picklist(POSTINGS), v.description('Which posting of the series (v3 if absent).')),
  ),
  arch: v.optional(v.pipe(v.picklist(ARCHES), v.description('x86-64 if absent.'))),
  virtual: v.optional(
    v.strictObject({
      map: v.pipe(v.picklist(VIRTUAL_MAPS), v.description('4.1 if absent; x86-64 only.')),
      pageOffset: v.optional(
        v.pipe(Virtual, v.description('Start of the direct map, where KASLR moved it.')),
      ),
      vmemmap: v.optional(v.pipe(Virtual, v.description('Start of the memmap, where KASLR moved it.'))),
    }),
  ),
});

/** What is there: plain data, versioned with the document that holds it. */
export const MachineSpecSchema = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1, 'expected a name'), v.description('What the machine is called.')),
  origin: v.optional(v.pipe(v.string(), v.description('Where the facts came from, such as "/proc/iomem".'))),
  kernel: KernelSchema,
  memory: v.strictObject({
    ranges: v.array(MemoryRangeSchema),
    e820: v.optional(v.array(E820Schema)),
    zones: v.optional(v.array(ZoneSchema)),
    namespaces: v.optional(v.array(NamespaceSchema)),
    swiotlb: v.optional(v.strictObject({ start: Hex, end: Hex })),
    marks: v.optional(v.array(MarkSchema)),
  }),
  devices: v.optional(v.array(DeviceSchema)),
  dma: v.optional(v.pipe(DmaSchema, v.description('How requests are mapped for devices that do DMA.'))),
  storage: v.optional(v.array(StorageSchema)),
});

/** What the machine is compared with, under the same workload: itself with another kernel or other DMA, or another machine. */
export const CompareSchema = v.strictObject({
  kernel: v.optional(v.pipe(KernelSchema, v.description('The same machine with this kernel.'))),
  dma: v.optional(v.pipe(DmaSchema, v.description('The same machine with this way to memory.'))),
  machine: v.optional(v.pipe(MachineSpecSchema, v.description('Another machine; then nothing else counts.'))),
});
export type CompareChoice = v.InferOutput<typeof CompareSchema>;

export const DocumentSchema = v.strictObject({
  $schema: v.optional(v.string()),
  bioscope: v.pipe(v.literal(DOCUMENT_VERSION), v.description('Version of this format.')),
  machine: MachineSpecSchema,
  workload: v.optional(v.array(IoSchema)),
  script: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.maxLength(400))),
      v.maxLength(1000),
      v.description(
        'The workload in words, a line each, such as "random write 100 within 1M zipf 1.1": it takes the place of "workload".',
      ),
    ),
  ),
  scenario: v.optional(
    v.pipe(ScenarioSchema, v.description('A scenario to play on the machine’s first pmem disk.')),
  ),
  lesson: v.optional(v.pipe(LessonSchema, v.description('What this document teaches, step by step.'))),
  compare: v.optional(v.pipe(CompareSchema, v.description('What to show this machine beside.'))),
  notes: v.optional(v.string()),
});

export type MachineSpec = v.InferOutput<typeof MachineSpecSchema>;
export type BioscopeDocument = v.InferOutput<typeof DocumentSchema>;
