import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blk_set_default_limits,
  blk_set_stacking_limits,
  type QueueLimits,
} from '../../../../src/engine/block/limits';
import { blk_stack_limits } from '../../../../src/engine/block/stack-limits';
import * as today from '../../../../src/engine/block/stack-limits-6.12';

const disk = (limits: Partial<QueueLimits> = {}): QueueLimits => ({ ...blk_set_default_limits(), ...limits });

const disks = fc
  .record({
    max_sectors: fc.integer({ min: 8, max: 4096 }),
    max_segments: fc.integer({ min: 1, max: 1024 }),
    max_segment_size: fc.constantFrom(4096, 65536, 0xffffffff),
    logical_block_size: fc.constantFrom(512, 4096),
    io_min: fc.constantFrom(4096, 65536),
    io_opt: fc.constantFrom(0, 65536, 131072),
    chunk_sectors: fc.constantFrom(0, 64, 256),
    discard_granularity: fc.constantFrom(0, 512, 4096),
    max_discard_sectors: fc.constantFrom(0, 1024),
  })
  .map((limits) => disk({ ...limits, physical_block_size: limits.logical_block_size }));

describe.each([
  ['4.1', blk_stack_limits],
  ['6.12', today.blk_stack_limits],
])('blk_stack_limits (%s)', (_, stack) => {
  it('an upper device promises no more than any below it', () => {
    fc.assert(
      fc.property(fc.array(disks, { minLength: 1, maxLength: 5 }), (all) => {
        const t = blk_set_stacking_limits();
        for (const b of all) stack(t, b, 0);
        for (const b of all) {
          expect(t.max_sectors).toBeLessThanOrEqual(b.max_sectors);
          expect(t.max_segments).toBeLessThanOrEqual(b.max_segments);
          expect(t.max_segment_size).toBeLessThanOrEqual(b.max_segment_size);
          expect(t.logical_block_size).toBeGreaterThanOrEqual(b.logical_block_size);
        }
      }),
    );
  });

  it('the same disk twice changes nothing the second time', () => {
    fc.assert(
      fc.property(disks, (b) => {
        const t = blk_set_stacking_limits();
        stack(t, b, 0);
        const once = { ...t };
        stack(t, b, 0);
        expect(t).toEqual(once);
      }),
    );
  });

  it('names what a lower device changed, and only that', () => {
    const t = disk({ max_sectors: 1024 });
    const changes: unknown[] = [];
    const b = disk({ max_segments: 16, io_min: 4096, physical_block_size: 4096 });
    stack(t, b, 0, (field, before, after) => changes.push([field, before, after]));
    expect(changes).toContainEqual(['max_segments', 128, 16]);
    expect(changes).toContainEqual(['io_min', 512, 4096]);
    expect(changes).toContainEqual(['physical_block_size', 512, 4096]);
    expect(changes).toContainEqual(['max_sectors', 1024, t.max_sectors]);
    expect(changes).toHaveLength(4);
  });

  it('a start inside a physical block does not line up', () => {
    const t = disk({ logical_block_size: 4096, physical_block_size: 4096, io_min: 4096 });
    expect(stack(t, disk({ physical_block_size: 4096, io_min: 4096 }), 1)).toBe(-1);
    expect(t.misaligned).toBe(1);
  });
});

describe('blk_stack_limits (6.12)', () => {
  it('does what a real stack did: linear over a write cache and a stripe (QEMU, block-layer.md 3.9)', () => {
    const t = blk_set_stacking_limits();
    const cache = {
      logical_block_size: 4096,
      physical_block_size: 4096,
      io_min: 4096,
      virt_boundary_mask: 4095,
    };
    const stripe = { max_segment_size: 65536, io_min: 65536, io_opt: 131072, max_segments: 168 };
    today.blk_stack_limits(t, disk({ ...cache, max_hw_sectors: 504, max_sectors: 504, max_segments: 64 }), 0);
    today.blk_stack_limits(t, disk({ ...stripe, max_hw_sectors: 256, max_sectors: 256 }), 0);
    expect(t).toMatchObject({
      logical_block_size: 4096,
      max_sectors: 256,
      max_segments: 64,
      max_segment_size: 65536,
      virt_boundary_mask: 4095,
      io_min: 65536,
      io_opt: 131072,
    });
  });

  it('stacks chunks to what divides both, and drops what is no multiple of a block', () => {
    const t = disk({ chunk_sectors: 96 });
    today.blk_stack_limits(t, disk({ chunk_sectors: 64 }), 0);
    expect(t.chunk_sectors).toBe(32);
    today.blk_stack_limits(t, disk(), 0);
    expect(t.chunk_sectors).toBe(32);
    expect(today.blk_stack_limits(t, disk({ physical_block_size: 32768, io_min: 32768 }), 0)).toBe(-1);
    expect([t.chunk_sectors, t.misaligned]).toEqual([0, 1]);
    const without = disk();
    today.blk_stack_limits(without, disk({ chunk_sectors: 64 }), 0);
    expect(without.chunk_sectors).toBe(64);
  });

  it('sector limits are whole blocks, and a page at least', () => {
    const t = disk({ max_sectors: 255, max_hw_sectors: 5 });
    today.blk_stack_limits(t, disk({ logical_block_size: 4096, physical_block_size: 4096, io_min: 4096 }), 0);
    expect([t.max_sectors, t.max_hw_sectors]).toEqual([248, 8]);
  });

  it('a stricter DMA alignment wins', () => {
    const t = disk({ dma_alignment: 3 });
    today.blk_stack_limits(t, disk({ dma_alignment: 511 }), 0);
    expect(t.dma_alignment).toBe(511);
  });

  it('features come from any device below, or need all of them', () => {
    const features = (...names: today.Feature[]) => new Set(names);
    expect(today.stackFeatures(features('NOWAIT', 'POLL', 'FUA'), features('WRITE_CACHE', 'POLL'))).toEqual(
      features('WRITE_CACHE', 'FUA', 'POLL'),
    );
    expect(Object.keys(today.FEATURES)).toHaveLength(9);
  });
});

describe('blk_stack_limits (4.1)', () => {
  it('does not stack chunks, virtual boundary or DMA alignment', () => {
    const t = disk();
    blk_stack_limits(t, disk({ chunk_sectors: 64, virt_boundary_mask: 4095, dma_alignment: 4095 }), 0);
    expect([t.chunk_sectors, t.virt_boundary_mask, t.dma_alignment]).toEqual([0, 0, 511]);
  });
});
