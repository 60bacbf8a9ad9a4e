import { encodedText } from '../engine/pfn';
import type { PfnLayout } from '../engine/pfn/layout';
import type { Extent } from '../engine/memory/physical-map';
import type { AddressSpace } from '../engine/memory/address-space';
import type { Fact } from '../protocol/values';

/** A page as a word of each layout; where a layout has no word for it, why. */
export function wordFacts(
  layouts: readonly PfnLayout[],
  pfn: number,
  extent: Extent,
  space: AddressSpace,
  label: (layout: PfnLayout) => string,
): Fact[] {
  const flags = { dev: extent.page === 'none' || extent.page === 'device', map: extent.page === 'device' };
  return layouts.map((layout) => {
    const encoded = layout.encode(BigInt(pfn), flags, space);
    return {
      label: label(layout),
      value: encodedText(encoded),
      code: 'word' in encoded,
      note: layout.when,
      ...(layout.reconstructed ? { badge: 'reconstructed' as const } : {}),
    };
  });
}

/** `0xffff_8800_0000_0000`: a word of the kernel for people. */
export function groupedWord(value: bigint, space: AddressSpace): string {
  return `0x${value
    .toString(16)
    .padStart(space.wordBits / 4, '0')
    .replace(/\B(?=(.{4})+$)/g, '_')}`;
}
