import { PAGE_SIZE } from '../../../model/address';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
} from '../dma-ops';
import { Bitmap, iommu_area_alloc, NO_AREA } from './bitmap';
import {
  indexAtLevel,
  pagesAtLevel,
  RIGHTS_TEXT,
  TablePage,
  walkTable,
  type TableMemory,
  type Walk,
} from './page-table';
import { pfnOf } from './pages';

/** Bytes of one range of the aperture. */
export const APERTURE_RANGE_SIZE = 2 ** 27;
const APERTURE_RANGE_PAGES = APERTURE_RANGE_SIZE / PAGE_SIZE;
/** The aperture never exceeds 4 GiB. */
export const APERTURE_MAX_RANGES = 32;

/** Where interrupts are written to: pfns. */
const MSI_FIRST = 0xfee00;
const MSI_PAGES = 16;

/** Bits of an entry: the low ones in bits 0 to 51, the high ones counted from bit 52. */
const IOMMU_PTE_P = 1;
const IOMMU_PTE_FC = 1 << (60 - 52);
const IOMMU_PTE_IR = 1 << (61 - 52);
const IOMMU_PTE_IW = 1 << (62 - 52);
const RIGHTS: Readonly<Record<DmaDirection, number>> = {
  [DMA_BIDIRECTIONAL]: IOMMU_PTE_IR | IOMMU_PTE_IW,
  [DMA_TO_DEVICE]: IOMMU_PTE_IR,
  [DMA_FROM_DEVICE]: IOMMU_PTE_IW,
};

/** What an entry that names a table of a level adds to its address. */
function pm_level_enc(level: number): number {
  return level * 0x200 + IOMMU_PTE_P;
}

/**
 * What one device sees: an aperture that grows by 128 MiB, a bitmap of the pages in use in each part of it, and the table
 * (4.1: drivers/iommu/amd_iommu.c, `struct dma_ops_domain`). Bus addresses in bytes.
 */
export class DmaOpsDomain {
  /** Levels of the table: two reach 1 GiB. */
  mode = 2;
  /** A search begins here: where the last one ended. */
  next_address = 0;
  aperture_size = 0;
  /** The search went back to the start: what the IOTLB holds of unmapped pages may be given again. */
  need_flush = false;
  private readonly aperture: Bitmap[] = [];
  private pt_root: TablePage;

  constructor(private readonly memory: TableMemory) {
    this.pt_root = this.get_zeroed_page();
    this.alloc_new_range();
    for (let address = 0; address < APERTURE_RANGE_SIZE; address += pagesAtLevel(2) * PAGE_SIZE)
      this.alloc_pte(address);
    // 0 is the error value: it is never given.
    this.aperture[0]!.bitmap_set(0, 1);
  }

  /** Makes the aperture 128 MiB longer; false where it has its 4 GiB. */
  alloc_new_range(): boolean {
    if (this.aperture.length >= APERTURE_MAX_RANGES) return false;
    const range = new Bitmap(APERTURE_RANGE_PAGES);
    const first = pfnOf(this.aperture_size);
    this.aperture.push(range);
    this.aperture_size += APERTURE_RANGE_SIZE;
    if (first <= MSI_FIRST && MSI_FIRST < first + APERTURE_RANGE_PAGES)
      range.bitmap_set(MSI_FIRST - first, MSI_PAGES);
    return true;
  }

  /** So many pages from where the last search ended, or else from the start. Gives the address, or NO_AREA. */
  dma_ops_alloc_addresses(device: DmaDevice, pages: number, align_mask: number): number {
    const address = this.dma_ops_area_alloc(device, pages, align_mask, this.next_address);
    if (address !== NO_AREA) return address;
    this.next_address = 0;
    this.need_flush = true;
    return this.dma_ops_area_alloc(device, pages, align_mask, 0);
  }

  private dma_ops_area_alloc(device: DmaDevice, pages: number, align_mask: number, start: number): number {
    const boundary_size = Math.ceil((device.seg_boundary_mask + 1) / PAGE_SIZE);
    const max_pfn = pfnOf(device.dma_mask);
    let next_bit = pfnOf(this.next_address % APERTURE_RANGE_SIZE);
    for (let i = Math.floor(start / APERTURE_RANGE_SIZE); i < this.aperture.length; i++) {
      if (i * APERTURE_RANGE_SIZE >= device.dma_mask) break;
      const offset = i * APERTURE_RANGE_PAGES;
      // Boundaries count from the start of the range, which is on a multiple of any that is shorter.
      const limit = Math.min(APERTURE_RANGE_PAGES, max_pfn - offset + 1);
      const page = iommu_area_alloc(this.aperture[i]!, limit, next_bit, pages, 0, boundary_size, align_mask);
      if (page !== NO_AREA) {
        this.next_address = (offset + page + pages) * PAGE_SIZE;
        return (offset + page) * PAGE_SIZE;
      }
      next_bit = 0;
    }
    return NO_AREA;
  }

  dma_ops_free_addresses(address: number, pages: number): void {
    if (address >= this.next_address) this.need_flush = true;
    const range = this.aperture[Math.floor(address / APERTURE_RANGE_SIZE)]!;
    range.bitmap_clear(pfnOf(address % APERTURE_RANGE_SIZE), pages);
  }

  dma_ops_domain_map(address: number, phys: number, dir: DmaDirection): void {
    const page = this.alloc_pte(address);
    const index = indexAtLevel(pfnOf(address), 1);
    page.lo[index] = phys + IOMMU_PTE_P;
    page.hi[index] = IOMMU_PTE_FC | RIGHTS[dir];
  }

  /** Clears a page's entry. False where there was none: the kernel warns. */
  dma_ops_domain_unmap(address: number): boolean {
    const page = this.fetch_pte(address);
    const index = indexAtLevel(pfnOf(address), 1);
    if (!page) return true;
    const was = page.lo[index] !== 0;
    page.lo[index] = 0;
    page.hi[index] = 0;
    return was;
  }

  /** The page of the table that holds an address's entry. Pages on the way are made, and levels above. */
  private alloc_pte(address: number): TablePage {
    const pfn = pfnOf(address);
    while (pfn >= pagesAtLevel(this.mode + 1)) this.increase_address_space();
    let page = this.pt_root;
    for (let level = this.mode; level > 1; level--) {
      const index = indexAtLevel(pfn, level);
      page = page.next[index] ?? this.lead(page, index, this.get_zeroed_page(), level - 1);
    }
    return page;
  }

  private increase_address_space(): void {
    const root = this.get_zeroed_page();
    this.lead(root, 0, this.pt_root, this.mode);
    this.pt_root = root;
    this.mode++;
  }

  /** Makes an entry name another page, of a level. */
  private lead(page: TablePage, index: number, to: TablePage, level: number): TablePage {
    page.next[index] = to;
    page.lo[index] = to.phys + pm_level_enc(level);
    page.hi[index] = IOMMU_PTE_IR | IOMMU_PTE_IW;
    return to;
  }

  /** As `alloc_pte`, but makes nothing. */
  private fetch_pte(address: number): TablePage | undefined {
    const pfn = pfnOf(address);
    if (pfn >= pagesAtLevel(this.mode + 1)) return undefined;
    let page: TablePage | undefined = this.pt_root;
    for (let level = this.mode; level > 1 && page; level--) page = page.next[indexAtLevel(pfn, level)];
    return page;
  }

  private get_zeroed_page(): TablePage {
    return new TablePage(this.memory.get_zeroed_page());
  }

  /** Runs of pages in use: first and last pfn. What is reserved counts as used. */
  used(): readonly (readonly [first: number, last: number])[] {
    const runs: [number, number][] = [];
    for (const [i, range] of this.aperture.entries())
      for (const [first, last] of range.runs()) {
        const offset = i * APERTURE_RANGE_PAGES;
        const before = runs.at(-1);
        if (before && before[1] + 1 === offset + first) before[1] = offset + last;
        else runs.push([offset + first, offset + last]);
      }
    return runs;
  }

  /** What the device reads for a bus address. */
  walk(bus: number): Walk {
    return walkTable(
      this.pt_root,
      this.mode,
      bus,
      (_, hi) => RIGHTS_TEXT[(Math.floor(hi / IOMMU_PTE_IR) % 4) as 0 | 1 | 2 | 3],
    );
  }
}
