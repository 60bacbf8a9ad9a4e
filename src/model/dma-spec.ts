import * as v from 'valibot';
import { Hex } from './memory-facts';

/** What translates between a device and memory. `sta2x11` is a companion chip with a window of its own. */
export const DMA_HARDWARE = ['none', 'intel-vtd', 'amd-vi', 'amd-gart', 'xen', 'sta2x11'] as const;
export type DmaHardware = (typeof DMA_HARDWARE)[number];

/** With it, each request is mapped for its device; without it, devices are given physical addresses unseen. */
export const DmaSchema = v.strictObject({
  hardware: v.optional(
    v.pipe(
      v.picklist(DMA_HARDWARE),
      v.description('What stands between devices and memory; none if absent.'),
    ),
  ),
  cmdline: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(2048),
      v.description(
        'The kernel command line. Read: iommu=, swiotlb=, intel_iommu=, amd_iommu=, iommu.strict=, iommu.passthrough=, iommu.forcedac=.',
      ),
    ),
  ),
  debug: v.optional(
    v.pipe(
      v.boolean(),
      v.description('CONFIG_DMA_API_DEBUG: the kernel watches what drivers map and unmap.'),
    ),
  ),
  ambaBase: v.optional(v.pipe(Hex, v.description('sta2x11: where memory begins for its devices.'))),
});
export type DmaSpec = v.InferOutput<typeof DmaSchema>;

/** What a driver can do wrong with its mappings: for dma-debug, and for IOMMUs, to find. */
export const DMA_BUGS = ['leak', 'unmap-twice', 'unmap-other-direction', 'unmap-fewer-entries'] as const;
export type DmaBug = (typeof DMA_BUGS)[number];

/** Each implementation of DMA ops there is a model of. */
export const DMA_OPS = [
  'nommu',
  'swiotlb',
  'xen-swiotlb',
  'sta2x11',
  'gart',
  'intel',
  'amd-vi',
  'dma-direct',
  'dma-iommu',
] as const;
export type DmaOpsName = (typeof DMA_OPS)[number];
