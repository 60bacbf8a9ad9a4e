import type { DmaHardware, DmaOpsName } from '../../model/dma-spec';
import type { DmaParameters } from './cmdline';

/** The DMA ops that a machine's devices get, and each test that led there, as sentences in the order of the tests. */
export interface DmaChoice {
  readonly ops: DmaOpsName;
  readonly because: readonly string[];
}

/** What the choice depends on. */
export interface DmaFacts {
  readonly hardware: DmaHardware;
  /** The page frame behind the last of RAM. */
  readonly max_pfn: number;
  readonly parameters: DmaParameters;
}

/** The page frame at 4 GiB. */
export const MAX_DMA32_PFN = 0x100000;

const hex = (pfn: number) => `0x${pfn.toString(16)}`;

/** How far memory reaches, compared with what 32 address bits reach. */
export function memoryEnd(max_pfn: number): string {
  const where = max_pfn > MAX_DMA32_PFN ? 'above' : 'not above';
  return `memory ends at pfn ${hex(max_pfn)}, ${where} MAX_DMA32_PFN ${hex(MAX_DMA32_PFN)}`;
}

/**
 * 4.1 on x86: `pci_iommu_alloc` asks one detector after the other, some of which end the round, and `pci_iommu_init`
 * lets the hardware that was found take over (arch/x86/kernel/pci-dma.c, pci-swiotlb.c, amd_gart_64.c;
 * drivers/iommu/dmar.c, amd_iommu_init.c; arch/x86/xen/pci-swiotlb-xen.c).
 */
export function pci_iommu_alloc(facts: DmaFacts): DmaChoice {
  const { hardware, max_pfn, parameters } = facts;
  const because: string[] = [];
  const above = max_pfn > MAX_DMA32_PFN;
  const size = memoryEnd(max_pfn);

  if (hardware === 'xen') {
    because.push(
      'pci_xen_swiotlb_detect: this is a Xen domain that owns devices: xen-swiotlb, and nobody else is asked',
    );
    return { ops: 'xen-swiotlb', because };
  }
  if (parameters.swiotlb_force || parameters.soft) {
    const why = parameters.swiotlb_force ? 'swiotlb=force' : 'iommu=soft';
    because.push(
      `pci_swiotlb_detect_override: the command line says ${why}: swiotlb, and no hardware is looked for`,
    );
    return withCompanion(hardware, 'swiotlb', because);
  }
  because.push('pci_swiotlb_detect_override: the command line asks for neither swiotlb=force nor iommu=soft');
  const swiotlb = !parameters.no_iommu && above;
  because.push(
    `pci_swiotlb_detect_4gb: ${size}${parameters.no_iommu ? ', and the command line says iommu=off' : ''}: swiotlb = ${swiotlb ? 1 : 0}`,
  );
  const taken = takeOver(facts, because);
  if (taken) return { ops: taken, because };
  if (swiotlb) {
    because.push('pci_swiotlb_late_init: no IOMMU turned swiotlb off: it stays');
    return withCompanion(hardware, 'swiotlb', because);
  }
  because.push('dma_ops was never set to anything but nommu_dma_ops');
  return withCompanion(hardware, 'nommu', because);
}

/** What the hardware's own init makes of it; undefined: it leaves things as they are. */
function takeOver({ hardware, max_pfn, parameters }: DmaFacts, because: string[]): DmaOpsName | undefined {
  switch (hardware) {
    case 'amd-gart':
      return gart_iommu_init({ max_pfn, parameters }, because) ? 'gart' : undefined;
    case 'intel-vtd': {
      if (parameters.no_iommu) {
        because.push('intel_iommu_init: the command line says iommu=off: it leaves');
        return undefined;
      }
      if (parameters.intel_iommu !== 'on') {
        const why =
          parameters.intel_iommu === 'off'
            ? 'the command line says intel_iommu=off'
            : 'nobody said intel_iommu=on, and the kernel is built without INTEL_IOMMU_DEFAULT_ON';
        because.push(`intel_iommu_init: ${why}: it leaves`);
        return undefined;
      }
      because.push(
        'intel_iommu_init: ACPI has a DMAR table and the command line says intel_iommu=on: swiotlb = 0, intel',
      );
      return 'intel';
    }
    case 'amd-vi': {
      if (parameters.no_iommu || parameters.amd_iommu_off) {
        because.push(
          `amd_iommu_detect: the command line says ${parameters.no_iommu ? 'iommu' : 'amd_iommu'}=off: it leaves`,
        );
        return undefined;
      }
      if (parameters.pass_through) {
        because.push(
          'amd_iommu_init_passthrough: iommu=pt gives every device an identity domain, and no ops of its own',
        );
        return undefined;
      }
      because.push(
        'amd_iommu_init_dma_ops: ACPI has an IVRS table: swiotlb = 0, each device behind the IOMMU gets amd-vi',
      );
      return 'amd-vi';
    }
    default:
      return undefined;
  }
}

/** Whether GART takes over: only where some device cannot reach all memory, or where it is told to. */
export function gart_iommu_init(
  { max_pfn, parameters }: Omit<DmaFacts, 'hardware'>,
  because: string[],
): boolean {
  if (parameters.no_iommu) {
    because.push('gart_iommu_init: the command line says iommu=off: it leaves');
    return false;
  }
  if (!parameters.force_iommu && max_pfn <= MAX_DMA32_PFN) {
    because.push(`gart_iommu_init: ${memoryEnd(max_pfn)}, and no iommu=force: it leaves`);
    return false;
  }
  const why = parameters.force_iommu ? 'the command line says iommu=force' : memoryEnd(max_pfn);
  because.push(`gart_iommu_init: ${why}: gart`);
  return true;
}

/** Devices behind a ConneXt chip have ops of their own, whatever the others have. */
function withCompanion(hardware: DmaHardware, ops: DmaOpsName, because: string[]): DmaChoice {
  if (hardware !== 'sta2x11') return { ops, because };
  because.push(
    'sta2x11_setup_pdev: the device sits behind a ConneXt bridge: sta2x11, whatever the others have',
  );
  return { ops: 'sta2x11', because };
}
