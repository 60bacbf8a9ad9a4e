import type { PfnLayout } from './layout';
import { v1 } from './v1';
import { v2 } from './v2';
import { v3 } from './v3';
import { v45, v45rc1 } from './v45';
import { v5, v5off } from './v5';
import { v5b } from './v5b';
import { v5rfc } from './v5rfc';

export { encodedText } from './layout';

/** Every layout, oldest first. */
export const pfnLayouts: readonly PfnLayout[] = [v1, v2, v3, v5, v5off, v5rfc, v5b, v45rc1, v45];

/** The ones a page is shown in: one per step of the story. */
export const storyLayouts: readonly PfnLayout[] = [v1, v3, v5, v45];

/** Reads a word as people write it: hex with or without 0x, or decimal. `undefined` if it is not 64 bits. */
export function parseWord(text: string): bigint | undefined {
  return parseWords(text)[0];
}

/**
 * Every word that a text can be: digits alone are decimal, and, as logs often print them, hexadecimal. Empty when it
 * is no number of at most 64 bits.
 */
export function parseWords(text: string): bigint[] {
  const clean = text
    .trim()
    .replaceAll('_', '')
    .replace(/u?l{0,2}$/i, '');
  if (clean.length > 80 || !/^(0x[0-9a-f]+|[0-9a-f]+)$/i.test(clean)) return [];
  const prefixed = /^0x/i.test(clean);
  const ways: bigint[] = [];
  if (prefixed || !/^(0\d|.*[a-f])/i.test(clean)) ways.push(BigInt(clean));
  if (!prefixed) ways.push(BigInt(`0x${clean}`));
  return [...new Set(ways)].filter((value) => value < 1n << 64n);
}
