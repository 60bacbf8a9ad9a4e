import { describe, expect, it } from 'vitest';
import { SgTable } from '../../src/engine/block/sg-table';
import {
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
} from '../../src/engine/dma/dma-ops';
import { nommu } from '../../src/engine/dma/nommu';
import { formOfV1 } from '../../src/engine/dma/scatterlist/form';
import { sgPageOf } from '../../src/engine/dma/scatterlist/sg-page';
import { swiotlb } from '../../src/engine/dma/swiotlb/swiotlb';
import { SwiotlbPool } from '../../src/engine/dma/swiotlb/swiotlb-pool';
import { PhysicalBytes } from '../../src/engine/memory/bytes';
import { DirectMap } from '../../src/engine/memory/direct-map';
import { PhysicalMap } from '../../src/engine/memory/physical-map';
import { Oops } from '../../src/engine/oops';
import { simulate } from '../../src/engine/machine';
import type { MachineSpec } from '../../src/model/machine-spec';
import type { Io } from '../../src/model/workload-spec';
import { readIomem } from '../../src/capture/iomem';
import { capture } from './captures';

/** What v1 left broken, as the fault the real kernel printed. How its bios end is in `bioscope agree`. */
/** The guest the series ran in, with a promise no driver of it makes: brd handles page-less bios. */
function guest(): MachineSpec {
  const iomem = readIomem(capture('captures-2015/v1-on-4.0/iomem.txt'));
  if (!iomem.ok) throw new Error('iomem.txt is not what it was');
  return {
    name: 'v1-on-4.0',
    kernel: { flavour: '4.1-pfn', posting: 'v1' },
    memory: { ranges: iomem.value.ranges },
    devices: [{ name: 'ram0', driver: 'brd', sectors: 131072, queue: { pfn: true } }],
  };
}

describe('a page-less write to brd with the queue flag set', () => {
  const write: Io = {
    op: 'write',
    device: 'ram0',
    sector: 0,
    add: 'bio_add_pfn',
    vecs: [{ pfn: '0x40000', offset: 0, len: 4096 }],
  };

  it('dies in v1 where the real kernel died: same address, same function', () => {
    const { address, where } = fault('brd');
    const { outcomes } = simulate(guest(), [write]);
    expect(outcomes[0]).toMatchObject({
      state: 'oops',
      because: `BUG: unable to handle kernel paging request at ${address}, in ${where}`,
    });
  });
});

/** An oops text: the address that was touched, and the function; or the line of scatterlist.h with the BUG. */
function fault(name: string) {
  const text = capture(`captures-2015/v1-on-4.0/oops/${name}.txt`);
  const find = (pattern: RegExp) => pattern.exec(text)?.[1];
  return {
    text,
    address: find(/paging request at ([0-9a-f]{16})/),
    where: find(/IP: \[<[0-9a-f]+>\] (\w+)\+/),
    bug: find(/kernel BUG at include\/linux\/scatterlist\.h:(\d+)!/),
  };
}

function oopsOf(run: () => unknown): Oops {
  try {
    run();
  } catch (error) {
    if (error instanceof Oops) return error;
    throw error;
  }
  throw new Error('it did not die');
}

const device = (dma_mask: number): DmaDevice => ({ name: 'd', dma_mask, seg_boundary_mask: 0xffffffff });

describe('a scatterlist entry without a page', () => {
  const v1 = formOfV1();
  const pageless = () => v1.sg_set_pfn!(v1.blank, 0x40000n, 4096, 0);
  /** The line of a BUG_ON names its function: of these two, which the test module called itself, we know which. */
  const SG_SET_PAGE = fault('bug_sg_off').bug;
  const SG_PAGE = fault('bug_sg_page').bug;

  it('takes no offset beyond an unsigned short: BUG in sg_set_page', () => {
    const [, offset] = /sg_set_page with offset (\d+)/.exec(fault('bug_sg_off').text)!;
    expect(SG_SET_PAGE).toBeDefined();
    expect(oopsOf(() => v1.sg_set_page(v1.blank, 0n, 4096, Number(offset))).where).toBe('sg_set_page');
    expect(v1.place(v1.sg_set_page(v1.blank, 0n, 4096, Number(offset) - 1)).offset).toBe(65535);
  });

  it('has an address, no flags and no page: BUG in sg_page', () => {
    const [, phys, flags] = /sg_phys of page-less = (\w+) flags=(\d+)/.exec(fault('bug_sg_page').text)!;
    expect(v1.sg_phys(pageless())).toBe(BigInt(phys!));
    expect(pageless()).toMatchObject({ sg_flags: Number(flags) });
    expect(SG_PAGE).not.toBe(SG_SET_PAGE);
    expect(oopsOf(() => v1.sg_page(pageless())).where).toBe('sg_page');
  });

  it('kills dma_map_sg of nommu: not by its own test, but in sg_page, which it calls for that', () => {
    const { text, bug } = fault('bug_nommu_sg');
    const [, pfn] = /dma_map_sg\(page-less (\w+)\) ops=nommu_map_sg/.exec(text)!;
    const sg = new SgTable();
    sg.add(0x100000, 4096, 0);
    sg.add(Number(pfn) * 4096, 4096, 1);
    const ops = nommu(() => undefined, sgPageOf(v1));
    expect(bug).toBe(SG_PAGE);
    expect(oopsOf(() => ops.map_sg(device(2 ** 64), sg, DMA_TO_DEVICE)).where).toBe('sg_page');
    // An entry that has its page, however wrong that pointer is, passes.
    sg.dev.fill(0);
    expect(ops.map_sg(device(2 ** 64), sg, DMA_TO_DEVICE)).toBe(2);
  });
});

describe('page-less memory that has to bounce', () => {
  function map(phys: number, size: number, dir: DmaDirection, mask: number, force: boolean) {
    const { memcpy } = new DirectMap(new PhysicalMap(guest()), new PhysicalBytes());
    const ops = swiotlb({
      pool: new SwiotlbPool(0x3c000000, 512),
      overflow_buffer: 0x3bff0000,
      force,
      copy: memcpy,
      printk: () => undefined,
    });
    return oopsOf(() => ops.map_page(device(mask), phys, size, dir));
  }

  it('to a device that cannot reach it: the copy into the pool faults', () => {
    const { text, address, where } = fault('swiotlb-bounce-pageless');
    const [, pfn, mask] = /dma_map_pfn\(page-less (\w+), TO_DEVICE\) mask=(\w+)/.exec(text)!;
    const oops = map(Number(pfn) * 4096, 4096, DMA_TO_DEVICE, Number(mask), false);
    expect(oops.where).toBe(where);
    expect(oops.address.toString(16)).toBe(address);
  });

  it('from a device that cannot even reach the pool: giving the slots back copies over the buffer, and faults', () => {
    const { text, address, where } = fault('swiotlb-force-notcapable-unmap-pageless');
    // The arguments lie on the stack of swiotlb_map_pfn and in the registers of the copy.
    const pfn = 0x7ffff;
    expect(text).toContain(` ${pfn.toString(16).padStart(16, '0')} `);
    const offset = parseInt(/R10: ([0-9a-f]{16})/.exec(text)![1]!, 16);
    const size = parseInt(/RCX: ([0-9a-f]{16})/.exec(text)![1]!, 16) * 8;
    const oops = map(pfn * 4096 + offset, size, DMA_FROM_DEVICE, 0xffffff, true);
    expect(oops.where).toBe(where);
    expect(oops.address.toString(16)).toBe(address);
  });
});
