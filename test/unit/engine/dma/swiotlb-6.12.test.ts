import { describe, expect, it } from 'vitest';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { dmaDirect } from '../../../../src/engine/dma/direct-6.12';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
} from '../../../../src/engine/dma/dma-ops';
import {
  DMA_MAPPING_ERROR,
  Swiotlb612,
  swiotlb_max_mapping_size,
} from '../../../../src/engine/dma/swiotlb/swiotlb-6.12';
import { FULL, IO_TLB_SEGSIZE, IO_TLB_SIZE } from '../../../../src/engine/dma/swiotlb/swiotlb-pool';
import { SwiotlbPool612, slotOffset } from '../../../../src/engine/dma/swiotlb/swiotlb-pool-6.12';
import { PhysicalBytes } from '../../../../src/engine/memory/bytes';
import { randomFrom } from '../../capture/mutate';

const START = 0x77800000;
const HIGH = 0x1_0000_0000;
const device = (more: Partial<DmaDevice> = {}): DmaDevice => ({
  name: 'd',
  dma_mask: 0xffffffff,
  seg_boundary_mask: 0xffffffff,
  ...more,
});

function bench(pool: SwiotlbPool612, cpu = () => 0) {
  const bytes = new PhysicalBytes();
  const said: string[] = [];
  const printk = (message: string) => said.push(message);
  const swiotlb = new Swiotlb612({
    pool,
    printk,
    cpu,
    copy: (from, to, length) => bytes.copy(from, to, length),
  });
  return { bytes, said, ops: dmaDirect({ swiotlb, printk }) };
}

describe('the pool of 6.12', () => {
  it.each([
    ['one area', 1, 0, 0xffffffff],
    ['NVMe, four areas', 4, 4095, 0xffffffff],
    ['64 KiB kept, a boundary of 64 KiB', 2, 65535, 0xffff],
    ['no wish, 3 CPUs', 3, 0, 0xffffffff],
  ])(
    'over 1,000,000 steps gives no slot twice, loses none, and keeps what it has to: %s',
    { timeout: 120_000 },
    (_name, areas, min_align_mask, boundary) => {
      const pool = new SwiotlbPool612(START, 4096, areas);
      const fresh = pool.list.slice();
      const owner = new Int32Array(pool.nslabs).fill(-1);
      const live: { at: number; slot: number; slots: number }[] = [];
      const d = device({ min_align_mask, seg_boundary_mask: boundary });
      const next = randomFrom(areas + min_align_mask);
      const wrong = new Set<string>();
      for (let step = 0; step < 1_000_000; step++) {
        if (live.length > 0 && next(100) < 49) {
          const which = next(live.length);
          const { at, slot, slots } = live[which]!;
          live[which] = live.at(-1)!;
          live.pop();
          owner.fill(-1, slot, slot + slots);
          pool.swiotlb_release_slots(d, at);
          continue;
        }
        const orig = HIGH + next(2 ** 30);
        const size = 1 + next(next(20) === 0 ? 200_000 : 16384);
        const total = size + slotOffset(d, orig);
        const slot = pool.swiotlb_find_slots(d, next(8), orig, total);
        if (slot === FULL) continue;
        const slots = Math.ceil(total / IO_TLB_SIZE);
        const last = slot + slots - 1;
        const at = START + slot * IO_TLB_SIZE + slotOffset(d, orig);
        if (Math.floor(slot / IO_TLB_SEGSIZE) !== Math.floor(last / IO_TLB_SEGSIZE)) wrong.add('group');
        if (Math.floor(slot / pool.area_nslabs) !== Math.floor(last / pool.area_nslabs)) wrong.add('area');
        if (at % (min_align_mask + 1) !== orig % (min_align_mask + 1)) wrong.add('low bits');
        if (min_align_mask === 0 && total >= 4096 && at % 4096 !== 0) wrong.add('page');
        const begin = START + slot * IO_TLB_SIZE;
        if (
          Math.floor(begin / (boundary + 1)) !==
          Math.floor((begin + slots * IO_TLB_SIZE - 1) / (boundary + 1))
        )
          wrong.add('boundary');
        for (let i = slot; i <= last; i++) {
          if (owner[i] !== -1) wrong.add('a slot twice');
          owner[i] = step;
        }
        live.push({ at, slot, slots });
      }
      expect([...wrong]).toEqual([]);
      expect(pool.used).toBe(owner.filter((step) => step !== -1).length);
      for (const { at } of live) pool.swiotlb_release_slots(d, at);
      expect(pool.used).toBe(0);
      expect(pool.list).toEqual(fresh);
    },
  );

  it('has an area for each CPU, a power of two of them, none below 128 slots', () => {
    const areas = (nslabs: number, cpus: number) => new SwiotlbPool612(START, nslabs, cpus).areas.length;
    expect([areas(32768, 1), areas(32768, 6), areas(512, 16), areas(32768, 256)]).toEqual([1, 8, 4, 256]);
  });

  it('goes on to the next area when one is full', () => {
    const pool = new SwiotlbPool612(START, 512, 2);
    const size = IO_TLB_SEGSIZE * IO_TLB_SIZE;
    const slots = [1, 1, 1, 1, 1].map((cpu) => pool.swiotlb_find_slots(device(), cpu, HIGH, size));
    expect(slots).toEqual([256, 384, 0, 128, FULL]);
  });
});

describe('a round trip', () => {
  it('brings the device what memory held, and memory what the device wrote, whatever it did not write', () => {
    const pool = new SwiotlbPool612(START, 1024, 2);
    const next = randomFrom(9);
    const { bytes, ops, said } = bench(pool, () => next(2));
    const same = (a: Uint8Array, b: Uint8Array) => expect(Buffer.compare(a, b)).toBe(0);
    for (let step = 0; step < 5000; step++) {
      const d = device(next(2) === 0 ? {} : { min_align_mask: 4095 });
      const size = 1 + next(20_000);
      const phys = (next(2) === 0 ? HIGH : 0x100000) + next(64) * 4096 + next(4096);
      const dir = [DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE][next(3)] as DmaDirection;
      bytes.fill(phys, size, step);
      const { bus, error } = ops.map_page(d, phys, size, dir);
      expect(error).toBe(false);
      expect(pool.holds(bus)).toBe(phys >= HIGH);
      // Also from a device: what it does not write comes back as it was.
      same(bytes.read(phys, size), bytes.read(bus, size));
      if (dir !== DMA_TO_DEVICE) bytes.fill(bus, 1 + next(size), step + 1);
      const written = bytes.read(bus, size);
      const part = next(size);
      ops.sync_for_cpu!(d, bus + part, size - part, dir);
      same(bytes.read(phys + part, size - part), written.subarray(part));
      ops.unmap_page(d, bus, size, dir);
      same(bytes.read(phys, size), written);
    }
    expect(pool.used).toBe(0);
    expect(said).toEqual([]);
  });
});

describe('what cannot be mapped', () => {
  it('is refused with the pool’s numbers, and there is no buffer to fall back to', () => {
    const { ops, said } = bench(new SwiotlbPool612(START, 128));
    expect(ops.map_page(device(), HIGH, 4096, DMA_TO_DEVICE).error).toBe(false);
    expect(ops.map_page(device(), HIGH, 262_144, DMA_TO_DEVICE)).toEqual({
      bus: DMA_MAPPING_ERROR,
      error: true,
    });
    expect(said).toEqual(['d: swiotlb buffer is full (sz: 262144 bytes), total 128 (slots), used 2 (slots)']);
  });

  it('is 256 KiB and a byte; with an offset less, so that NVMe asks for 252 KiB at most', () => {
    const d = device({ min_align_mask: 4095 });
    const { ops } = bench(new SwiotlbPool612(START, 512));
    const largest = swiotlb_max_mapping_size(d);
    expect([largest, swiotlb_max_mapping_size(device())]).toEqual([258_048, 262_144]);
    for (const offset of [0, 512, 4095])
      expect(ops.map_page(d, HIGH + offset, largest, DMA_TO_DEVICE).error).toBe(false);
    expect(ops.map_page(device(), HIGH, 262_145, DMA_TO_DEVICE).error).toBe(true);
  });

  it('gives the slots of a list back that came to no end', () => {
    const pool = new SwiotlbPool612(START, 128);
    const { ops } = bench(pool);
    const sg = new SgTable();
    for (let i = 0; i < 5; i++) sg.add(HIGH + i * 65536, 65536, 0);
    expect(ops.map_sg(device(), sg, DMA_FROM_DEVICE)).toBe(0);
    expect(pool.used).toBe(0);
  });

  it('is what a device cannot reach where there is no pool, or where the pool is out of reach, too', () => {
    const said: string[] = [];
    const ops = dmaDirect({ printk: (text) => said.push(text) });
    expect(ops.map_page(device(), HIGH, 512, DMA_TO_DEVICE).error).toBe(true);
    expect(said[0]).toBe('d: DMA addr 0x0000000100000000+512 overflow (mask ffffffff, bus limit 0).');
    const pool = new SwiotlbPool612(START, 128);
    const narrow = bench(pool);
    expect(narrow.ops.map_page(device({ dma_mask: 0xffffff }), HIGH, 512, DMA_TO_DEVICE).error).toBe(true);
    expect(narrow.said[0]).toBe(
      'd: swiotlb addr 0x0000000077800000+512 overflow (mask ffffff, bus limit 0).',
    );
    expect(pool.used).toBe(0);
  });
});
