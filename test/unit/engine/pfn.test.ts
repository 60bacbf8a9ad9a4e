import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PAGE_OFFSET_0,
  X86_32,
  X86_64,
  X86_PAE,
  isCanonical,
  page_address,
  page_to_pfn,
  pfn_to_page,
  type AddressSpace,
} from '../../../src/engine/memory/address-space';
import { encodedText, parseWord, parseWords, pfnLayouts, storyLayouts } from '../../../src/engine/pfn';
import type { PfnFlags, PfnLayout } from '../../../src/engine/pfn/layout';

const like = (text: RegExp): unknown => expect.stringMatching(text);

const SPACES = [X86_64, X86_32, X86_PAE, PAGE_OFFSET_0];
const layout = (id: string) => pfnLayouts.find((l) => l.id === id)!;

const anyLayout = fc.constantFrom(...pfnLayouts);
const anySpace = fc.constantFrom(...SPACES);
/** Frames that a kernel of the space can have. */
const frameOf = (space: AddressSpace) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(space.physBits - 12)) - 1n });
const anyFrame = anySpace.chain((space) => frameOf(space).map((pfn) => ({ space, pfn })));
const anyFlags: fc.Arbitrary<PfnFlags> = fc.record({
  dev: fc.boolean(),
  map: fc.boolean(),
  chain: fc.boolean(),
  last: fc.boolean(),
  special: fc.boolean(),
});

const MEMBER: Readonly<Record<string, keyof PfnFlags>> = {
  PFN_DEV: 'dev',
  PFN_MAP: 'map',
  PFN_SG_CHAIN: 'chain',
  PFN_SG_LAST: 'last',
  PFN_SPECIAL: 'special',
};
/** The flags a layout has in its word. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  v1: [],
  v2: [],
  v3: ['PFN_DEV'],
  v5: ['PFN_SG_CHAIN', 'PFN_SG_LAST', 'PFN_DEV'],
  'v5-off': ['PFN_SG_CHAIN', 'PFN_SG_LAST'],
  v5rfc: ['PFN_SG_CHAIN', 'PFN_SG_LAST', 'PFN_DEV', 'PFN_MAP'],
  v5b: ['PFN_SG_CHAIN', 'PFN_SG_LAST', 'PFN_DEV', 'PFN_MAP'],
  '4.5-rc1': ['PFN_SG_CHAIN', 'PFN_SG_LAST', 'PFN_DEV', 'PFN_MAP'],
  '4.5': ['PFN_SG_CHAIN', 'PFN_SG_LAST', 'PFN_DEV', 'PFN_MAP', 'PFN_SPECIAL'],
};

/** Frames that a layout can name in a space, from the facts: the first one past them. */
function limit(of: PfnLayout, { wordBits, PAGE_OFFSET }: AddressSpace, dev: boolean): bigint {
  const bits = BigInt(wordBits);
  if (of.id === 'v2') return dev ? PAGE_OFFSET : 1n << bits;
  if (of.id === 'v3') return dev ? 1n << (bits - (wordBits === 64 ? 3n : 2n)) : 1n << bits;
  if (of.id === 'v5b') return 1n << (bits - 4n);
  if (of.id === '4.5') return wordBits === 64 ? 1n << 52n : 1n << 32n;
  return of.id === 'v1' ? 1n << bits : 1n << (bits - 12n);
}

describe('words of __pfn_t', () => {
  it('read back as what they were made of, wherever there is a word', () => {
    let words = 0;
    fc.assert(
      fc.property(anyLayout, anyFrame, anyFlags, (of, { space, pfn }, flags) => {
        const made = of.encode(pfn, flags, space);
        if (!('word' in made)) return;
        words++;
        const d = of.decode(made.word, space);
        expect(d.pfn).toBe(pfn);
        expect(d.meaningless).toBe(0n);
        expect(d.flags).toEqual(FLAGS[of.id]!.filter((name) => flags[MEMBER[name]!]));
        if (!d.hasPage) expect(flags.dev).toBe(true);
        expect(d.page).toBe(d.hasPage ? pfn_to_page(pfn, space) : 0n);
      }),
      { numRuns: 3000 },
    );
    expect(words).toBeGreaterThan(1500);
  });

  it('are refused exactly where a version has too few bits, or cannot tell a pfn from a pointer', () => {
    fc.assert(
      fc.property(anyLayout, anyFrame, fc.boolean(), (of, { space, pfn }, dev) => {
        expect('word' in of.encode(pfn, { dev }, space)).toBe(pfn < limit(of, space, dev));
      }),
      { numRuns: 3000 },
    );
    for (const of of pfnLayouts) {
      for (const space of [X86_64, X86_32, X86_PAE]) {
        const first = limit(of, space, true);
        if (of.id !== 'v1' && of.id !== '4.5') {
          expect('word' in of.encode(first - 1n, { dev: true }, space), `${of.id} ${space.id}`).toBe(true);
          expect('word' in of.encode(first, { dev: true }, space), `${of.id} ${space.id}`).toBe(false);
        }
      }
    }
  });

  it('show the refusal with the garbage the C computes, and who objected', () => {
    const v5 = layout('v5').encode(0x100000n, { dev: true }, X86_PAE);
    expect(v5).toMatchObject({
      computes: 4n,
      objection: like(/Wilcox.*4 GiB.*shift 6.*shift 4/),
    });
    expect(encodedText(v5)).toBe('cannot be encoded: pfn 0x100000 reads back as 0x0 (the C computes 0x4)');
    expect(layout('v5b').encode(0x100000n, { dev: true }, X86_PAE)).toEqual({ word: 0x1000004n });
    const v2 = layout('v2').encode(0x40000n, { dev: true }, PAGE_OFFSET_0);
    expect(v2).toMatchObject({
      computes: 0x40000n,
      objection: like(/Torvalds.*PAGE_OFFSET is 0/),
    });
    expect(layout('v2').encode(0x40000n, { dev: true }, X86_64)).toEqual({ word: 0x40000n });
    expect(layout('4.5-rc1').encode(0x100000n, {}, X86_PAE)).toMatchObject({ computes: 0x100000n });
    expect(layout('4.5').encode(0x100000n, {}, X86_PAE)).toEqual({ word: 0x100000n });
  });

  it('have the worked values of the fact sheet: 4 GiB, page-less', () => {
    const word = (id: string) => encodedText(layout(id).encode(0x100000n, { dev: true }));
    expect(['v1', 'v3', 'v5', 'v5b', '4.5'].map(word)).toEqual([
      '0x100000',
      '0x800001',
      '0x100000004',
      '0x1000004',
      '0x2000000000100000',
    ]);
    const mapped = { dev: true, map: true };
    expect(encodedText(layout('v5b').encode(0x100000n, mapped))).toBe('0x100000c');
    expect(encodedText(layout('4.5').encode(0x100000n, mapped))).toBe('0x3000000000100000');
  });

  it('take the pfn as an unsigned long, whatever the word is', () => {
    expect(layout('4.5').encode(0x1_0000_0001n, {}, X86_PAE)).toMatchObject({
      computes: 1n,
      cannot: 'pfn 0x100000001 does not fit an unsigned long of 32 bits',
    });
  });

  it('lose PFN_DEV where CONFIG_KMAP_PFN is off: the word claims a page', () => {
    const made = layout('v5-off').encode(0x40000n, { dev: true });
    expect(made).toEqual({ word: 0x40000000n });
    expect(layout('v5-off').decode(0x40000000n).hasPage).toBe(true);
  });

  it('are badged where reconstructed, and only there', () => {
    expect(pfnLayouts.filter((l) => l.reconstructed).map((l) => l.id)).toEqual(['v2', 'v3']);
    expect(storyLayouts.map((l) => l.id)).toEqual(['v1', 'v3', 'v5', '4.5']);
  });

  it('decode any 64 bits without throwing, to what a word can hold', () => {
    fc.assert(
      fc.property(anyLayout, anySpace, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (of, space, word) => {
        const { page, pfn, phys } = of.decode(word, space);
        expect(page >> BigInt(space.wordBits)).toBe(0n);
        expect(pfn >> BigInt(space.wordBits)).toBe(0n);
        expect(phys >> BigInt(space.physAddrBits)).toBe(0n);
      }),
    );
  });
});

describe('numbers in a text', () => {
  it('are read as people write them', () => {
    expect(parseWord('0x1_0000_0004')).toBe(0x100000004n);
    expect(parseWord('100000004')).toBe(100000004n);
    expect(parseWord('ffffea0001000000')).toBe(0xffffea0001000000n);
    expect(parseWord('0x800001UL')).toBe(0x800001n);
    for (const bad of ['', 'xyz', '0x', '0x1ffffffffffffffff', '-1', 'UL'])
      expect(parseWord(bad), bad).toBeUndefined();
  });

  it('are both decimal and hexadecimal when they are digits alone', () => {
    expect(parseWords('40000')).toEqual([40000n, 0x40000n]);
    expect(parseWords('5')).toEqual([5n]);
    expect(parseWords('0040000000')).toEqual([0x40000000n]);
    expect(parseWords('99999999999999999999')).toEqual([]);
    expect(parseWords('18446744073709551615')).toEqual([(1n << 64n) - 1n]);
  });

  it('never throw: 200,000 texts', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.stringMatching(/^(0x)?[0-9a-fA-F_]{0,24}[uUlL]{0,3}$/),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefxXuUlL_ -')), maxLength: 30 }),
    );
    fc.assert(
      fc.property(text, (input) => {
        if (!parseWords(input).every((word) => word >= 0n && word < 1n << 64n)) throw new Error(input);
      }),
      { numRuns: 200_000 },
    );
  });
});

describe('page arithmetic', () => {
  it('goes there and back', () => {
    fc.assert(
      fc.property(anyFrame, ({ space, pfn }) => {
        expect(page_to_pfn(pfn_to_page(pfn, space), space)).toBe(pfn);
      }),
    );
  });

  it('rounds down inside a struct page, also below the memmap', () => {
    expect(page_to_pfn(pfn_to_page(5n) + 63n)).toBe(5n);
    expect(page_to_pfn(X86_64.memmap - 1n)).toBe((1n << 64n) - 1n);
  });

  it('gives what the kernel gave for NULL, and an address nobody can touch', () => {
    expect(page_to_pfn(0n)).toBe(0x5800000000n);
    expect(isCanonical(page_address(0n))).toBe(false);
  });
});
