import fc from 'fast-check';
import { hex } from '../../src/model/address';
import type { BioscopeDocument, MachineSpec, MemoryRange } from '../../src/model/machine-spec';
import type { Io } from '../../src/model/workload-spec';

const RAM_PAGES = 4096;
const PMEM = 0x40000000;
const PMEM_PAGES = 256;

const kinds = fc.constantFrom('ram', 'reserved', 'rom', 'device', 'acpi') satisfies fc.Arbitrary<
  MemoryRange['kind']
>;

/** Sorted, disjoint ranges with gaps, the shape a map can have. */
export const ranges: fc.Arbitrary<MemoryRange[]> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 ** 28 }), fc.integer({ min: 1, max: 2 ** 30 }), kinds), {
    maxLength: 12,
  })
  .map((steps) => {
    let at = 0;
    return steps.map(([gap, size, kind], i) => {
      const start = at + gap;
      at = start + size;
      return { start: hex(start), end: hex(at), kind, name: `range ${i}` };
    });
  });

/** A machine with RAM at 1 MiB, page-less pmem at 1 GiB, a pmem disk and a brd disk. */
export function machine(kernel: MachineSpec['kernel'], pfnFlag = false): MachineSpec {
  return {
    name: 'test',
    kernel,
    memory: {
      ranges: [
        { start: '0x100000', end: hex(0x100000 + RAM_PAGES * 4096), kind: 'ram', name: 'System RAM' },
        {
          start: hex(PMEM),
          end: hex(PMEM + PMEM_PAGES * 4096),
          kind: 'pmem',
          name: 'Persistent RAM',
          structPages: 'none',
        },
      ],
    },
    devices: [
      {
        name: 'pmem0',
        driver: 'pmem',
        start: hex(PMEM),
        end: hex(PMEM + PMEM_PAGES * 4096),
        queue: { pfn: pfnFlag },
      },
      { name: 'ram0', driver: 'brd', sectors: 2048, queue: { pfn: pfnFlag } },
    ],
  };
}

export const kernels: fc.Arbitrary<MachineSpec['kernel']> = fc.constantFrom(
  { flavour: '4.1' },
  { flavour: '4.1-pfn', posting: 'v1' },
  { flavour: '4.1-pfn', posting: 'v3' },
);

const ramPfn = fc.integer({ min: 0x100, max: 0x100 + 512 });
const pmemPfn = fc.integer({ min: PMEM / 4096, max: PMEM / 4096 + PMEM_PAGES - 1 });

/** Vectors of whole sectors, on pages that `pfn` gives, no page twice. */
function vecs(pfn: fc.Arbitrary<number>): fc.Arbitrary<Io['vecs']> {
  const vec = fc
    .tuple(pfn, fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 8 }))
    .map(([page, first, sectors]) => ({
      pfn: hex(page),
      offset: first * 512,
      len: Math.min(sectors, 8 - first) * 512,
    }));
  return fc.uniqueArray(vec, { minLength: 1, maxLength: 12, selector: (v) => v.pfn });
}

function ioWith(pfn: fc.Arbitrary<number>, add: fc.Arbitrary<Io['add']>): fc.Arbitrary<Io> {
  return fc.record({
    op: fc.constantFrom('read' as const, 'write' as const),
    device: fc.constantFrom('pmem0', 'ram0'),
    sector: fc.integer({ min: 0, max: 2100 }),
    add,
    vecs: vecs(pfn),
  });
}

/** I/O whose memory has pages: it can always be built. */
export const pagedIo = ioWith(ramPfn, fc.constant('bio_add_page'));

/** Any I/O a document can describe, to memory with and without pages. */
export const anyIo = ioWith(
  fc.oneof(ramPfn, pmemPfn),
  fc.constantFrom<Io['add'][]>('bio_add_page', 'bio_add_pfn', 'by-hand'),
);

export const documents: fc.Arbitrary<BioscopeDocument> = fc.record(
  {
    bioscope: fc.constant(1 as const),
    machine: kernels.map((kernel) => machine(kernel)),
    workload: fc.array(pagedIo, { maxLength: 4 }),
    notes: fc.string({ unit: 'grapheme' }),
  },
  { requiredKeys: ['bioscope', 'machine'] },
);
