import { describe, expect, it } from 'vitest';
import { X86_64, X86_PAE, type AddressSpace } from '../../../src/engine/memory/address-space';
import { pfnLayouts } from '../../../src/engine/pfn';
import { helpersOf, plainHelpers, subjectOf } from '../../../src/engine/pfn/helpers';
import { nth_pfn, phys_to_pfn_t } from '../../../src/engine/pfn/helpers/flagged';
import type { PfnFlags } from '../../../src/engine/pfn/layout';
import { decodePageLink, sg_assign_page } from '../../../src/engine/pfn/page-link';
import { resultText, type Ground } from '../../../src/engine/pfn/result';
import { sg_chain, sg_has_page, sg_is_chain, scatterlistSize } from '../../../src/engine/pfn/sg-v5';
import { v5 } from '../../../src/engine/pfn/v5';

const like = (text: RegExp): unknown => expect.stringMatching(text);

/** pfn 0x1234 is RAM; 0x40000 is persistent memory without pages, mapped nowhere. */
const ground = (space: AddressSpace): Ground => ({
  space,
  hasPage: (pfn) => pfn < 0x40000n,
  directMapped: (phys) => phys < 0x40000000n,
});

function table(id: string, pfn: bigint, flags: PfnFlags, space = X86_64): Record<string, string> {
  const layout = pfnLayouts.find((l) => l.id === id)!;
  const subject = subjectOf(layout, pfn, flags, ground(space));
  return Object.fromEntries(
    helpersOf(layout).map((helper) => [helper.name, resultText(helper.call(subject, ground(space)))]),
  );
}

describe('helpers of a page-backed pfn', () => {
  it.each(['v1', 'v2', 'v3', 'v5', 'v5-off', 'v5rfc', 'v5b', '4.5-rc1', '4.5'])(
    'give the page in %s',
    (id) => {
      const gives = table(id, 0x1234n, {});
      const toPage = gives['__pfn_t_to_page'] ?? gives['pfn_t_to_page'] ?? gives['bvec_page'];
      expect(toPage).toBe('0xffffea0000048d00');
      const toPhys = gives['__pfn_t_to_phys'] ?? gives['pfn_t_to_phys'] ?? gives['pfn_to_phys'];
      expect(toPhys).toBe('0x1234000');
      const { 'bvec_set_page of NULL': ofNull, ...rest } = gives;
      const wrong = Object.entries(rest).filter(([, text]) => /garbage|WARN/.test(text));
      expect(wrong).toEqual([]);
      expect(ofNull === undefined).toBe(id !== 'v1');
    },
  );
});

describe('helpers of a page-less pfn', () => {
  it('v1 makes pointers up, and stops at sg_page', () => {
    expect(table('v1', 0x40000n, { dev: true })).toMatchObject({
      bvec_page: '0xffffea0001000000 — garbage: computed, but no struct page is there',
      'bvec_set_page of NULL': like(/^0x5800000000 — garbage/),
      pfn_to_phys: '0x40000000',
      'sg_set_pfn: flags of an entry that was LAST': '0',
      'sg_set_page: flags of an entry that was LAST': '6',
      'sg_page after sg_set_pfn': like(/^BUG: /),
      'sg_page after sg_set_page': like(/garbage/),
      'sg_set_pfn with offset 65536': like(/^BUG: offset 65536/),
      sg_phys: '0x40000000',
      sg_virt: like(/^0xffff880040000000 — garbage/),
    });
  });

  it('v2 and v3 give NULL', () => {
    for (const [id, word] of [
      ['v2', '0x40000'],
      ['v3', '0x200001'],
    ] as const) {
      expect(table(id, 0x40000n, { dev: true })).toMatchObject({
        'a driver naming its own memory': word,
        page_to_pfn_t: like(/garbage: there is no struct page to make it of/),
        __pfn_t_has_page: 'false',
        __pfn_t_to_pfn: '0x40000',
        __pfn_t_to_page: 'NULL',
        __pfn_t_to_phys: '0x40000000',
        bvec_page: 'NULL',
      });
    }
  });

  it('v5 gives NULL, and warns in sg_page', () => {
    expect(table('v5', 0x40000n, { dev: true })).toMatchObject({
      pfn_to_pfn_t: '0x40000004',
      'nth_pfn, one page on': '0x40001004',
      __pfn_t_has_page: 'false',
      __pfn_t_to_page: 'NULL',
      'sg_set_pfn (keeps LAST)': '0x40000006',
      'sg_set_pfn with offset 65536 (no limit)': '0x40000006',
      sg_has_page: 'false',
      sg_page: 'WARN "scatterlist references unmapped memory", then NULL',
      sg_phys: '0x40000000',
      sg_virt: like(/^WARN .*, then 0x[0-9a-f]+ — garbage: the page_address\(\) of NULL$/),
    });
  });

  it('v5 with KMAP_PFN off takes it for a page that is not there', () => {
    expect(table('v5-off', 0x40000n, { dev: true })).toMatchObject({
      __pfn_t_has_page: 'true',
      __pfn_t_to_page: like(/garbage/),
      sg_page: like(/garbage/),
    });
  });

  it('PFN_MAP brings the page back where it is known, and nowhere else', () => {
    const mapped = { dev: true, map: true };
    for (const id of ['v5rfc', 'v5b']) expect(table(id, 0x3ffffn, mapped)['__pfn_t_has_page']).toBe('true');
    expect(table('v5', 0x3ffffn, mapped)['__pfn_t_has_page']).toBe('false');
    expect(table('4.5', 0x3ffffn, mapped)).toMatchObject({
      pfn_t_has_page: 'true',
      pfn_t_valid: 'true',
      pfn_t_devmap: 'true',
      'pfn_t_special (since 4.15)': 'false',
    });
    expect(table('4.5', 0x40000n, { dev: true })).toMatchObject({
      pfn_t_to_page: 'NULL',
      pfn_t_to_virt: 'NULL',
      pfn_t_valid: 'false',
      pfn_t_devmap: 'false',
    });
    expect(table('4.5', 0x40000n, { special: true })['pfn_t_special (since 4.15)']).toBe('true');
    expect(table('v5b', 0x40000n, { dev: true })['__pfn_t_to_virt']).toBe('NULL');
  });

  it('4.1 and today: a pointer to nothing', () => {
    const subject = { pfn: 0x40000n, flags: {}, word: 0n };
    const gives = Object.fromEntries(
      plainHelpers.map((helper) => [helper.name, resultText(helper.call(subject, ground(X86_64)))]),
    );
    expect(gives).toMatchObject({
      pfn_to_page: like(/garbage/),
      pfn_valid: 'false',
      'page_address of that pointer': like(/garbage/),
      'sg_set_page: page_link (keeps LAST)': '0xffffea0001000002',
    });
  });
});

describe('a pfn that a layout cannot hold', () => {
  it('comes out of the constructor as garbage, and out of the helpers as another page', () => {
    expect(table('v5', 0x123456n, { dev: true }, X86_PAE)).toMatchObject({
      pfn_to_pfn_t: '0x23456004 — garbage: pfn 0x123456 reads back as 0x23456',
      __pfn_t_to_pfn: '0x23456',
      __pfn_t_to_phys: '0x23456000',
    });
  });
});

describe('constructors and marks', () => {
  it('phys_to_pfn_t drops what is below a page and masks the flags', () => {
    expect(phys_to_pfn_t(v5, 0x40000fffn, 0xffff_f004n)).toBe(0x40000004n);
    expect(phys_to_pfn_t(v5, 0x1_4000_0fffn, 4n, X86_PAE)).toBe(0x40000004n);
  });

  it('nth_pfn keeps the flags and wraps', () => {
    expect(nth_pfn(v5, 0x40000006n, 2n)).toBe(0x40002006n);
    expect(nth_pfn(v5, 0xfffffffffffff006n, 3n)).toBe(0x2006n);
  });

  it('a v5 chain entry has a page, unless its pointer is only 4-byte aligned, as 32-bit allows', () => {
    const link = sg_chain(0xc0001238n);
    expect([sg_is_chain(link), sg_has_page(link, X86_PAE)]).toEqual([true, true]);
    expect(sg_has_page(sg_chain(0xc0001234n), X86_PAE)).toBe(false);
  });

  it('page_link keeps its marks under a new page', () => {
    const word = sg_assign_page(2n, 0xffffea0000048d00n, X86_64);
    expect(decodePageLink(word, X86_64)).toEqual({
      chain: false,
      last: true,
      pointer: 0xffffea0000048d00n,
      pfn: 0x1234n,
    });
  });

  it('an entry of PAE is as large as its 64-bit dma_addr_t makes it', () => {
    expect([X86_64, X86_PAE].map(scatterlistSize)).toEqual([32, 24]);
  });
});
