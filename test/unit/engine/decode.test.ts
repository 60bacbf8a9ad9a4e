import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineOf, readings, textReadings, type Reading } from '../../../src/engine/decode';
import { compareHelpers } from '../../../src/engine/decode/compare';
import { numberAt } from '../../../src/engine/decode/number-at';
import { __va, pfn_to_page } from '../../../src/engine/memory/address-space';
import { pfnLayouts } from '../../../src/engine/pfn';
import type { MachineSpec } from '../../../src/model/machine-spec';

const like = (text: RegExp): unknown => expect.stringMatching(text);

const ranges: MachineSpec['memory']['ranges'] = [
  { start: '0x0', end: '0x1000', kind: 'reserved', name: 'reserved' },
  { start: '0x1000', end: '0x40000000', kind: 'ram', name: 'System RAM' },
  { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
  { start: '0xc0000000', end: '0xd0000000', kind: 'device', name: 'PCI Bus 0000:00' },
  { start: '0x100000000', end: '0x110000000', kind: 'pmem', name: 'Persistent Memory', structPages: 'mem' },
];
const spec = (kernel: Partial<MachineSpec['kernel']> = {}): MachineSpec => ({
  name: 'm',
  kernel: { flavour: '4.1', ...kernel },
  memory: { ranges },
});
const machine = machineOf(spec());
const pae = machineOf(spec({ arch: 'x86-pae' }));

const of = (word: bigint, as: string, on = machine): Reading =>
  readings(word, on).find((reading) => reading.as === as)!;
const first = (text: string, on = machine): Reading => textReadings(text, on).readings[0]!;

describe('a number on a machine', () => {
  it('is a physical address where there is something', () => {
    expect(first('0x12345000')).toMatchObject({ as: 'physical address', possible: true, pfn: 0x12345 });
    expect(first('0x12345000').why).toBe(
      'pfn 0x12345 is RAM "System RAM", zone DMA32, and has a struct page',
    );
    expect(of(0x12345000n, 'pfn')).toMatchObject({
      possible: false,
      why: like(/beyond this machine/),
    });
    expect(of(0x80000000n, 'physical address').why).toMatch(/hole/);
    expect(of(0xc0000000n, 'physical address').why).toMatch(
      /device "PCI Bus 0000:00", and has no struct page/,
    );
  });

  it('is a struct page * only where this machine has that page', () => {
    expect(first('ffffea000048d140')).toMatchObject({ as: 'struct page *', possible: true, pfn: 0x12345 });
    expect(of(pfn_to_page(0x12345n) + 8n, 'struct page *').says).toBe(
      '8 bytes into the struct page of pfn 0x12345',
    );
    expect(of(pfn_to_page(0x40000n), 'struct page *')).toMatchObject({
      possible: false,
      why: like(/^not in this machine's memmap: pfn 0x40000 is pmem/),
    });
    expect(of(pfn_to_page(0x100000n), 'struct page *').possible).toBe(true);
  });

  it('is a direct-map address only where the direct map reaches', () => {
    expect(first('ffff880012345678')).toMatchObject({
      as: 'direct-map address',
      says: 'physical 0x12345678',
    });
    expect(of(__va(0x40000000n), 'direct-map address').why).toMatch(/does not reach it/);
  });

  it('is a page_link, with its marks', () => {
    const marked = pfn_to_page(0x12345n) + 2n;
    expect(readings(marked, machine)[0]).toMatchObject({ as: 'page_link', says: 'SG_END, pfn 0x12345' });
    expect(of(__va(0x2000n) + 1n, 'page_link')).toMatchObject({
      possible: true,
      says: like(/^SG_CHAIN, next table/),
    });
    expect(of(marked + 1n, 'page_link').possible).toBe(false);
    expect(of(pfn_to_page(0x40000n) + 2n, 'page_link').possible).toBe(false);
  });

  it('is a word of __pfn_t only where its flags say the truth', () => {
    expect(first('0x40000004')).toMatchObject({
      as: '__pfn_t of v5',
      says: 'pfn 0x40000, PFN_DEV',
      pfn: 0x40000,
    });
    expect(of(0x12345004n, '__pfn_t of v5')).toMatchObject({
      possible: false,
      why: like(/RAM .* has a struct page, so PFN_DEV would be wrong here$/),
    });
    expect(of(0x40000000n, '__pfn_t of v5').why).toMatch(
      /has no struct page; the word says that it had one$/,
    );
    expect(of(0x40000014n, '__pfn_t of v5').why).toMatch(/bits 0x10 stand for nothing/);
    expect(of(0x200001n, '__pfn_t of v3')).toMatchObject({
      possible: true,
      reconstructed: true,
      pfn: 0x40000,
    });
    expect(of(pfn_to_page(0x12345n), '__pfn_t of v3')).toMatchObject({ possible: true, pfn: 0x12345 });
    expect(of(0x40000n, '__pfn_t of v2')).toMatchObject({ possible: true, pfn: 0x40000 });
    expect(of(0x3000000000100000n, 'pfn_t of 4.5').possible).toBe(true);
    expect(of(0x2000000000100000n, 'pfn_t of 4.5').why).toMatch(/PFN_MAP would be set too$/);
    expect(of(0x2000000000040000n, 'pfn_t of 4.5').possible).toBe(true);
    expect(of(0x100000004n, '__pfn_t of v5').possible).toBe(true);
    expect(of(0x40000n, '__pfn_t of v1').why).toMatch(/v1 does not say which/);
  });

  it("is one of the kernel's other addresses, from which nothing leads to a page", () => {
    for (const [text, what] of [
      ['ffffc90000100000', /vmalloc/],
      ['ffffffff81000000', /kernel image/],
      ['ffffffffa0001000', /modules/],
      ['ffffec0000000000', /KASAN/],
    ] as const) {
      expect(first(text)).toMatchObject({ as: 'kernel address', says: 'not decodable', possible: true });
      expect(first(text).why).toMatch(what);
      expect(first(text).pfn).toBeUndefined();
    }
    expect(of(0x0123456789abcdefn, 'kernel address').why).toMatch(/general protection fault/);
    expect(first('0x7ffe12345678')).toMatchObject({ as: 'user address', possible: true });
  });

  it('follows the direct map and the memmap where KASLR put them', () => {
    const moved = machineOf(
      spec({ virtual: { map: '4-level', pageOffset: '0xffff9a4000000000', vmemmap: '0xfffff1e980000000' } }),
    );
    expect(first('ffff9a4012345678', moved)).toMatchObject({ as: 'direct-map address', pfn: 0x12345 });
    expect(first('fffff1e98048d140', moved)).toMatchObject({ as: 'struct page *', pfn: 0x12345 });
    expect(of(0xffffc90000100000n, 'kernel address', moved)).toBeUndefined();
  });

  it('on 32-bit: pointers of 32 bits, words of 32 bits, only pfn_t as u64', () => {
    expect(first('c2345678', pae)).toMatchObject({ as: 'direct-map address', pfn: 0x2345 });
    expect(first('fa000000', pae)).toMatchObject({ as: 'kernel address', possible: true });
    expect(of(0x100000004n, '__pfn_t of v5', pae).why).toMatch(/more than the 32 bits/);
    expect(of(0x3000000000100000n, 'pfn_t of 4.5', pae).possible).toBe(true);
    expect(of(0x100000000n, 'physical address', pae).possible).toBe(true);
    expect(of(0xffff880012345678n, 'direct-map address', pae).why).toMatch(/more than the 32 bits/);
  });

  it('written in digits alone is read in both bases', () => {
    const { words, readings: both } = textReadings('40000', machine);
    expect(words).toEqual([40000n, 0x40000n]);
    expect(both.filter((r) => r.as === '0x40000 as pfn' || r.as === '0x9c40 as pfn')).toHaveLength(2);
  });

  it('lists every way to read it, the possible ones first', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (word) => {
        const all = readings(word, machine);
        for (const { id } of pfnLayouts) expect(all.some((r) => r.as.endsWith(` of ${id}`))).toBe(true);
        const verdicts = all.map((r) => r.possible);
        expect(verdicts).toEqual([...verdicts].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  it('leads to the page it was made of: every layout, every page of the machine', () => {
    const frames = fc.oneof(
      fc.bigInt({ min: 1n, max: 0x4ffffn }),
      fc.bigInt({ min: 0x100000n, max: 0x10ffffn }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...pfnLayouts), frames, (layout, pfn) => {
        const page = machine.map.pageOwner(Number(pfn));
        if (layout.id === 'v5-off' && page === 'none') return;
        const made = layout.encode(pfn, {
          dev: page === 'none' || page === 'device',
          map: page === 'device',
        });
        if (!('word' in made)) return;
        const as = `${layout.id.startsWith('4.5') ? 'pfn_t' : '__pfn_t'} of ${layout.id}`;
        const found = of(made.word, as);
        // The union has a pointer for a device's page; v5-off has no PFN_DEV. Both still lead there.
        expect(found, found.why).toMatchObject({ possible: true, pfn: Number(pfn) });
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws: 200,000 texts', () => {
    const text = fc.oneof(
      { weight: 3, arbitrary: fc.string({ maxLength: 40 }) },
      fc.stringMatching(/^(0x)?[0-9a-fA-F_]{0,17}[uUlL]{0,3}$/),
    );
    let numbers = 0;
    fc.assert(
      fc.property(text, fc.boolean(), (input, is32) => {
        const { words, readings: all } = textReadings(input, is32 ? pae : machine);
        numbers += words.length;
        if (all.some((r) => r.why === '')) throw new Error(`a reading of ${input} without a reason`);
      }),
      { numRuns: 200_000 },
    );
    expect(numbers).toBeGreaterThan(10_000);
  }, 60_000);
});

describe('the number in a line', () => {
  it.each([
    ['BUG: unable to handle kernel paging request at ffff880040000000', 60, 'ffff880040000000'],
    ['RIP: 0010:[<ffffffff81257edf>]  [<ffffffff81257edf>]', 15, 'ffffffff81257edf'],
    ['40000000-4fffffff : Persistent RAM', 3, '40000000'],
    ['40000000-4fffffff : Persistent RAM', 12, '4fffffff'],
    ['pfn=0x4_0000UL;', 5, '0x4_0000UL'],
    ['page:ffffea0001000000 count:1', 8, 'ffffea0001000000'],
    ['[    2.193492] kernel BUG', 7, undefined],
    ['add the page', 1, undefined],
    ['word', 2, undefined],
    ['x86_64', 5, undefined],
    ['', 0, undefined],
  ])('%j at %i', (line, column, number) => {
    expect(numberAt(line, column)).toBe(number);
  });

  it('is found in a very long line', () => {
    const line = `${'0123456789abcdef'.repeat(100_000)} ffff880040000000`;
    expect(numberAt(line, line.length - 3)).toBe('ffff880040000000');
  });
});

describe('helpers compared for a page', () => {
  const shown = (pfn: bigint, on = machine) => {
    const comparison = compareHelpers(on, pfn);
    const gives = (version: string, helper: string) =>
      comparison.versions.find((v) => v.title.startsWith(version))?.helpers.find((h) => h.name === helper)
        ?.gives;
    return { ...comparison, gives };
  };

  it('of a page-less pfn: garbage, NULL, WARN and BUG, each where it was', () => {
    const { about, gives } = shown(0x40000n);
    expect(about).toMatch(/pmem "Persistent RAM", and has no struct page/);
    expect(gives('v1 ', 'bvec_page')).toMatch(/garbage/);
    expect(gives('v1 ', 'sg_page after sg_set_pfn')).toMatch(/^BUG/);
    expect(gives('v3 ', 'bvec_page')).toBe('NULL');
    expect(gives('v5 ', 'sg_page')).toMatch(/^WARN/);
    expect(gives('4.5 ', 'pfn_t_to_page')).toBe('NULL');
    expect(gives('4.1 and today', 'pfn_to_page')).toMatch(/garbage/);
  });

  it('of RAM: the same page everywhere', () => {
    const { gives } = shown(0x12345n);
    for (const version of ['v1 ', 'v3 ', 'v5 '])
      expect(gives(version, 'bvec_page')).toBe('0xffffea000048d140');
  });

  it('tells where else the same page could not be said, and who objected', () => {
    const at = (pfn: bigint) => shown(pfn).elsewhere.map((e) => `${e.layout} on ${e.space}`);
    expect(at(0x40000n)).toEqual(['v2 on PAGE_OFFSET 0']);
    expect(at(0x100000n)).toEqual(
      expect.arrayContaining(['v5 on x86-pae', 'v5rfc on x86-pae', '4.5-rc1 on x86-pae']),
    );
    expect(shown(0x40000n).elsewhere[0]!.refusal.objection).toMatch(/Torvalds/);
  });

  it('shows the refusal where the machine itself is such a kernel', () => {
    const version = shown(0x100000n, pae).versions.find((v) => v.title.startsWith('v5 '))!;
    expect(version.encoded).toMatchObject({ objection: like(/Wilcox/) });
  });
});
