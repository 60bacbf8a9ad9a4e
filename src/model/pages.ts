/**
 * Who describes a page frame.
 * - `memmap`: RAM, managed by the page allocator.
 * - `section`: not RAM, but in a present SPARSEMEM section, whose memmap is whole; its page is reserved.
 * - `device`: ZONE_DEVICE pages of persistent memory.
 * - `none`: no `struct page` at all.
 */
export const PAGE_OWNERS = ['memmap', 'section', 'device', 'none'] as const;
export type PageOwner = (typeof PAGE_OWNERS)[number];

/** All in bytes. `memmap` is what the struct pages cost; `memmapSaved` what those not made would cost. */
export interface MapTotals {
  readonly ram: number;
  readonly pmem: number;
  readonly pmemWithoutPages: number;
  readonly memmap: number;
  readonly memmapSaved: number;
}
