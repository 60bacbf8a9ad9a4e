import type { AddressSpace } from '../memory/address-space';

/** What the machine really has: it decides whether a computed pointer means anything. */
export interface Ground {
  readonly space: AddressSpace;
  /** `pfn_valid`. */
  hasPage(pfn: bigint): boolean;
  /** Whether the direct map reaches this physical byte. */
  directMapped(phys: bigint): boolean;
}

/** What a value counts or points at. Addresses in bytes. */
export type Unit = 'pfn' | 'phys' | 'page' | 'virt' | 'word' | 'bool' | 'sg_flags';

/** Exactly what a kernel helper does: gives a value, NULL or a pointer to nothing, warns, or stops the machine. */
export type HelperResult =
  | { readonly is: 'value'; readonly value: bigint; readonly unit: Unit }
  | { readonly is: 'NULL' }
  | { readonly is: 'garbage'; readonly value: bigint; readonly unit: Unit; readonly why: string }
  /** Goes on, and gives `gives`. */
  | { readonly is: 'WARN'; readonly message: string; readonly gives: HelperResult }
  | { readonly is: 'BUG'; readonly message: string };

export const value = (unit: Unit, word: bigint): HelperResult => ({ is: 'value', value: word, unit });
export const bool = (truth: boolean): HelperResult => value('bool', truth ? 1n : 0n);

const garbage = (unit: Unit, word: bigint, why: string): HelperResult => ({
  is: 'garbage',
  value: word,
  unit,
  why,
});

/** A `struct page *` that arithmetic made of `pfn`: garbage where there is no page. */
export function pagePointer(page: bigint, pfn: bigint, ground: Ground): HelperResult {
  if (page === 0n) return { is: 'NULL' };
  return ground.hasPage(pfn)
    ? value('page', page)
    : garbage('page', page, 'computed, but no struct page is there');
}

/** A direct-map address that arithmetic made of `phys`: garbage where nothing is mapped. */
export function directMapPointer(address: bigint, phys: bigint, ground: Ground): HelperResult {
  return ground.directMapped(phys)
    ? value('virt', address)
    : garbage('virt', address, 'computed, but the direct map does not reach this memory');
}

/** A word made by a constructor: garbage when it does not say what it was made of. */
export function wordOf(word: bigint, loss: string | undefined): HelperResult {
  return loss === undefined ? value('word', word) : garbage('word', word, loss);
}

/** A result in one line, as a table shows it. */
export function resultText(result: HelperResult): string {
  switch (result.is) {
    case 'value':
      return valueText(result.unit, result.value);
    case 'NULL':
      return 'NULL';
    case 'garbage':
      return `${valueText(result.unit, result.value)} — garbage: ${result.why}`;
    case 'WARN':
      return `WARN "${result.message}", then ${resultText(result.gives)}`;
    case 'BUG':
      return `BUG: ${result.message}`;
  }
}

function valueText(unit: Unit, word: bigint): string {
  if (unit === 'bool') return word === 0n ? 'false' : 'true';
  return unit === 'sg_flags' ? String(word) : `0x${word.toString(16)}`;
}
