import type { DmarDomain } from './dmar-domain';
import type { Iova } from './iova';
import type { TablePage } from './page-table';

/** So many unmapped ranges wait at most. */
export const HIGH_WATER_MARK = 250;
/** Milliseconds after which they are flushed, counted from the first. */
export const UNMAP_TIMEOUT = 10;

interface Unmapped {
  readonly domain: DmarDomain;
  readonly iova: Iova;
  readonly freelist: readonly TablePage[];
}

/**
 * Unmapped ranges that the device may still have in its IOTLB: nobody gets them again before that is flushed, all at
 * once (4.1: drivers/iommu/intel-iommu.c, `deferred_flush`). One queue serves all domains of a unit.
 */
export class UnmapQueue {
  private waiting: Unmapped[] = [];
  private timer_on = false;

  /** `mod_timer`: runs something after so many milliseconds; what it was to run before is forgotten. */
  constructor(private readonly mod_timer: (milliseconds: number, run: () => void) => void) {}

  get list_size(): number {
    return this.waiting.length;
  }

  add_unmap(domain: DmarDomain, iova: Iova, freelist: readonly TablePage[]): void {
    if (this.waiting.length === HIGH_WATER_MARK) this.flush_unmaps();
    this.waiting.push({ domain, iova, freelist });
    if (this.timer_on) return;
    this.timer_on = true;
    this.mod_timer(UNMAP_TIMEOUT, () => {
      this.flush_unmaps();
    });
  }

  /** Throws Oops where a range waits twice, because a driver unmapped it twice: see `__free_iova`. */
  flush_unmaps(): void {
    const { waiting } = this;
    this.waiting = [];
    this.timer_on = false;
    for (const { domain, iova, freelist } of waiting) {
      domain.iovad.__free_iova(iova);
      domain.dma_free_pagelist(freelist);
    }
  }
}
