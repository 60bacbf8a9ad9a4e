import { describe, expect, it } from 'vitest';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
} from '../../../../src/engine/dma/dma-ops';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { swiotlb } from '../../../../src/engine/dma/swiotlb/swiotlb';
import {
  FULL,
  IO_TLB_SEGSIZE,
  IO_TLB_SIZE,
  SwiotlbPool,
} from '../../../../src/engine/dma/swiotlb/swiotlb-pool';
import { PhysicalBytes } from '../../../../src/engine/memory/bytes';

/** A small generator of our own, so that a million steps cost no more than the steps. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const START = 0x7f700000;
const LARGEST = IO_TLB_SEGSIZE * IO_TLB_SIZE;

describe('the pool', () => {
  it.each([0xffffffff, 0xffff, 0x3fff])(
    'over 1,000,000 steps gives no slot twice, loses none, and crosses neither group nor boundary %s',
    { timeout: 60_000 },
    (boundary) => {
      const pool = new SwiotlbPool(START, 4096);
      const fresh = pool.list.slice();
      const owner = new Int32Array(pool.nslabs).fill(-1);
      const live: { slot: number; size: number }[] = [];
      const next = random(boundary);
      const wrong: string[] = [];
      for (let step = 0; step < 1_000_000; step++) {
        if (live.length > 0 && next(100) < 49) {
          const at = next(live.length);
          const { slot, size } = live[at]!;
          live[at] = live.at(-1)!;
          live.pop();
          owner.fill(-1, slot, slot + Math.ceil(size / IO_TLB_SIZE));
          pool.swiotlb_tbl_unmap_single(slot, size);
          continue;
        }
        const size = 1 + next(next(20) === 0 ? LARGEST : 16384);
        const slot = pool.swiotlb_tbl_map_single(0, size, boundary);
        if (slot === FULL) continue;
        const slots = Math.ceil(size / IO_TLB_SIZE);
        const last = slot + slots - 1;
        if (Math.floor(slot / IO_TLB_SEGSIZE) !== Math.floor(last / IO_TLB_SEGSIZE))
          wrong.push(`group at ${step}`);
        const bus = START + slot * IO_TLB_SIZE;
        if (Math.floor(bus / (boundary + 1)) !== Math.floor((bus + slots * IO_TLB_SIZE - 1) / (boundary + 1)))
          wrong.push(`boundary at ${step}`);
        for (let i = slot; i <= last; i++) {
          if (owner[i] !== -1) wrong.push(`slot ${i} twice at ${step}`);
          owner[i] = step;
        }
        live.push({ slot, size });
      }
      expect(wrong).toEqual([]);
      expect(pool.used).toBe(owner.filter((step) => step !== -1).length);
      for (const { slot, size } of live) pool.swiotlb_tbl_unmap_single(slot, size);
      expect(pool.used).toBe(0);
      expect(pool.list).toEqual(fresh);
      expect(pool.orig_addr.every((orig) => orig === -1)).toBe(true);
    },
  );

  it('is full for 256 KiB and a byte, whatever is free: a mapping stays in its group of 128 slots', () => {
    const pool = new SwiotlbPool(START, 32768);
    expect(pool.swiotlb_tbl_map_single(0, LARGEST + 1, 0xffffffff)).toBe(FULL);
    expect(pool.swiotlb_tbl_map_single(0, LARGEST, 0xffffffff)).toBe(0);
    expect(pool.used).toBe(IO_TLB_SEGSIZE);
  });

  it('dies of a mapping of no bytes', () => {
    expect(() => new SwiotlbPool(START, 128).swiotlb_tbl_map_single(0, 0, 0xffffffff)).toThrow(/BUG/);
  });
});

describe('a round trip through the pool', () => {
  const device: DmaDevice = { name: 'device', dma_mask: 0xffffffff, seg_boundary_mask: 0xffffffff };
  const HIGH = 0x1_0000_0000;

  it('brings the device what memory held, and memory what the device wrote; a device that reaches it needs none', () => {
    const bytes = new PhysicalBytes();
    const pool = new SwiotlbPool(START, 512);
    const messages: string[] = [];
    const ops = swiotlb({
      pool,
      overflow_buffer: 0x7f841000,
      force: false,
      copy: (from, to, length) => {
        bytes.copy(from, to, length);
      },
      printk: (message) => messages.push(message),
    });
    const next = random(1);
    const same = (at: number, to: number, length: number) =>
      expect(Buffer.compare(bytes.read(at, length), bytes.read(to, length))).toBe(0);
    for (let step = 0; step < 5000; step++) {
      const size = 1 + next(20_000);
      const phys = (next(2) === 0 ? HIGH : 0x100000) + next(64) * 4096 + next(4096);
      const dir = [DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE][next(3)] as DmaDirection;
      bytes.fill(phys, size, step);
      const { bus, error } = ops.map_page(device, phys, size, dir);
      expect(error).toBe(false);
      expect(pool.holds(bus)).toBe(phys >= HIGH);
      if (dir !== DMA_FROM_DEVICE) same(phys, bus, size);
      if (dir !== DMA_TO_DEVICE) bytes.fill(bus, size, step + 1);
      const written = bytes.read(bus, size);
      ops.unmap_page(device, bus, size, dir);
      expect(Buffer.compare(bytes.read(phys, size), written)).toBe(0);
    }
    expect(pool.used).toBe(0);
    expect(messages).toEqual([]);
  });

  it('names the overflow buffer where the pool is full, and says so; a list is then not mapped at all', () => {
    const messages: string[] = [];
    const pool = new SwiotlbPool(START, 128);
    const printk = (message: string) => messages.push(message);
    const ops = swiotlb({ pool, overflow_buffer: 0x7f841000, force: true, copy: () => undefined, printk });
    const entries = new SgTable();
    for (const length of [4096, LARGEST]) entries.add(0, length, 0);
    expect(ops.map_sg(device, entries, DMA_TO_DEVICE)).toBe(0);
    expect(entries.dma_length[0]).toBe(0);
    expect(pool.used).toBe(0);
    expect(ops.map_page(device, 0, LARGEST + 1, DMA_TO_DEVICE)).toEqual({ bus: 0x7f841000, error: true });
    expect(messages).toEqual([
      'device: swiotlb buffer is full (sz: 262144 bytes)',
      'DMA: Out of SW-IOMMU space for 262144 bytes at device device',
      'device: swiotlb buffer is full (sz: 262145 bytes)',
      'DMA: Out of SW-IOMMU space for 262145 bytes at device device',
    ]);
  });
});
