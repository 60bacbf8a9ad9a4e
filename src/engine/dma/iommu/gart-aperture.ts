import { PAGE_SIZE } from '../../../model/address';
import type { DmaDevice } from '../dma-ops';
import { Bitmap, iommu_area_alloc, NO_AREA } from './bitmap';
import type { Walk } from './page-table';

const GPTE_VALID = 1;
const GPTE_COHERENT = 2;
/** Pages at the start that are never mapped: what did not fit is sent there. */
export const EMERGENCY_PAGES = 32;
/** An entry has room for 40 bits: physical addresses below 1 TiB. */
export const GART_MAX_PHYS_ADDR = 2 ** 40;

const PMD_PAGE_SIZE = 2 ** 21;
const SMALL = 64 * 2 ** 20;

export interface ApertureOptions {
  /** Where the northbridge has its aperture, and its size: 32 MiB times 2 to this power, 0 to 7. */
  readonly aper_base: number;
  readonly aper_order: number;
  /** An AGP driver has the lower half. */
  readonly agp: boolean;
  /** Not `iommu=nofullflush`: every mapping flushes, not only where the search went back to the start. */
  readonly fullflush: boolean;
  /** Physical address of the page that entries without a mapping lead to: a bridge may read ahead. */
  readonly scratch: number;
  readonly printk: (message: string) => void;
}

/**
 * The part of the AGP aperture that is an IOMMU, one for all devices: a run of bus addresses below 4 GiB, and an entry of 32
 * bits for each of its pages (4.1: arch/x86/kernel/amd_gart_64.c; by reading, no machine printed it). Bytes.
 */
export class GartAperture {
  readonly size: number;
  readonly bus_base: number;
  /** How often the GARTs of all northbridges were flushed. */
  flushes = 0;
  private readonly gatt: Uint32Array;
  private readonly bitmap: Bitmap;
  private readonly unmapped_entry: number;
  private next_bit = 0;
  private need_flush = false;
  private readonly fullflush: boolean;

  constructor({ aper_base, aper_order, agp, fullflush, scratch, printk }: ApertureOptions) {
    const aper_size = 2 ** (25 + aper_order);
    this.size = check_iommu_size(aper_base, agp ? aper_size / 2 : aper_size);
    if (this.size < SMALL)
      printk(
        `PCI-DMA: Warning: Small IOMMU ${Math.floor(this.size / 2 ** 20)}MB. Consider increasing the AGP aperture in BIOS`,
      );
    this.bus_base = aper_base + aper_size - this.size;
    this.fullflush = fullflush;
    const pages = this.size / PAGE_SIZE;
    this.unmapped_entry = GPTE_ENCODE(scratch);
    this.gatt = new Uint32Array(pages).fill(this.unmapped_entry, EMERGENCY_PAGES);
    this.bitmap = new Bitmap(pages);
    this.bitmap.bitmap_set(0, EMERGENCY_PAGES);
  }

  /** So many pages from where the last search ended, or else from the start. Gives the first, or NO_AREA. */
  alloc_iommu(device: DmaDevice, pages: number): number {
    const all = this.bitmap.size;
    const { seg_boundary_mask } = device;
    const base_index = Math.ceil((this.bus_base % (seg_boundary_mask + 1)) / PAGE_SIZE);
    const boundary_size = Math.ceil((seg_boundary_mask + 1) / PAGE_SIZE);
    const from = (start: number) =>
      iommu_area_alloc(this.bitmap, all, start, pages, base_index, boundary_size, 0);
    let offset = from(this.next_bit);
    if (offset === NO_AREA) {
      this.need_flush = true;
      offset = from(0);
    }
    if (offset !== NO_AREA) {
      this.next_bit = offset + pages;
      if (this.next_bit >= all) {
        this.next_bit = 0;
        this.need_flush = true;
      }
    }
    if (this.fullflush) this.need_flush = true;
    return offset;
  }

  free_iommu(first: number, pages: number): void {
    this.gatt.fill(this.unmapped_entry, first, first + pages);
    this.bitmap.bitmap_clear(first, pages);
    if (first >= this.next_bit) this.next_bit = first + pages;
  }

  /** Makes an entry lead to a page. */
  map(page: number, phys: number): void {
    this.gatt[page] = GPTE_ENCODE(phys);
  }

  flush_gart(): void {
    if (!this.need_flush) return;
    this.flushes++;
    this.need_flush = false;
  }

  /** Whether a bus address is one of pages that are mapped and unmapped. */
  holds(bus: number): boolean {
    return bus >= this.bus_base + EMERGENCY_PAGES * PAGE_SIZE && bus < this.bus_base + this.size;
  }

  /** Runs of entries in use: first and last. The emergency pages count as used. */
  used(): readonly (readonly [first: number, last: number])[] {
    return [...this.bitmap.runs()];
  }

  /** What a device gets for a bus address: beside the aperture, memory itself. */
  walk(bus: number): Walk {
    if (bus < this.bus_base || bus >= this.bus_base + this.size) return { steps: [], phys: bus };
    const index = Math.floor((bus - this.bus_base) / PAGE_SIZE);
    const lo = this.gatt[index]!;
    const step = { level: 1, index, lo, hi: 0 };
    if (!(lo & GPTE_VALID)) return { steps: [{ ...step, says: 'nothing is mapped' }] };
    const says = lo === this.unmapped_entry ? 'scratch' : 'read and write';
    return { steps: [{ ...step, says }], phys: GPTE_DECODE(lo) + (bus % PAGE_SIZE) };
  }
}

/** Ends the IOMMU's part on a multiple of 2 MiB. */
function check_iommu_size(aper_base: number, size: number): number {
  return size - ((PMD_PAGE_SIZE - ((aper_base + size) % PMD_PAGE_SIZE)) % PMD_PAGE_SIZE);
}

/** Bits 12 to 31 where they are, bits 32 to 39 at 4. Higher ones spill into the address: nothing checks a list for them. */
export function GPTE_ENCODE(phys: number): number {
  return ((phys & 0xfffff000) | (Math.floor(phys / 2 ** 32) << 4) | GPTE_VALID | GPTE_COHERENT) >>> 0;
}

export function GPTE_DECODE(gpte: number): number {
  return ((gpte & 0xfffff000) >>> 0) + (gpte & 0xff0) * 2 ** 28;
}
