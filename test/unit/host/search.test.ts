import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { __va, pfn_to_page, X86_64 } from '../../../src/engine/memory/address-space';
import { PhysicalMap } from '../../../src/engine/memory/physical-map';
import { searchMachine } from '../../../src/host/search';
import type { MachineSpec } from '../../../src/model/machine-spec';

const spec: MachineSpec = {
  name: 'm',
  kernel: { flavour: '4.1-pfn' },
  memory: {
    ranges: [
      {
        start: '0x100000',
        end: '0x40000000',
        kind: 'ram',
        name: 'System RAM',
        children: [{ start: '0x1000000', end: '0x1346000', kind: 'ram', name: 'Kernel code' }],
      },
      { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'Persistent RAM', structPages: 'none' },
      { start: '0x50000000', end: '0x80000000', kind: 'ram', name: 'System RAM' },
    ],
    namespaces: [
      {
        name: 'namespace0.0',
        mode: 'raw',
        size: 2 ** 28,
        device: 'pmem0',
        start: '0x40000000',
        end: '0x50000000',
      },
    ],
    swiotlb: { start: '0x7a000000', end: '0x7e000000' },
    marks: [{ start: '0x12345000', end: '0x12346000', text: 'The stray store' }],
  },
  devices: [{ name: 'pmem1', driver: 'pmem', start: '0x40000000', end: '0x48000000' }],
};
const map = new PhysicalMap(spec);
const find = (text: string) => searchMachine(spec, map, text);

describe('a search', () => {
  it.each([
    ['0x12345000', 0x12345],
    ['  0X1234_5FFF ', 0x12345],
    ['pfn 74565', 74565],
    ['PFN 0x12345', 0x12345],
    ['pfn0x12345', 0x12345],
    ['0xffffea000048d140', 0x12345],
    ['0xffff880012345678', 0x12345],
  ])('for %s finds page %d', (text, page) => {
    expect(find(text)).toMatchObject({ ok: true, page, start: page * 4096, end: (page + 1) * 4096 });
  });

  it.each([
    ['namespace0.0', 0x40000000, 0x50000000, 'namespace'],
    ['pmem0', 0x40000000, 0x50000000, 'device'],
    ['pmem1', 0x40000000, 0x48000000, 'device'],
    ['dma32', 0x1000000, 0x80000000, 'zone'],
    ['DMA', 0x100000, 0x1000000, 'zone'],
    ['kernel co', 0x1000000, 0x1346000, 'range'],
    ['Persistent', 0x40000000, 0x50000000, 'range'],
    ['stray', 0x12345000, 0x12346000, 'note'],
    ['swiotlb', 0x7a000000, 0x7e000000, 'pool'],
  ])('for %s finds the bytes of that name', (text, start, end, what) => {
    const found = find(text);
    expect(found).toMatchObject({ ok: true, start, end });
    expect(found.message).toContain(what);
  });

  it('says when a name has several places', () => {
    expect(find('System RAM').message).toContain('first of 2');
  });

  it.each([
    ['', 'Try 0x12345000'],
    ['no such thing', 'Nothing here is called no such thing. Try'],
    ['0x80000000', 'ends at 0x8000_0000'],
    ['pfn 0x80000', 'last page frame is 0x7_ffff'],
    ['pfn 99999999999999999999', 'beyond this machine'],
    ['0xffffc90000000000', 'neither in the direct map nor in the memmap'],
    ['0xffffffffffffffffffffffffffff', 'neither'],
    ['12345000', 'an address (0x12345000) or a page frame (pfn 12345000)'],
  ])('for %j says why nothing was found', (text, why) => {
    const found = find(text);
    expect(found.ok).toBe(false);
    expect(found.message).toContain(why);
  });

  it('finds every page by each of its names, and the same page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7ffff }), fc.integer({ min: 0, max: 4095 }), (pfn, byte) => {
        const physical = (BigInt(pfn) << 12n) | BigInt(byte);
        for (const text of [
          `pfn ${pfn}`,
          `0x${physical.toString(16)}`,
          `0x${pfn_to_page(BigInt(pfn)).toString(16)}`,
          `0x${__va(physical).toString(16)}`,
        ]) {
          expect(find(text)).toMatchObject({ ok: true, page: pfn });
        }
      }),
    );
    expect(X86_64.structPageSize).toBe(64);
  });

  it('never throws, whatever is typed', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(pfn )?(0x)?[0-9a-f_]{0,40}$/));
    fc.assert(
      fc.property(text, (typed) => {
        expect(typeof find(typed).message).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a search on 32-bit', () => {
  const small: MachineSpec = {
    name: 'm',
    kernel: { flavour: '4.1', arch: 'x86-32' },
    memory: { ranges: [{ start: '0x100000', end: '0x60000000', kind: 'ram', name: 'System RAM' }] },
  };
  it('takes an address below the end of memory as physical, and one above PAGE_OFFSET as the direct map', () => {
    const on = (text: string) => searchMachine(small, new PhysicalMap(small), text);
    expect(on('0x12345000')).toMatchObject({ ok: true, page: 0x12345 });
    expect(on('0xd2345000')).toMatchObject({ ok: true, page: 0x12345 });
    // 896 MiB of lowmem: above it there is no direct map.
    expect(on('0xfa345000').ok).toBe(false);
  });
});
