import type { KernelChoice } from '../../model/flavour';
import type { MachineSpec } from '../../model/machine-spec';
import type { DmaOpsName } from '../../model/dma-spec';
import { armIommu } from './iommu/arm-iommu';
import { dmaParameters } from './cmdline';
import { makeOps, type DmaWorld, type MadeOps } from './make-ops';
import { microblaze } from './microblaze';
import { nommu } from './nommu';
import { formOf41, formOfV1 } from './scatterlist/form';
import { sgPageOf, type SgPage } from './scatterlist/sg-page';

/** One implementation that a list can be mapped by, and what is special about it. */
export interface Candidate {
  readonly name: string;
  readonly about: string;
  /** What a machine's own ops of this kind are called. */
  readonly ops?: DmaOpsName;
  /** Of two of one kind: whether everything bounces. */
  readonly forced?: boolean;
  make(spec: MachineSpec, world: DmaWorld): MadeOps;
}

const x86 = (ops: DmaOpsName, about: string, forced?: boolean): Candidate => ({
  name: forced ? `${ops}, forced` : ops,
  about,
  ops,
  ...(forced === undefined ? {} : { forced }),
  make: (spec, world) => makeOps(ops, spec, dmaParameters(forced ? 'swiotlb=force' : ''), world),
});

const X86_41: readonly Candidate[] = [
  x86('nommu', 'bus addresses are physical'),
  x86('swiotlb', 'bounces what the device cannot reach', false),
  x86('swiotlb', 'bounces everything', true),
  x86('xen-swiotlb', 'machine frames are another order of pages'),
  x86('sta2x11', 'a window of 512 MiB, the rest bounces'),
  x86('gart', 'an aperture remaps what the device cannot reach'),
  x86('intel', 'VT-d: one run of I/O addresses a list'),
  x86('amd-vi', 'AMD-Vi: I/O addresses an entry'),
];

/** Lists of two other architectures, which the series touched without giving them a `->map_pfn`. */
const others = (sg_page?: SgPage): readonly Candidate[] => [
  {
    name: 'arm-iommu',
    about: 'joins entries where whole pages meet',
    make: () => ({ ops: armIommu({ base: 0x20000000, pages: 0x10000, sg_page }), reserved: [] }),
  },
  {
    name: 'microblaze',
    about: 'bus addresses are physical, the cache is written back',
    make: () => ({ ops: microblaze(sg_page), reserved: [] }),
  },
];

/** blk_rq_map_sg() makes entries of pages, be they there or not; a driver of its own might use sg_set_pfn() (v1). */
const NOMMU_OF_PFNS: Candidate = {
  name: 'nommu, sg_set_pfn',
  about: 'as nommu, of a list whose page-less entries were made by sg_set_pfn()',
  make: (_spec, { printk }) => ({ ops: nommu(printk, sgPageOf(formOfV1())), reserved: [] }),
};

const X86_612: readonly Candidate[] = [
  x86('dma-direct', 'physical addresses, bounces by itself', false),
  x86('dma-direct', 'bounces everything', true),
  x86('dma-iommu', 'one run of I/O addresses a list, entries joined'),
];

/** What a kernel has. The series' sg_phys() cleanups are in its own kernels only. */
export function candidatesOf(kernel: KernelChoice): readonly Candidate[] {
  switch (kernel.flavour) {
    case '4.1':
      return [...X86_41, ...others(sgPageOf(formOf41()))];
    case '4.1-pfn':
      return [...X86_41, ...others(), NOMMU_OF_PFNS];
    case '6.12':
      return X86_612;
  }
}
