import { v45, v5, v5b, v5rfc } from './flagged';
import type { PfnLayout } from './layout';
import { v1 } from './v1';
import { v3 } from './v3';

/** Every layout, oldest first. */
export const pfnLayouts: readonly PfnLayout[] = [v1, v3, v5, v5rfc, v5b, v45];

/** The ones a page is shown in: one per step of the story. */
export const storyLayouts: readonly PfnLayout[] = [v1, v3, v5, v45];

/** Reads a word as people write it: hex with or without 0x, or decimal. `undefined` if it is not 64 bits. */
export function parseWord(text: string): bigint | undefined {
  const clean = text
    .trim()
    .replaceAll('_', '')
    .replace(/(u?l{0,2})$/i, '');
  if (!/^(0x[0-9a-f]+|[0-9]+|[0-9a-f]+)$/i.test(clean)) return undefined;
  const decimal = /^[0-9]+$/.test(clean) && !/^0\d/.test(clean);
  const value = BigInt(decimal || /^0x/i.test(clean) ? clean : `0x${clean}`);
  return value < 1n << 64n ? value : undefined;
}
