import { describe, expect, it } from 'vitest';
import { readDmaEvents } from '../../src/capture/trace/dma';
import { dmaCases } from '../../src/cli/agree/dma-cases';
import { dmaMachine } from '../../src/cli/agree/dma-machine';
import { capture, captures } from './captures';

const EVENT = /: (?:swiotlb_bounced|dma_(?:un)?map_(?:page|sg)|(?:un)?map): /;

const RUNS: readonly (readonly [run: string, events: number])[] = [
  ['run612-pc', 46],
  ['run612-swiotlb', 363],
  ['run612-iommu', 72],
];

function casesOf(run: string, text: string) {
  const beside = (name: string) => capture(`captures/${run}/${name}`);
  return [
    ...dmaCases(
      readDmaEvents(text),
      dmaMachine(beside('cmdline.txt'), beside('dmesg-selected.txt'), 2 ** 31),
    ),
  ];
}

const tracesOf = (run: string) =>
  captures(/\.trace\.txt$/)
    .filter((path) => path.startsWith(`captures/${run}/`))
    .map((path) => capture(path));

describe('DMA events of 6.12', () => {
  it.each(RUNS)('%s: %d events, each of them a case that agrees', (run, events) => {
    const cases = tracesOf(run).flatMap((text) => casesOf(run, text));
    const lines = tracesOf(run).flatMap((text) => text.split('\n').filter((line) => EVENT.test(line)));
    expect(cases.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(cases).toHaveLength(lines.length);
    expect(lines).toHaveLength(events);
  });

  // The first mapping's address is where the search stood: an input. Any other is compared.
  it.each([
    ['run612-swiotlb', 'a later address', /(dma_addrs=\{0x[0-9a-f]+,)0x7781/, '$10x7782'],
    ['run612-swiotlb', 'an offset into a slot', /dma_addr=779c5c00/, 'dma_addr=779c5800'],
    ['run612-swiotlb', 'a size', /size=4096 FORCE/, 'size=8192 FORCE'],
    ['run612-swiotlb', 'a bounce that is missing', /^.*swiotlb_bounced.*\n/m, ''],
    ['run612-iommu', 'an address that is given again', /(fff00000(?:.|\n)*dma_addr=)fff00000/, '$1ffee0000'],
    ['run612-iommu', 'an address without alignment', /dma_addr=ffeb0000/, 'dma_addr=ffeb1000'],
    ['run612-iommu', 'what is mapped', /paddr=0x0000000040240000/, 'paddr=0x0000000040241000'],
    ['run612-iommu', 'how much is unmapped', /(unmap: .*)size=131072 unm/, '$1size=4096 unm'],
    ['run612-pc', 'an address', /(dma_addrs=\{)0x3412000/, '$10x3413000'],
  ])('%s: a checker notices %s', (run, _what, pattern, instead) => {
    const changed = tracesOf(run)
      .map((text) => [text, text.replace(pattern, instead)] as const)
      .filter(([before, after]) => before !== after);
    expect(changed.length).toBeGreaterThan(0);
    for (const [, text] of changed)
      expect(casesOf(run, text).filter(({ agrees }) => !agrees).length).toBeGreaterThan(0);
  });
});

describe('what an IOMMU joins', () => {
  const line = (text: string) => `              dd-384     [000] .....    64.194300: ${text}\n`;
  const mapped = (iova: string, end: string, paddr: string, size: number) =>
    line(`map: IOMMU: iova=0x${iova} - 0x${end} paddr=0x${paddr} size=${size}`);
  /** Made by hand after the tracepoints of 6.12: three runs of memory, four entries, one segment; a list of PRPs. */
  const trace = [
    mapped('ffff8000', 'ffff9000', '7ee78000', 4096),
    mapped('ffff9000', 'ffffb000', '7ee61000', 8192),
    mapped('ffffb000', 'ffffc000', '7ed9b000', 4096),
    line(
      'dma_map_sg: 0000:00:03.0 dir=TO_DEVICE nents=4/4 ents=1/1 dma_addrs={0xffff8000} sizes={0x3e00} phys_addrs={0x7ee78000,0x7ee61000,0x7ee62000,0x7ed9b000} attrs=NO_WARN',
    ),
    mapped('ffff6000', 'ffff7000', '7ed70000', 4096),
    line(
      'dma_alloc: 0000:00:03.0 dir=BIDIRECTIONAL dma_addr=ffff6000 size=4096 virt_addr=00000000beab2ec4 flags=GFP_ATOMIC attrs=',
    ),
    line('unmap: IOMMU: iova=0xffff8000 - 0xffffc000 size=16384 unmapped_size=16384'),
    line(
      'dma_unmap_sg: 0000:00:03.0 dir=TO_DEVICE phys_addrs={0x7ee78000,0x7ee61000,0x7ee62000,0x7ed9b000} attrs=',
    ),
    line(
      'dma_free: 0000:00:03.0 dir=BIDIRECTIONAL dma_addr=ffff6000 size=4096 virt_addr=00000000beab2ec4 attrs=',
    ),
    line('unmap: IOMMU: iova=0xffff6000 - 0xffff7000 size=4096 unmapped_size=4096'),
    mapped('ffff8000', 'ffffb000', '40000000', 12288),
    line('dma_map_page: 0000:00:03.0 dir=TO_DEVICE dma_addr=ffff8200 size=10000 phys_addr=40000200 attrs='),
  ].join('');

  it('is found in what it mapped; its addresses are given again by their size', () => {
    const cases = casesOf('run612-iommu', trace);
    expect(cases.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(cases).toHaveLength(12);
  });

  it.each([
    ['a segment that is too long', 'sizes={0x3e00}', 'sizes={0x5e00}'],
    ['a run in the wrong place', 'iova=0xffff9000 - 0xffffb000', 'iova=0xffffa000 - 0xffffc000'],
    ['coherent memory where something else is', 'dma_addr=ffff6000', 'dma_addr=ffff9000'],
    ['another address than the one that was freed', 'dma_addr=ffff8200', 'dma_addr=ffff4200'],
  ])('a checker notices %s', (_what, from, to) => {
    const wrong = casesOf('run612-iommu', trace.replace(from, to)).filter(({ agrees }) => !agrees);
    expect(wrong.length).toBeGreaterThan(0);
  });
});
