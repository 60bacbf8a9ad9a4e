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
