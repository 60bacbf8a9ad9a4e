import type { BusView, DmaOps } from '../dma-ops';
import { swiotlb, type SwiotlbOptions } from './swiotlb';

/** Bytes of memory that the bridge shows its devices. */
const STA2X11_AMBA_SIZE = 512 * 2 ** 20;
/** Bytes of the pool that the first such chip sets up. */
export const STA2X11_SWIOTLB_SIZE = 4 * 2 ** 20;

/**
 * Devices behind an STA2X11 see the first 512 MiB of memory at `amba_base`, and swiotlb serves the rest. What counts
 * is that window, not the device's mask; its last byte is lost to a `>=` (4.1: arch/x86/pci/sta2x11-fixup.c; by
 * reading, no such machine printed anything).
 */
export function sta2x11({ ambaBase, ...options }: SwiotlbOptions & { readonly ambaBase: number }): DmaOps {
  const bus: BusView = {
    phys_to_dma: (phys) => phys + ambaBase,
    dma_to_phys: (address) => address - ambaBase,
    dma_capable: (_device, address, size) =>
      address >= ambaBase && address + size < ambaBase + STA2X11_AMBA_SIZE,
  };
  return swiotlb({ ...options, bus, name: 'sta2x11' });
}
