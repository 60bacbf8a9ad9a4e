import { PAGE_SIZE } from '../../../model/address';
import { DMA_32BIT_PFN, IovaDomain } from './iova';
import {
  ENTRIES,
  indexAtLevel,
  pagesAtLevel,
  RIGHTS_TEXT,
  TablePage,
  walkTable,
  type TableMemory,
  type Walk,
} from './page-table';

/** No range begins at page 0 or 1. */
const IOVA_START_PFN = 1;

export const DMA_PTE_READ = 1;
export const DMA_PTE_WRITE = 2;
const DMA_PTE_LARGE_PAGE = 0x80;

/** Set in `flags` of the domain in which every bus address is the physical one. */
export const DOMAIN_FLAG_STATIC_IDENTITY = 2;

/** What the hardware lets a domain be. */
export interface DomainWidth {
  /** Bits of an I/O virtual address. */
  readonly gaw: number;
  /** 1 is a table of three levels, 2 of four. */
  readonly agaw: number;
  /** Sizes of page beside 4 KiB: 1 is 2 MiB, 2 also 1 GiB. */
  readonly iommu_superpage: number;
}

/**
 * What one device sees: its own I/O virtual addresses and the table that leads from them to memory (4.1:
 * drivers/iommu/intel-iommu.c, `struct dmar_domain`). Everything counts in pages of 4 KiB.
 */
export class DmarDomain {
  readonly iovad = new IovaDomain(IOVA_START_PFN, DMA_32BIT_PFN);
  private readonly pgd: TablePage;

  constructor(
    readonly width: DomainWidth,
    readonly flags: number,
    private readonly memory: TableMemory,
  ) {
    this.pgd = this.alloc_pgtable_page();
  }

  get levels(): number {
    return this.width.agaw + 2;
  }

  /** The highest pfn the table can hold. */
  get max_pfn(): number {
    return 2 ** (this.width.gaw - 12) - 1;
  }

  /** Writes the entries for one run of pages, the largest that alignment and length allow. */
  domain_pfn_mapping(iov_pfn: number, phys_pfn: number, nr_pages: number, prot: number): void {
    for (let done = 0; done < nr_pages;) {
      const level = this.hardware_largepage_caps(iov_pfn + done, phys_pfn + done, nr_pages - done);
      const page = this.pfn_to_dma_pte(iov_pfn + done, level);
      const index = indexAtLevel(iov_pfn + done, level);
      const large = level > 1 ? DMA_PTE_LARGE_PAGE : 0;
      const small = page.next[index];
      if (small) this.dma_free_pagelist(this.dma_pte_list_pagetables(small));
      page.next[index] = undefined;
      page.lo[index] = (phys_pfn + done) * PAGE_SIZE + prot + large;
      done += pagesAtLevel(level);
    }
  }

  /** The highest level of which one entry would do: both addresses on its multiples, and enough pages left. */
  private hardware_largepage_caps(iov_pfn: number, phys_pfn: number, pages: number): number {
    let level = 1;
    for (let support = this.width.iommu_superpage; support > 0; support--) {
      const more = pagesAtLevel(level + 1);
      if (pages < more || iov_pfn % more !== 0 || phys_pfn % more !== 0) break;
      level++;
    }
    return level;
  }

  /** The page that holds a pfn's entry at a level. Pages on the way are made. */
  private pfn_to_dma_pte(pfn: number, target_level: number): TablePage {
    let page = this.pgd;
    for (let level = this.levels; level > target_level; level--) {
      const index = indexAtLevel(pfn, level);
      let next = page.next[index];
      if (!next) {
        next = this.alloc_pgtable_page();
        page.next[index] = next;
        page.lo[index] = next.phys + DMA_PTE_READ + DMA_PTE_WRITE;
      }
      page = next;
    }
    return page;
  }

  /** Clears a run's entries. Gives the pages of the table that it leaves without use: to be freed after the flush. */
  domain_unmap(start_pfn: number, last_pfn: number): TablePage[] {
    const freelist: TablePage[] = [];
    this.dma_pte_clear_level(this.levels, this.pgd, 0, start_pfn, last_pfn, freelist);
    return freelist;
  }

  /** `first`: the pfn of the page's first entry. */
  private dma_pte_clear_level(
    level: number,
    page: TablePage,
    first: number,
    start_pfn: number,
    last_pfn: number,
    freelist: TablePage[],
  ): void {
    const pages = pagesAtLevel(level);
    let index = Math.max(0, Math.floor((start_pfn - first) / pages));
    for (; index < ENTRIES && first + index * pages <= last_pfn; index++) {
      const level_pfn = first + index * pages;
      const next = page.next[index];
      if (start_pfn <= level_pfn && level_pfn + pages - 1 <= last_pfn) {
        if (next) freelist.push(...this.dma_pte_list_pagetables(next));
        page.lo[index] = 0;
        page.next[index] = undefined;
      } else if (next) {
        this.dma_pte_clear_level(level - 1, next, level_pfn, start_pfn, last_pfn, freelist);
      }
    }
  }

  /** A page of the table and all below it. */
  private dma_pte_list_pagetables(page: TablePage): TablePage[] {
    return [page, ...page.next.flatMap((next) => (next ? this.dma_pte_list_pagetables(next) : []))];
  }

  dma_free_pagelist(freelist: readonly TablePage[]): void {
    for (const { phys } of freelist) this.memory.free_page(phys);
  }

  private alloc_pgtable_page(): TablePage {
    return new TablePage(this.memory.get_zeroed_page());
  }

  /** What the device reads for a bus address. */
  walk(bus: number): Walk {
    return walkTable(
      this.pgd,
      this.levels,
      bus,
      (lo) => RIGHTS_TEXT[(lo % (DMA_PTE_WRITE * 2)) as 0 | 1 | 2 | 3],
    );
  }
}
