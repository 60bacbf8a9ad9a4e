/** The kernel parameters that choose and tune DMA ops, as `iommu_setup` and its neighbours read them (4.1, x86). */
export interface DmaParameters {
  /** `iommu=off`. */
  readonly no_iommu: boolean;
  /** `iommu=force`, `merge` or `biomerge`; `noforce` takes it back. */
  readonly force_iommu: boolean;
  readonly iommu_merge: boolean;
  /** `iommu=soft`. */
  readonly soft: boolean;
  /** `iommu=pt`, or 6.12's `iommu.passthrough=1`. */
  readonly pass_through: boolean;
  /** `swiotlb=N`: slots, a multiple of 128; undefined where nobody said. */
  readonly nslabs: number | undefined;
  readonly swiotlb_force: boolean;
  /** 6.12's `swiotlb=noforce`. */
  readonly swiotlb_disable: boolean;
  readonly intel_iommu: 'on' | 'off' | undefined;
  /** `intel_iommu=strict`, or 6.12's `iommu.strict=1`: unmapped means gone. */
  readonly strict: boolean;
  readonly forcedac: boolean;
  /** `intel_iommu=sp_off`: no superpages. */
  readonly superpages: boolean;
  readonly amd_iommu_off: boolean;
  /** `amd_iommu=fullflush`. */
  readonly fullflush: boolean;
  /** GART flushes at each mapping, unless `iommu=nofullflush`. */
  readonly gart_fullflush: boolean;
  /** `iommu=panic`. */
  readonly panic_on_overflow: boolean;
}

/** Slots of 2 KiB in a group: `swiotlb=` is rounded up to whole groups. */
const GROUP = 128;

/** Reads a kernel command line. What says nothing about DMA is passed over. */
export function dmaParameters(cmdline: string): DmaParameters {
  const given = (name: string) =>
    [...cmdline.matchAll(new RegExp(`(?:^|\\s)${name.replace('.', '\\.')}=(\\S*)`, 'g'))].flatMap((m) =>
      m[1]!.split(','),
    );
  // iommu_setup compares the beginning of each word: "force" also takes "forcesac", as it does there.
  let no_iommu = false;
  let force_iommu = false;
  let iommu_merge = false;
  let soft = false;
  let pass_through = given('iommu.passthrough').includes('1');
  for (const word of given('iommu')) {
    iommu_merge = true;
    if (word.startsWith('off')) no_iommu = true;
    if (word.startsWith('force')) force_iommu = true;
    if (word.startsWith('noforce')) iommu_merge = force_iommu = false;
    if (word.startsWith('biomerge') || word.startsWith('merge')) iommu_merge = force_iommu = true;
    if (word.startsWith('nomerge')) iommu_merge = false;
    if (word.startsWith('soft')) soft = true;
    if (word.startsWith('pt')) pass_through = true;
  }
  const swiotlb = given('swiotlb');
  const slots = Number(swiotlb.find((word) => /^\d/.test(word)) ?? 0);
  const intel = given('intel_iommu');
  const amd = given('amd_iommu');
  return {
    no_iommu,
    force_iommu,
    iommu_merge,
    soft,
    pass_through,
    nslabs: slots > 0 ? Math.ceil(slots / GROUP) * GROUP : undefined,
    swiotlb_force: swiotlb.includes('force'),
    swiotlb_disable: swiotlb.includes('noforce'),
    intel_iommu: intel.includes('off') ? 'off' : intel.includes('on') ? 'on' : undefined,
    strict: intel.includes('strict') || given('iommu.strict').includes('1'),
    forcedac: intel.includes('forcedac') || given('iommu.forcedac').includes('1'),
    superpages: !intel.includes('sp_off'),
    amd_iommu_off: amd.includes('off'),
    fullflush: amd.includes('fullflush'),
    gart_fullflush: !given('iommu').some((word) => word.startsWith('nofullflush')),
    panic_on_overflow: given('iommu').some((word) => word.startsWith('panic')),
  };
}
