import { describe, expect, it } from 'vitest';
import { X86_64, page_to_pfn, pfn_to_page } from '../../src/engine/memory/address-space';
import type { FlaggedLayout } from '../../src/engine/pfn/flagged';
import { nth_pfn, phys_to_pfn_t } from '../../src/engine/pfn/helpers/flagged';
import { bvec_page, page_to_pfn_typed } from '../../src/engine/pfn/helpers/v1';
import * as sgV1 from '../../src/engine/pfn/sg-v1';
import * as sgV5 from '../../src/engine/pfn/sg-v5';
import { v1 } from '../../src/engine/pfn/v1';
import { v45 } from '../../src/engine/pfn/v45';
import { v5 } from '../../src/engine/pfn/v5';
import { v5b } from '../../src/engine/pfn/v5b';
import { v5rfc } from '../../src/engine/pfn/v5rfc';
import { capture, fields } from './captures';

// Each row is printed again from its inputs and has to come out letter for letter: no field can go unread, and
// there are as many comparisons as rows.
const lines = (path: string) => capture(path).trimEnd().split('\n');
const word = (text: string | undefined) => BigInt(`0x${text!}`);
const hex = (value: bigint) => value.toString(16);
const bit = (truth: boolean) => (truth ? '1' : '0');

/** The flags argument of a row: names, or a number as the test module wrote it. */
function flagBits(layout: FlaggedLayout, text: string): bigint {
  if (/^(low)?0/.test(text)) return BigInt(text.replace('low', ''));
  const has = (name: string) => text.split('|').includes(name);
  return layout.bits({ dev: has('DEV'), map: has('MAP'), last: has('LAST'), chain: has('CHAIN') });
}

const LAYOUTS: Readonly<Record<string, FlaggedLayout>> = { v5, v5rfc, v5b, '4.5': v45 };

function pfnt(row: Record<string, string>): string {
  const { pfn, flags, addr, n } = row;
  if (row['1'] === 'v5nth') {
    const from = v5.pfn_to_pfn_t(word(pfn), flagBits(v5, flags!));
    return `PFNT,v5nth,pfn=${pfn},n=${n},flags=${flags},val=${hex(nth_pfn(v5, from, BigInt(n!)))}`;
  }
  if (row['1'] === 'v5phys') {
    const val = phys_to_pfn_t(v5, word(addr), flagBits(v5, flags!));
    return `PFNT,v5phys,addr=${addr},flags=${flags},val=${hex(val)}`;
  }
  const layout = LAYOUTS[row['1']!]!;
  const val =
    flags === 'frompage'
      ? layout.pfn_to_pfn_t(page_to_pfn(pfn_to_page(word(pfn))), 0n)
      : layout.pfn_to_pfn_t(word(pfn), flagBits(layout, flags!));
  const d = layout.decode(val);
  return `PFNT,${row['1']},pfn=${pfn},flags=${flags},val=${hex(val)},has_page=${bit(d.hasPage)},to_pfn=${hex(d.pfn)},to_phys=${hex(d.phys)},to_page=${hex(d.page)}`;
}

describe('words of __pfn_t against the helpers run in a kernel', () => {
  it('v5-pfnt.csv: every row', () => {
    const rows = lines('captures-2015/v5-helpers/v5-pfnt.csv');
    expect(rows).toHaveLength(443);
    expect(rows.map((row) => pfnt(fields(row)))).toEqual(rows);
  });
});

describe('v1 words against the v1 branch', () => {
  const init: Readonly<Record<string, () => string>> = {
    BIO_VEC_INIT: () => `word=0 page=${hex(bvec_page(0n))} phys=${hex(v1.decode(0n).phys)}`,
    'bvec_set_page(NULL)': () => {
      const stored = page_to_pfn_typed(0n);
      return `word=${hex(stored)} page=${hex(bvec_page(stored))}`;
    },
  };

  function v1pfn(pfn: bigint): string {
    const made = v1.encode(pfn, { dev: true });
    const stored = 'word' in made ? made.word : -1n;
    const pageword = page_to_pfn_typed(bvec_page(stored));
    const fresh = sgV1.sg_init_table();
    const set = sgV1.sg_set_pfn(fresh, stored, 4096, 0x200);
    const marked = sgV1.sg_mark_end(set);
    const paged = sgV1.sg_set_page(marked, bvec_page(stored), 4096, 0x200, X86_64);
    const again = sgV1.sg_set_pfn(paged, stored, 4096, 0x200);
    return [
      `V1PFN,pfn=${hex(pfn)},word=${hex(stored)},pfn_to_phys=${hex(v1.decode(stored).phys)}`,
      `bvec_page=${hex(bvec_page(stored))},bvec_to_phys=${hex(BigInt.asUintN(64, v1.decode(stored).phys + 0x200n))}`,
      `pageword=${hex(pageword)},same_word=${bit(stored === pageword)},sg_init_flags=${fresh.sg_flags}`,
      `sg_set_pfn:flags=${set.sg_flags}:phys=${hex(sgV1.sg_phys(set, X86_64))}:virt=${hex(sgV1.sg_virt(set, X86_64))}`,
      `mark_end:flags=${marked.sg_flags}`,
      `sg_set_page:flags=${paged.sg_flags}:page=${hex(sgV1.sg_page(paged, X86_64))},set_pfn_again:flags=${again.sg_flags}`,
    ].join(',');
  }

  it('v1pfn.csv: every row, for pages that exist and pages that do not', () => {
    const rows = lines('captures-2015/v1-on-4.0/v1pfn.csv');
    expect(rows).toHaveLength(19);
    const made = rows.map((row) => {
      const [, name] = /^V1INIT,(\S+) /.exec(row) ?? [];
      return name === undefined ? v1pfn(word(fields(row)['pfn'])) : `V1INIT,${name} ${init[name]!()}`;
    });
    expect(made).toEqual(rows);
  });

  it('stops where v1 stopped: sg_page of a page-less entry, an offset of 65536', () => {
    const entry = sgV1.sg_set_pfn(sgV1.sg_init_table(), 0x40000n, 4096, 0);
    expect(() => sgV1.sg_page(entry, X86_64)).toThrow(/SG_FLAGS_PAGE/);
    expect(() => sgV1.sg_set_pfn(entry, 0x40000n, 4096, 65536)).toThrow(/65535/);
    expect(() => sgV1.sg_set_page(entry, 0n, 4096, 65536, X86_64)).toThrow(/65535/);
    for (const file of ['bug_sg_page', 'bug_sg_off'])
      expect(capture(`captures-2015/v1-on-4.0/oops/${file}.txt`)).toMatch(/kernel BUG at .*scatterlist\.h/);
  });
});

describe('scatterlist entries of v5 5/5 against its helpers run in a kernel', () => {
  const dev = v5.bits({ dev: true });
  const last = v5.bits({ last: true });
  const chain = v5.bits({ chain: true });
  const at = (flags: bigint) => v5.pfn_to_pfn_t(0x44000n, flags);
  /** The address of the next table: only its low 12 bits are in the capture. */
  const NEXT = 0xffff880000042840n;

  /** What the test module did, step by step, to one entry. */
  const STEPS: Readonly<Record<string, (sg: sgV5.SgV5) => sgV5.SgV5>> = {
    'mark_end(zero)': () => sgV5.sg_mark_end({ val: 0n, offset: 0, length: 0 }),
    'set_page(keeps LAST)': (sg) => sgV5.sg_set_page(sg, pfn_to_page(0x1234n), 4096, 512, X86_64),
    'set_pfn(DEV; keeps LAST)': (sg) => sgV5.sg_set_pfn(sg, at(dev), 8192, 70000),
    'set_pfn(DEV|LAST input)': (sg) => sgV5.sg_set_pfn(sg, at(dev | last), 512, 0),
    unmark_end: sgV5.sg_unmark_end,
    'set_pfn(DEV|LAST input, entry not last)': (sg) => sgV5.sg_set_pfn(sg, at(dev | last), 512, 0),
    'set_pfn(DEV|CHAIN input)': (sg) => sgV5.sg_set_pfn(sg, at(dev | chain), 512, 0),
    chain: () => sgV5.sg_chain(NEXT),
    'chain-then-mark_end': sgV5.sg_mark_end,
  };

  function sg5(step: string, sg: sgV5.SgV5): string {
    const marks = `chain=${bit(sgV5.sg_is_chain(sg))},last=${bit(sgV5.sg_is_last(sg))}`;
    const has_page = `has_page=${bit(sgV5.sg_has_page(sg, X86_64))}`;
    if (step.startsWith('chain')) {
      const ok = step === 'chain' ? `,ptr_ok=${bit(sgV5.sg_chain_ptr(sg) === NEXT)}` : '';
      return `SG5,${step},low12=${hex(sg.val & 0xfffn)},${marks}${ok},${has_page}`;
    }
    const { pfn } = v5.decode(sg.val);
    return `SG5,${step},val=${hex(sg.val)},${marks},${has_page},pfn=${hex(pfn)},phys=${hex(sgV5.sg_phys(sg, X86_64))},page=${hex(sgV5.sg_page(sg, X86_64))},offset=${sg.offset},length=${sg.length}`;
  }

  it('v5-sg5.csv: every row', () => {
    const rows = lines('captures-2015/v5-helpers/v5-sg5.csv');
    expect(rows).toHaveLength(10);
    let sg: sgV5.SgV5 = { val: 0n, offset: 0, length: 0 };
    const made = rows.map((row) => {
      if (row.startsWith('SG5SIZE,')) return `SG5SIZE,${sgV5.scatterlistSize(X86_64)},align=8`;
      const [, step] = /^SG5,(.*?),(?:val|low12)=/.exec(row)!;
      sg = STEPS[step!]!(sg);
      return sg5(step!, sg);
    });
    expect(made).toEqual(rows);
  });
});
