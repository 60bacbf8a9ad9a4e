/**
 * The orders that a crash cannot do without, and what it is to get one wrong:
 * - `metadata-before-data`: a slot is said to hold a block before the block is in it.
 * - `no-fence`: data and metadata are stored in order, but nothing makes them durable in order.
 * - `clean-before-flush`: what was written back is forgotten before the slow disk has it for good.
 */
export const BROKEN_ORDERS = ['metadata-before-data', 'no-fence', 'clean-before-flush'] as const;
export type BrokenOrder = (typeof BROKEN_ORDERS)[number];
