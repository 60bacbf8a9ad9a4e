/**
 * Which kernel the simulator is. A flavour is data plus a few chosen functions in the engine, never an `if`
 * in the middle of a path.
 *
 * - `4.1`: before the series.
 * - `4.1-pfn`: 4.1 with the series applied; which posting of it says `posting`.
 * - `6.12`: today's: splits at submission, multi-page vectors, blk-mq only.
 */
export const FLAVOURS = ['4.1', '4.1-pfn', '6.12'] as const;
export type FlavourName = (typeof FLAVOURS)[number];

/**
 * `v1` was checked by running it; `v3` is partly reconstructed (its patch texts are lost); of `v5` the helpers and kmap
 * are known, its block layer is 4.1's own.
 */
export const POSTINGS = ['v1', 'v3', 'v5'] as const;
export type PostingName = (typeof POSTINGS)[number];

export interface KernelChoice {
  readonly flavour: FlavourName;
  /** Only meaningful with `4.1-pfn`; `v3` when absent. */
  readonly posting?: PostingName | undefined;
}

export function posting(kernel: KernelChoice): PostingName {
  return kernel.posting ?? 'v3';
}

/** How people read it: `4.1`, or `4.1-pfn · v3`. */
export function flavourLabel(kernel: KernelChoice): string {
  return kernel.flavour === '4.1-pfn' ? `4.1-pfn · ${posting(kernel)}` : kernel.flavour;
}

/** True where what we model of this kernel rests on a reconstruction, so that the user must see the badge. */
export function isReconstructed(kernel: KernelChoice): boolean {
  return kernel.flavour === '4.1-pfn' && posting(kernel) === 'v3';
}
