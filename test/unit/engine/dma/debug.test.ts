import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { debugged } from '../../../../src/engine/dma/debug';
import { DmaDebug, type DmaDebugOptions } from '../../../../src/engine/dma/debug/dma-debug';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
  type DmaDevice,
  type DmaDirection,
} from '../../../../src/engine/dma/dma-ops';
import { nommu } from '../../../../src/engine/dma/nommu';
import { randomFrom } from '../../capture/mutate';

const device: DmaDevice = { name: 'd', dma_mask: 2 ** 64, seg_boundary_mask: 0xffffffff };

function bench(options: Partial<DmaDebugOptions> = {}) {
  const said: string[] = [];
  const debug = new DmaDebug({
    report: (_device, { by, message }) => said.push(`${by}: ${message}`),
    printk: (message) => said.push(message),
    all_errors: true,
    ...options,
  });
  return {
    ops: debugged(
      nommu(() => undefined),
      debug,
    ),
    debug,
    said,
  };
}
type Bench = ReturnType<typeof bench>;

const DIRECTIONS = [DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE] as const;
const pick = (next: (below: number) => number): DmaDirection => DIRECTIONS[next(3)]!;

describe('a driver that does everything right', () => {
  it('is never reported, in 1,000,000 steps, and leaves no entry behind', { timeout: 60_000 }, () => {
    const { ops, debug, said } = bench();
    const next = randomFrom(5);
    const undo: (() => void)[] = [];
    for (let step = 0; step < 1_000_000; step++) {
      if (undo.length > 200 || (undo.length > 0 && next(2) === 0)) {
        const at = next(undo.length);
        const one = undo[at]!;
        undo[at] = undo.at(-1)!;
        undo.pop();
        one();
        continue;
      }
      // Buffers apart: a sync inside two mappings that overlap cannot be told by 4.1.
      const phys = 2 ** 20 * (1 + step) + next(4096);
      const size = 1 + next(65536);
      const dir = pick(next);
      const kind = next(3);
      if (kind === 2) {
        const sg = new SgTable();
        const entries = 1 + next(8);
        for (let i = 0; i < entries; i++) sg.add(phys + i * 65536, 1 + next(65536), 0);
        ops.map_sg(device, sg, dir);
        undo.push(() => ops.unmap_sg(device, sg, dir));
        continue;
      }
      const single = kind === 1;
      const { bus } = single
        ? ops.map_single(device, phys, size, dir)
        : ops.map_page(device, phys, size, dir);
      ops.dma_mapping_error(device, bus);
      const within = next(size);
      if (dir !== DMA_TO_DEVICE) ops.sync_for_cpu!(device, bus + within, size - within, dir);
      if (dir !== DMA_FROM_DEVICE) ops.sync_for_device!(device, bus, size, dir);
      undo.push(() =>
        single ? ops.unmap_single(device, bus, size, dir) : ops.unmap_page(device, bus, size, dir),
      );
    }
    for (const one of undo) one();
    debug.dma_debug_device_change(device);
    expect(said).toEqual([]);
    expect(debug.num_free_entries).toBe(65536);
  });

  it('may map one page many times in many ways, if it checks each mapping at once', () => {
    const mapping = fc.record({ size: fc.integer({ min: 1, max: 9 }), dir: fc.constantFrom(...DIRECTIONS) });
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (mappings, order) => {
        const { ops, said } = bench();
        for (const { size, dir } of mappings)
          ops.dma_mapping_error(device, ops.map_page(device, 0x100000, size, dir).bus);
        for (const left = [...mappings]; left.length > 0;) {
          const [{ size, dir }] = left.splice(order.next().value! % left.length, 1) as [(typeof mappings)[0]];
          ops.unmap_page(device, 0x100000, size, dir);
        }
        expect(said).toEqual([]);
      }),
    );
  });
});

/** Each fault with the words of its report. */
const FAULTS: readonly (readonly [
  words: string,
  fault: (b: Bench, bus: number, size: number, dir: DmaDirection) => void,
])[] = [
  [
    'memory it has not allocated',
    ({ ops }, bus, size, dir) => {
      ops.unmap_page(device, bus, size, dir);
      ops.unmap_page(device, bus, size, dir);
    },
  ],
  ['with different size', ({ ops }, bus, size, dir) => ops.unmap_page(device, bus, size + 1, dir)],
  [
    'with different direction',
    ({ ops }, bus, size, dir) => ops.unmap_page(device, bus, size, ((dir + 1) % 3) as DmaDirection),
  ],
  [
    '[mapped as page] [unmapped as single]',
    ({ ops }, bus, size, dir) => ops.unmap_single(device, bus, size, dir),
  ],
  [
    'to sync DMA memory it has not allocated',
    ({ ops }, bus, size, dir) => ops.sync_for_cpu!(device, bus + 1, size, dir),
  ],
  [
    'has pending DMA allocations while released from device [count=1]',
    ({ debug }) => debug.dma_debug_device_change(device),
  ],
  ['an invalid DMA memory address', ({ ops }) => ops.unmap_page(device, 0, 1, DMA_TO_DEVICE)],
];

describe('a driver that does one thing wrong', () => {
  it.each(FAULTS)('is always reported: %s', (words, fault) => {
    const step = fc.tuple(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 65536 }),
      fc.constantFrom(...DIRECTIONS),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), step, (others, [at, size, dir]) => {
        const b = bench();
        const map = (phys: number, bytes: number, way: DmaDirection) => {
          const { bus } = b.ops.map_page(device, phys, bytes, way);
          b.ops.dma_mapping_error(device, bus);
          return bus;
        };
        const elsewhere = { ...device, name: 'other' };
        for (const [place, bytes, way] of others) b.ops.map_page(elsewhere, place * 2 ** 20, bytes, way);
        fault(b, map(at * 2 ** 20, size, dir), size, dir);
        expect(b.said).toHaveLength(1);
        expect(b.said[0]).toContain(words);
      }),
    );
  });

  it('is always reported for another number of entries, once for each entry that it unmaps', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 65536 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(lengths, fc.nat(), (all, less) => {
        const { ops, said } = bench();
        const sg = new SgTable();
        for (const [i, length] of all.entries()) sg.add(2 ** 20 * (i + 1), length, 0);
        ops.map_sg(device, sg, DMA_TO_DEVICE);
        sg.nents = 1 + (less % (all.length - 1));
        ops.unmap_sg(device, sg, DMA_TO_DEVICE);
        expect(said).toHaveLength(sg.nents);
        for (const text of said)
          expect(text).toContain(`[map count=${all.length}] [unmap count=${sg.nents}]`);
      }),
    );
  });

  it('is always reported for a buffer on the stack, and for a result that it did not check', () => {
    const stack = { start: 0xffff880000100000n, end: 0xffff880000104000n };
    fc.assert(
      fc.property(fc.integer({ min: 0xfc000, max: 0x108000 }), fc.boolean(), (phys, checks) => {
        const { ops, said } = bench({ stack });
        const { bus } = ops.map_single(device, phys, 8, DMA_FROM_DEVICE);
        if (checks) ops.dma_mapping_error(device, bus);
        ops.unmap_single(device, bus, 8, DMA_FROM_DEVICE);
        const onStack = phys >= 0x100000 && phys < 0x104000;
        expect(said.filter((text) => text.includes('maps memory from stack'))).toHaveLength(onStack ? 1 : 0);
        expect(said.filter((text) => text.includes('failed to check'))).toHaveLength(checks ? 0 : 1);
        expect(said).toHaveLength((onStack ? 1 : 0) + (checks ? 0 : 1));
      }),
    );
  });

  it('is reported entry by entry for the sync of a list, unless the list is not mapped', () => {
    const { ops, debug, said } = bench();
    const sg = new SgTable();
    for (let i = 0; i < 3; i++) sg.add(2 ** 20 * (i + 1), 512, 0);
    ops.map_sg(device, sg, DMA_TO_DEVICE);
    debug.debug_dma_sync_sg(device, sg, DMA_TO_DEVICE, false);
    expect(said).toEqual([]);
    debug.debug_dma_sync_sg(device, sg, DMA_FROM_DEVICE, false);
    expect(said).toHaveLength(3);
    ops.unmap_sg(device, sg, DMA_TO_DEVICE);
    debug.debug_dma_sync_sg(device, sg, DMA_FROM_DEVICE, false);
    expect(said).toHaveLength(3);
  });

  it('is reported for a result that it did not check, unless it checked another one of the same address', () => {
    const { ops, said } = bench();
    ops.map_page(device, 0x5000, 512, DMA_TO_DEVICE);
    ops.unmap_page(device, 0x5000, 512, DMA_TO_DEVICE);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('failed to check map error[device address=0x0000000000005000]');
    ops.map_page(device, 0x5000, 512, DMA_TO_DEVICE);
    // Mapping again asks whether that failed, and 4.1 takes the question for the first one's.
    ops.map_page(device, 0x5000, 256, DMA_TO_DEVICE);
    ops.unmap_page(device, 0x5000, 512, DMA_TO_DEVICE);
    expect(said).toHaveLength(1);
  });

  it('is reported for each wrong direction of a sync', () => {
    const { ops, said } = bench();
    ops.dma_mapping_error(device, ops.map_page(device, 0x5000, 512, DMA_TO_DEVICE).bus);
    ops.sync_for_cpu!(device, 0x5000, 512, DMA_FROM_DEVICE);
    expect(said.map((text) => /syncs (.*?) \[/.exec(text)?.[1])).toEqual([
      'DMA memory with different direction',
      'device read-only DMA memory for cpu',
    ]);
    said.length = 0;
    ops.dma_mapping_error(device, ops.map_page(device, 0x9000, 512, DMA_FROM_DEVICE).bus);
    ops.sync_for_device!(device, 0x9000, 512, DMA_BIDIRECTIONAL);
    expect(said.at(-1)).toContain('device write-only DMA memory to device');
  });
});

describe('what 4.1 gets wrong', () => {
  it('does not find the end of a mapping that is longer than a segment may be', () => {
    const { ops, said } = bench();
    const { bus } = ops.map_page(device, 2 ** 20, 2 ** 18, DMA_FROM_DEVICE);
    ops.dma_mapping_error(device, bus);
    ops.sync_for_cpu!(device, bus + 65536, 512, DMA_FROM_DEVICE);
    expect(said).toEqual([]);
    ops.sync_for_cpu!(device, bus + 2 ** 18 - 512, 512, DMA_FROM_DEVICE);
    expect(said[0]).toContain('to sync DMA memory it has not allocated');
  });

  it('reports text and read-only data by the address they run at, not by where the direct map shows them', () => {
    const { ops, said } = bench({ image: [{ start: 0xffff880001000000n, end: 0xffff880002000000n }] });
    ops.map_single(device, 0x1800000, 16, DMA_TO_DEVICE);
    expect(said).toEqual([
      'check_for_illegal_area: DMA-API: device driver maps memory from kernel text or rodata [addr=ffff880001800000] [len=16]',
    ]);
  });

  it('takes the upper half of a coherent address for its offset', () => {
    const { debug, said } = bench();
    debug.debug_dma_alloc_coherent(device, 4096, 0x5000, 0xffff880000005000n, 0x5000);
    debug.debug_dma_free_coherent(device, 4096, 0xffff880000006000n, 0x6000, 0x5000);
    expect(said[0]).toContain('[cpu alloc address=0xffff88000000a000] [cpu free address=0xffff88000000c000]');
  });

  it('counts at most seven more mappings of a cache line that a device writes to', () => {
    const { ops, debug, said } = bench();
    for (let i = 0; i < 8; i++) ops.map_page(device, 0x40000, 64, DMA_FROM_DEVICE);
    expect(said).toEqual([]);
    ops.map_page(device, 0x40000, 64, DMA_FROM_DEVICE);
    ops.map_page(device, 0x40000, 64, DMA_FROM_DEVICE);
    expect(said).toEqual(['DMA-API: exceeded 7 overlapping mappings of cacheline 0x0000000000001000']);
    debug.debug_dma_assert_idle(0x40);
    expect(said.at(-1)).toContain('cpu touching an active dma mapped cacheline [cln=0x0000000000001000]');
    debug.debug_dma_assert_idle(0x41);
    expect(said).toHaveLength(2);
  });
});

describe('debugfs dma-api/', () => {
  it('reports one error unless told otherwise, and counts all', () => {
    const { ops, debug, said } = bench({ all_errors: false });
    for (let i = 0; i < 3; i++) ops.unmap_page(device, 0x5000, 512, DMA_TO_DEVICE);
    expect(said).toHaveLength(1);
    expect(debug).toMatchObject({ error_count: 3, num_errors: 0 });
  });

  it('gives up when its entries are used up', () => {
    const { ops, debug, said } = bench({ entries: 2 });
    for (let i = 1; i <= 3; i++) ops.map_page(device, i * 4096, 512, DMA_TO_DEVICE);
    expect(said).toEqual(['DMA-API: debugging out of memory - disabling']);
    expect(debug).toMatchObject({ disabled: true, min_free_entries: 0 });
    ops.unmap_page(device, 0x77000, 1, DMA_TO_DEVICE);
    expect(said).toHaveLength(1);
  });
});
