import { describe, expect, it } from 'vitest';
import { armIommu } from '../../../../src/engine/dma/iommu/arm-iommu';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { DMA_TO_DEVICE, type DmaDevice } from '../../../../src/engine/dma/dma-ops';
import { dma_map_pfn, dmaPfnForm } from '../../../../src/engine/dma/mapping';
import { microblaze } from '../../../../src/engine/dma/microblaze';
import { nommu } from '../../../../src/engine/dma/nommu';
import { formOfV1 } from '../../../../src/engine/dma/scatterlist/form';
import { sgPageOf, type SgPage } from '../../../../src/engine/dma/scatterlist/sg-page';

const device: DmaDevice = { name: 'dev', dma_mask: 2 ** 32 - 1, seg_boundary_mask: 0xffffffff };
const page = { pfn: 0x1234, dev: 0, offset: 16, size: 512 };
const pageless = { ...page, pfn: 0x40000, dev: 1 };
const x86 = nommu(() => undefined);
const arm = (sg_page?: SgPage) => armIommu({ base: 0x80000000, pages: 1024, sg_page });

describe('dma_map_pfn', () => {
  it('is there when the series is, in the form its posting has', () => {
    expect(dmaPfnForm({ flavour: '4.1' })).toBe('off');
    expect(dmaPfnForm({ flavour: '4.1-pfn' })).toBe('on');
    expect(dmaPfnForm({ flavour: '4.1-pfn', posting: 'v5' })).toBe('fallback');
    expect(dmaPfnForm({ flavour: '6.12' })).toBe('off');
    expect(dma_map_pfn('off', x86, device, page, DMA_TO_DEVICE)).toBe('no-build');
  });

  it('needs no page where the ops are converted', () => {
    for (const form of ['on', 'fallback'] as const)
      expect(dma_map_pfn(form, x86, device, pageless, DMA_TO_DEVICE)).toEqual({
        bus: 0x40000010,
        error: false,
      });
  });

  it('jumps to NULL where HAVE_DMA_PFN is on and the ops are not converted', () => {
    expect(() => dma_map_pfn('on', arm(), device, page, DMA_TO_DEVICE)).toThrow(/arm-iommu has no ->map_pfn/);
  });

  it('falls back to the page, and maps nonsense where there is none', () => {
    const ops = microblaze();
    expect(dma_map_pfn('fallback', ops, device, page, DMA_TO_DEVICE)).toEqual({
      bus: 0x1234010,
      error: false,
    });
    // page_to_pfn(NULL) is 0x5800000000 (captures: v1pfn.csv, V1INIT).
    expect(dma_map_pfn('fallback', ops, device, pageless, DMA_TO_DEVICE)).toEqual({
      bus: 0x5800000000 * 4096 + 16,
      error: false,
    });
  });
});

describe("lists, as the series' sg_phys() cleanups see them", () => {
  const list = (...entries: [phys: number, length: number, dev?: number][]) => {
    const sg = new SgTable();
    for (const [phys, length, dev = 0] of entries) sg.add(phys, length, dev);
    return sg;
  };
  const mapped = (sg: SgTable, nents: number) =>
    Array.from({ length: nents }, (_, i) => [sg.dma_address[i], sg.dma_length[i]]);

  it.each([
    ['microblaze', microblaze],
    ['arm', arm],
  ])('%s: before them a page-less entry is a BUG, with them it is mapped', (_name, ops) => {
    const sg = list([0x40000000, 4096, 1]);
    expect(() => ops(sgPageOf(formOfV1())).map_sg(device, sg, DMA_TO_DEVICE)).toThrow(/sg_page/);
    expect(ops().map_sg(device, sg, DMA_TO_DEVICE)).toBe(1);
  });

  it('arm joins entries where whole pages meet, and only there', () => {
    const ops = arm();
    const sg = list([0x1200, 0xe00], [0x5000, 4096], [0x9000, 512], [0xa000, 4096]);
    const nents = ops.map_sg(device, sg, DMA_TO_DEVICE);
    expect(mapped(sg, nents)).toEqual([
      [0x80000200, 0xe00 + 4096 + 512],
      [0x80003000, 4096],
    ]);
    expect(ops.reach!(device, 0x80001004)).toBe(0x5004);
    ops.unmap_sg(device, sg, DMA_TO_DEVICE);
    expect(ops.reach!(device, 0x80001004)).toBeUndefined();
  });

  it('arm joins no further than the longest segment of the device', () => {
    const sg = list([0, 0x8000], [0x10000, 0x8000], [0x20000, 0x1000]);
    expect(arm().map_sg(device, sg, DMA_TO_DEVICE)).toBe(2);
  });

  it('arm gives everything back where the I/O space is full', () => {
    const ops = armIommu({ base: 0, pages: 4 });
    const sg = list([0, 512], [0x2000 + 512, 512], [0x4000 + 512, 0x4000]);
    expect(ops.map_sg(device, sg, DMA_TO_DEVICE)).toBe(0);
    expect(ops.map_sg(device, list([0, 0x4000]), DMA_TO_DEVICE)).toBe(1);
  });
});
