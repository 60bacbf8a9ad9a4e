import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWord, pfnLayouts } from '../../../src/engine/pfn';
import {
  isCanonical,
  page_address,
  page_to_pfn,
  pfn_to_page,
} from '../../../src/engine/memory/address-space';

/** Frames x86-64 can have: 46 physical bits in 4.1. */
const pfns = fc.bigInt({ min: 0n, max: (1n << 34n) - 1n });

describe('words of __pfn_t', () => {
  it('decode to the frame they were made of, with and without a page', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pfnLayouts), pfns, fc.boolean(), (layout, pfn, dev) => {
        const decoded = layout.decode(layout.encode(pfn, { dev }));
        expect(decoded.pfn).toBe(pfn);
        expect(decoded.phys).toBe(pfn << 12n);
        if (layout.id !== 'v1') expect(decoded.hasPage).toBe(!dev);
        expect(decoded.page === 0n).toBe(layout.id !== 'v1' && dev);
      }),
    );
  });

  it('have the worked values of the fact sheet: 4 GiB, page-less', () => {
    const word = (id: string) =>
      pfnLayouts
        .find((l) => l.id === id)!
        .encode(0x100000n, { dev: true })
        .toString(16);
    expect(['v1', 'v3', 'v5', 'v5b', '4.5'].map(word)).toEqual([
      '100000',
      '800001',
      '100000004',
      '1000004',
      '2000000000100000',
    ]);
  });

  it('are badged where reconstructed, and only there', () => {
    expect(pfnLayouts.filter((l) => l.reconstructed).map((l) => l.id)).toEqual(['v3']);
  });

  it('decode any 64 bits without throwing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pfnLayouts),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        (layout, word) => {
          const { page, phys } = layout.decode(word);
          expect(page >= 0n && page < 1n << 64n && phys >= 0n && phys < 1n << 64n).toBe(true);
        },
      ),
    );
  });

  it('are read as people write them', () => {
    expect(parseWord('0x1_0000_0004')).toBe(0x100000004n);
    expect(parseWord('100000004')).toBe(100000004n);
    expect(parseWord('ffffea0001000000')).toBe(0xffffea0001000000n);
    expect(parseWord('0x800001UL')).toBe(0x800001n);
    for (const bad of ['', 'xyz', '0x', '0x1ffffffffffffffff', '-1'])
      expect(parseWord(bad), bad).toBeUndefined();
  });
});

describe('page arithmetic', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(pfns, (pfn) => {
        expect(page_to_pfn(pfn_to_page(pfn))).toBe(pfn);
      }),
    );
  });

  it('gives what the kernel gave for NULL, and an address nobody can touch', () => {
    expect(page_to_pfn(0n)).toBe(0x5800000000n);
    expect(isCanonical(page_address(0n))).toBe(false);
  });
});
