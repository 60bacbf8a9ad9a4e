/** What a page frame is known to be, independent of how a version packs it into a word. */
export interface PfnFlags {
  /** PFN_DEV: the pfn originates from device memory. */
  readonly dev?: boolean;
  /** PFN_MAP: the device arranged for a struct page nevertheless. */
  readonly map?: boolean;
  /** PFN_SG_CHAIN, PFN_SG_LAST: scatterlist marks that v4 and later carry in the same word. */
  readonly chain?: boolean;
  readonly last?: boolean;
}

/** What a word says under one layout. Addresses are 64-bit; a `struct page *` of 0 is NULL. */
export interface DecodedPfn {
  readonly pfn: bigint;
  readonly flags: readonly string[];
  /** What `__pfn_t_has_page` (or its equivalent) answers. */
  readonly hasPage: boolean;
  /** What `__pfn_t_to_page` gives: a `struct page *`, or 0 for NULL. */
  readonly page: bigint;
  /** What `__pfn_t_to_phys` gives, in bytes. */
  readonly phys: bigint;
  /** Something about this word that its numbers do not say. */
  readonly remark?: string;
}

/** One way of packing a `__pfn_t` (or `pfn_t`) into a 64-bit word. */
export interface PfnLayout {
  readonly id: string;
  /** When it was posted or merged, for people. */
  readonly when: string;
  /** True where constants are reconstructed, so that the user must see the badge. */
  readonly reconstructed: boolean;
  encode(pfn: bigint, flags: PfnFlags): bigint;
  decode(word: bigint): DecodedPfn;
}
