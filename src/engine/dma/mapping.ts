import { PAGE_SIZE } from '../../model/address';
import type { KernelChoice } from '../../model/flavour';
import { posting } from '../../model/flavour';
import { pfn_to_page, page_to_pfn } from '../memory/address-space';
import { Oops } from '../oops';
import type { DmaDevice, DmaDirection, DmaOps, Mapping } from './dma-ops';

/**
 * How a kernel maps a page frame for a device.
 * - `off`: there is no dma_map_pfn(); only pages can be mapped.
 * - `on` (CONFIG_HAVE_DMA_PFN of v1 and v3): `->map_pfn` is called, whether the ops have one or not.
 * - `fallback` (the branch behind v5): ops without `->map_pfn` get the page, NULL where there is none.
 */
export type DmaPfnForm = 'off' | 'on' | 'fallback';

export function dmaPfnForm(kernel: KernelChoice): DmaPfnForm {
  if (kernel.flavour !== '4.1-pfn') return 'off';
  return posting(kernel) === 'v5' ? 'fallback' : 'on';
}

/** A page frame as dma_map_pfn() gets it. Offset and size in bytes. */
export interface PfnRun {
  readonly pfn: number;
  /** 1 where it has no struct page. */
  readonly dev: number;
  readonly offset: number;
  readonly size: number;
}

/** Ops that the series gave a `->map_pfn`: those of x86, for only x86 selects HAVE_DMA_PFN. */
const CONVERTED: ReadonlySet<string> = new Set([
  'nommu',
  'swiotlb',
  'xen-swiotlb',
  'sta2x11',
  'gart',
  'intel',
  'amd-vi',
]);

/** `no-build`: such code does not compile. Throws Oops where the kernel calls what is not there. */
export function dma_map_pfn(
  form: DmaPfnForm,
  ops: DmaOps,
  device: DmaDevice,
  { pfn, dev, offset, size }: PfnRun,
  dir: DmaDirection,
): Mapping | 'no-build' {
  if (form === 'off') return 'no-build';
  if (CONVERTED.has(ops.name)) return ops.map_page(device, pfn * PAGE_SIZE + offset, size, dir);
  if (form === 'on') {
    const text = 'BUG: unable to handle kernel NULL pointer dereference, in dma_map_pfn';
    throw new Oops(`${text}: ${ops.name} has no ->map_pfn`, 0n, 'dma_map_pfn');
  }
  return ops.map_page(device, pageFrame(pfn, dev) * PAGE_SIZE + offset, size, dir);
}

/** What `page_to_phys(__pfn_t_to_page(pfn))` makes of a page frame: of NULL, the distance to the memmap. */
function pageFrame(pfn: number, dev: number): number {
  return Number(page_to_pfn(dev ? 0n : pfn_to_page(BigInt(pfn))));
}
