import { describe, expect, it } from 'vitest';
import { readIomem } from '../../src/capture/iomem';
import { PhysicalMap } from '../../src/engine/memory/physical-map';
import { phys } from '../../src/model/address';
import type { MachineSpec, MemoryRange } from '../../src/model/machine-spec';
import { mapView } from '../../src/host/map-view';
import { layoutMap } from '../../webview/memory-map/layout';
import { capture, captures } from './captures';

function machineOf(path: string): MachineSpec {
  const read = readIomem(capture(path), path);
  if (!read.ok) throw new Error(read.problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
  return {
    name: path,
    kernel: { flavour: '4.1-pfn' },
    memory: { ranges: read.value.ranges },
    devices: read.value.devices,
  };
}

function printed(ranges: readonly MemoryRange[], depth = 0): string[] {
  const digits = (n: number) => n.toString(16).padStart(8, '0');
  return ranges.flatMap((r) => [
    `${'  '.repeat(depth)}${digits(phys(r.start))}-${digits(phys(r.end) - 1)} : ${r.name}`,
    ...printed(r.children ?? [], depth + 1),
  ]);
}

const all = captures(/^iomem.*\.txt$/);

describe('every captured /proc/iomem', () => {
  it('is there', () => expect(all.length).toBeGreaterThan(30));

  it.each(all)('%s is read without loss: printing it gives the same text', (path) => {
    expect(printed(machineOf(path).memory.ranges).join('\n')).toBe(capture(path).trimEnd());
  });

  it.each(all)('%s draws a map that covers every byte once', (path) => {
    const map = new PhysicalMap(machineOf(path));
    let at = 0;
    for (const extent of map.extents) {
      expect(extent.start).toBe(at);
      expect(extent.end).toBeGreaterThan(extent.start);
      at = extent.end;
    }
    expect(map.totals().ram).toBeGreaterThan(2 ** 30);
  });
});

describe.each(all)('%s', (path) => {
  it('is drawn: every byte in a block, the blocks as wide as the picture, at panel and at full width', () => {
    const { extents } = mapView(machineOf(path));
    for (const measures of [
      { width: 268, folded: 10, narrowest: 8, gap: 2 },
      { width: 1300, folded: 34, narrowest: 40, gap: 2 },
    ]) {
      const { blocks, width } = layoutMap(extents, measures);
      expect(blocks.flatMap((b) => b.extents)).toEqual(extents);
      expect(width).toBeCloseTo(measures.width);
      expect(blocks.some((b) => b.kind === 'ram')).toBe(true);
    }
  });
});

/** What `ndctl list` said at the stage an iomem was taken: [iomem, ndctl]. */
const STAGES = [
  ['run612-pc/iomem-2-after-nd_pmem', 'run612-pc/ndctl-list-1-boot'],
  ['run612-pc/iomem-3-fsdax-mapdev', 'run612-pc/ndctl-list-2-fsdax-mapdev'],
  ['run612-pc/iomem-4-devdax', 'run612-pc/ndctl-list-3-devdax'],
  ['run612-pc/iomem-5-sector', 'run612-pc/ndctl-list-4-sector'],
  ['run612-pc/iomem-6-forceraw', 'run612-pc/ndctl-list-5-forceraw'],
  ['run612-nfit-nolabel/iomem-2-after-nd_pmem', 'run612-nfit-nolabel/ndctl-list-1-boot'],
  ['run612-nfit-nolabel/iomem-3-fsdax-mapdev', 'run612-nfit-nolabel/ndctl-list-2-fsdax-mapdev'],
  ['run612-nfit/iomem-2-after-nd_pmem', 'run612-nfit/ndctl-list-1-boot'],
] as const;

describe('struct pages of persistent memory against ndctl', () => {
  it.each(STAGES)('%s: right, or said to be an assumption', (iomem, ndctl) => {
    const listed = /"mode":"(\w+)"(?:,\s*"map":"(\w+)")?/.exec(
      capture(`captures/${ndctl}.json`).replace(/\s*\n\s*/g, ''),
    )!;
    const truth = listed[2] ?? 'none';
    const map = new PhysicalMap(machineOf(`captures/${iomem}.txt`));
    const largest = map.extents
      .filter((e) => e.kind === 'pmem')
      .sort((a, b) => b.end - b.start - (a.end - a.start))[0]!;
    if (largest.structPages !== truth) expect(largest.assumed).toMatch(/ndctl list/);
    else expect(largest.structPages).toBe(truth);
  });

  it('is right without help where the name decides: boot of a legacy range, a raw NFIT range, devdax', () => {
    const pages = (path: string) => {
      const extents = new PhysicalMap(machineOf(`captures/${path}.txt`)).extents.filter(
        (e) => e.kind === 'pmem',
      );
      return extents.sort((a, b) => b.end - b.start - (a.end - a.start))[0]!.structPages;
    };
    expect(pages('run612-pc/iomem-2-after-nd_pmem')).toBe('mem');
    expect(pages('run612-nfit-nolabel/iomem-2-after-nd_pmem')).toBe('none');
    expect(pages('run612-pc/iomem-4-devdax')).toBe('mem');
  });

  it('has no pages before a driver claims the range, nor in 4.1', () => {
    for (const path of [
      'captures/run612-pc/iomem-1-before-nd_e820.txt',
      'captures-2015/plain-4.1.3/iomem.txt',
    ]) {
      expect(new PhysicalMap(machineOf(path)).totals()).toMatchObject({
        pmem: 2 ** 28,
        pmemWithoutPages: 2 ** 28,
        memmapSaved: 2 ** 22,
      });
    }
  });
});
