import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareView, otherMachine } from '../../../src/host/compare-view';
import { openMachine } from '../../../src/host/machine-view';
import { readDocument, writeDocument } from '../../../src/model/document';
import type { BioscopeDocument, CompareChoice } from '../../../src/model/machine-spec';

const presets = join(__dirname, '../../../media/presets');

function compared(name: string, compare: CompareChoice, io = 0) {
  const read = readDocument(readFileSync(join(presets, `${name}.bioscope.json`), 'utf8'));
  if (!read.ok) throw new Error(read.problems[0]!.message);
  const document: BioscopeDocument = { ...read.document, compare };
  return compareView(openMachine(document, []), document, otherMachine(document, 99), io);
}

const differing = (rows: readonly { what: string; differs: boolean }[]) =>
  rows.filter(({ differs }) => differs).map(({ what }) => what);

describe('a comparison', () => {
  it('of a machine with itself has no difference', () => {
    const view = compared('bounced-on-the-way', {});
    expect(differing(view.counts)).toEqual([]);
    expect(differing(view.outcomes)).toEqual([]);
    expect(view.pairs.length).toBeGreaterThan(5);
    expect(view.pairs.every(({ mark }) => mark === 'same')).toBe(true);
  });

  it('shows what bouncing costs beside an IOMMU', () => {
    const view = compared('bounced-on-the-way', {
      dma: { hardware: 'intel-vtd', cmdline: 'intel_iommu=on' },
    });
    expect(differing(view.counts)).toContain('of it through the swiotlb pool');
    expect(view.pairs.some(({ function: name, mark }) => name === 'swiotlb_bounce' && mark === 'left')).toBe(
      true,
    );
    expect(view.other?.revision).toBe(99);
  });

  it('shows two kernels, each doing what it alone does', () => {
    const view = compared('plug-and-merge', { kernel: { flavour: '6.12' } });
    const alone = (side: string) =>
      view.pairs.filter(({ mark }) => mark === side).map((pair) => pair.function);
    expect(alone('left')).toEqual([]);
    expect(alone('right')).toEqual(['block_io_start']);
    expect(differing(view.counts)).toEqual(expect.arrayContaining(['merges', 'bios bounced']));
  });

  it('tells that a full bio ends an I/O of 4.1, and cuts vectors at pages', () => {
    const view = compared('split-at-submit', { kernel: { flavour: '4.1' } });
    expect(view.changed).toHaveLength(2);
    expect(view.outcomes[0]!.right).toMatch(/^not submitted: bio_add_page: 520 sectors > max_sectors 512/);
  });

  it('says why the other machine cannot run the workload', () => {
    const other = { name: 'bare', kernel: { flavour: '4.1' }, memory: { ranges: [] } } as const;
    const view = compared('plug-and-merge', { machine: { ...other, memory: { ranges: [] } } });
    expect(view.refused[0]).toMatch(/there is no device named/);
    expect(view.counts).toEqual([]);
  });

  it('is kept in the document', () => {
    const document: BioscopeDocument = {
      bioscope: 1,
      machine: { name: 'a', kernel: { flavour: '4.1' }, memory: { ranges: [] } },
      compare: { kernel: { flavour: '4.1-pfn', posting: 'v5' }, dma: { hardware: 'xen' } },
    };
    const read = readDocument(writeDocument(document));
    expect(read.ok && read.document).toEqual(document);
  });
});
