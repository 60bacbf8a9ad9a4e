import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dmaView } from '../../../src/host/dma-view';
import { openMachine } from '../../../src/host/machine-view';
import { readDocument } from '../../../src/model/document';
import type { BioscopeDocument } from '../../../src/model/machine-spec';
import type { PostingName } from '../../../src/model/flavour';

const presets = join(__dirname, '../../../media/presets');

function preset(name: string): BioscopeDocument {
  const read = readDocument(readFileSync(join(presets, `${name}.bioscope.json`), 'utf8'));
  if (!read.ok) throw new Error(read.problems[0]!.message);
  return read.document;
}

function viewOf(document: BioscopeDocument, io = 0) {
  const opened = openMachine(document, []);
  return dmaView({ ...opened, spec: document.machine }, opened.view.workload[io]!.bio);
}

const withPosting = (posting: PostingName): BioscopeDocument => {
  const document = preset('page-less-dma');
  const { machine } = document;
  return { ...document, machine: { ...machine, kernel: { flavour: '4.1-pfn', posting } } };
};

describe('the DMA view', () => {
  it('shows what each function of v1 makes of an entry without a page', () => {
    const [request] = viewOf(preset('page-less-dma')).requests;
    const gives = Object.fromEntries(request!.readings.map(({ call, gives: what }) => [call, what]));
    expect(gives['sg_phys()']).toBe('0x40000000');
    expect(gives['sg_page()']).toMatch(/BUG/);
    expect(gives['sg_virt()']).toBe('0xffff880040000000');
    expect(gives['scatterwalk_map_and_copy()']).toMatch(/BUG/);
  });

  it('shows dma_map_pfn() as the posting has it, ops by ops', () => {
    const pfnOf = (document: BioscopeDocument, io = 0) =>
      Object.fromEntries(viewOf(document, io).requests[0]!.byOps.map(({ name, mapPfn }) => [name, mapPfn]));
    const v1 = pfnOf(preset('page-less-dma'));
    expect(v1['nommu']).toBe('0x40000000');
    expect(v1['intel']).toBe('0xfffff000');
    expect(v1['swiotlb, forced']).toMatch(/paging request at ffff880040000000/);
    expect(v1['arm-iommu']).toMatch(/arm-iommu has no ->map_pfn/);
    expect(v1['microblaze']).toMatch(/microblaze has no ->map_pfn/);
    // v5's block layer takes no page-less bio: its second I/O has pages, and falls back to them.
    expect(pfnOf(withPosting('v5'), 1)['microblaze']).toBe('0x1000000');
    expect(pfnOf(preset('bounced-on-the-way'))['nommu']).toBe('this kernel has no dma_map_pfn()');
  });

  it('says that nothing reaches a device where nothing does', () => {
    const view = viewOf(preset('pageless-bio'));
    expect(view.requests).toEqual([]);
    expect(view.none).not.toBe('');
    expect(view.ops).toBe('');
  });
});
