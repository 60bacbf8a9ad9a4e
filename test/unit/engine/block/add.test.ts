import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowPfns, bioOf, rig, walkText } from '../../../../src/cli/agree/tables/rig';
import { vec } from '../../../../src/cli/agree/tables/rows';
import { bio_add_page, bio_add_pc_page, bio_add_pfn, fillByHand } from '../../../../src/engine/block/add';
import { bio_alloc } from '../../../../src/engine/block/bio';
import { bio_clone_fast } from '../../../../src/engine/block/clone';
import { BIO_PFN, QUEUE_FLAG_SG_GAPS, REQ_WRITE } from '../../../../src/engine/block/flags';
import { bio_sectors } from '../../../../src/engine/block/iter';
import { blk_recount_segments } from '../../../../src/engine/block/segments';
import type { Bio } from '../../../../src/engine/block/tables';
import { recordingRig, segmentLimits, vecs } from './machine';

describe('bio_add_page (4.1)', () => {
  it('never lets a bio pass the limits, and never loses a byte', () => {
    fc.assert(
      fc.property(
        vecs,
        segmentLimits,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 8, max: 64 }),
        (text, limits, max_segments, max_sectors) => {
          const one = rig();
          const { kernel, disk } = one;
          Object.assign(disk.queue.limits, limits, { max_segments, max_sectors });
          const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 24);
          let bytes = 0;
          let calls = 0;
          for (const { pfn, offset, len } of text.split('|').map(vec)) {
            const added = bio_add_page(kernel, bio, pfn, len, offset);
            expect([0, len]).toContain(added);
            bytes += added;
            if (added > 0) calls++;
          }
          expect(bio.bi_size).toBe(bytes);
          expect(bio_sectors(bio)).toBeLessThanOrEqual(max_sectors);
          if (bio.bi_vcnt !== calls) return;
          blk_recount_segments(kernel, disk.queue, bio);
          expect(bio.bi_phys_segments).toBeLessThanOrEqual(max_segments);
        },
      ),
    );
  });

  it('a vector that grows is not counted again: it may come to one segment too many', () => {
    const one = rig();
    const { kernel, disk } = one;
    Object.assign(disk.queue.limits, { max_segments: 1, max_segment_size: 4096 });
    const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 2);
    const added = [bio_add_page(kernel, bio, 0x1000, 2560, 1536), bio_add_page(kernel, bio, 0x1001, 512, 0)];
    expect([...added, bio_add_page(kernel, bio, 0x1001, 2048, 512)]).toEqual([2560, 512, 2048]);
    blk_recount_segments(kernel, disk.queue, bio);
    expect(bio.bi_phys_segments).toBe(2);
  });

  it('a first vector may be larger than max_sectors, a second may not', () => {
    const one = rig();
    one.disk.queue.limits.max_sectors = 4;
    const bio = bio_alloc(one.kernel, 0, REQ_WRITE, 0, 4);
    expect(bio_add_page(one.kernel, bio, 0x1000, 4096, 0)).toBe(4096);
    expect(bio_add_page(one.kernel, bio, 0x2000, 512, 0)).toBe(0);
    expect(one.kernel.refusal).toBe('bio_add_page: 9 sectors > max_sectors 4 of disk');
  });

  it('names the rule of every refusal', () => {
    const one = rig();
    const { kernel, disk } = one;
    const refusal = (setUp: (bio: Bio) => void, vecsOf = 2): string => {
      const bio = bio_alloc(kernel, 0, REQ_WRITE, 4, vecsOf);
      bio_add_page(kernel, bio, 0x1000, 4096, 0);
      setUp(bio);
      return kernel.refusal;
    };
    const next = (bio: Bio, offset = 0) => expect(bio_add_page(kernel, bio, 0x2000, 2048, offset)).toBe(0);
    expect(refusal((bio) => bio_add_page(kernel, bio_clone_fast(kernel, bio), 1, 512, 0))).toBe(
      'bio_add_page: 1 flag != BIO_CLONED 0 of disk',
    );
    disk.queue.limits.chunk_sectors = 8;
    expect(refusal((bio) => next(bio))).toBe('bio_add_page: 12 sectors > chunk_sectors_left 4 of disk');
    disk.queue.limits.chunk_sectors = 0;
    expect(refusal((bio) => next(bio), 1)).toBe('bio_add_page: 2 vectors > bi_max_vecs 1 of disk');
    disk.queue.limits.max_segments = 1;
    expect(refusal((bio) => next(bio))).toBe('bio_add_page: 2 segments > max_segments 1 of disk');
    disk.queue.limits.max_segments = 128;
    disk.queue.flags = QUEUE_FLAG_SG_GAPS;
    expect(refusal((bio) => next(bio, 512))).toBe('bio_add_page: 512 bytes > QUEUE_FLAG_SG_GAPS 0 of disk');
    disk.queue.flags = 0;
    disk.queue.limits.max_hw_sectors = 8;
    expect(refusal((bio) => bio_add_pc_page(kernel, bio, 0x2000, 512, 0))).toBe(
      'bio_add_pc_page: 9 sectors > max_hw_sectors 8 of disk',
    );
  });

  it('asks merge_bvec_fn about the vector as it would become, and takes it back', () => {
    const one = recordingRig();
    const { kernel, disk } = one;
    const asked: number[][] = [];
    let takes = Infinity;
    disk.queue.merge_bvec_fn = (_kernel, _disk, { bdev, sector, size, rw }, len) => {
      asked.push([bdev, sector, size, rw, len]);
      return Math.min(takes, len);
    };
    const bio = bio_alloc(kernel, 0, REQ_WRITE, 24, 4);
    expect(bio_add_page(kernel, bio, 0x1000, 4096, 0)).toBe(4096);
    expect(bio_add_page(kernel, bio, 0x2000, 1024, 0)).toBe(1024);
    expect(bio_add_page(kernel, bio, 0x2000, 512, 1024)).toBe(512);
    takes = 2000;
    expect(bio_add_page(kernel, bio, 0x2000, 512, 1536)).toBe(0);
    expect(kernel.refusal).toBe('bio_add_page: 2048 bytes > merge_bvec_fn 2000 of disk');
    expect(bio_add_page(kernel, bio, 0x3000, 4096, 0)).toBe(0);
    expect(walkText(one, bio)).toBe('1000/0/4096|2000/0/1536');
    expect(asked).toEqual([
      [0, 24, 0, REQ_WRITE, 4096],
      [0, 24, 4096, REQ_WRITE, 1024],
      [0, 24, 4096, REQ_WRITE, 1536],
      [0, 24, 4096, REQ_WRITE, 2048],
      [0, 24, 5632, REQ_WRITE, 4096],
    ]);
    const adds = one.events().filter(({ name }) => name.name === 'bio_add_page');
    expect(adds.map(({ a, b, c, d, note }) => [a, b, c, d, note !== ''])).toEqual([
      [0x1000, 0, 4096, 4096, false],
      [0x2000, 0, 1024, 1024, false],
      [0x2000, 1024, 512, 512, false],
      [0x2000, 1536, 512, 0, true],
      [0x3000, 0, 4096, 0, true],
    ]);
  });
});

describe('bio_add_pfn (the series)', () => {
  it('needs the queue to have opted in', () => {
    const one = rig({ flavour: '4.1-pfn', posting: 'v1' });
    const { kernel } = one;
    const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 1);
    expect(bio_add_pfn(kernel, bio, 0x40000, 1, 4096, 0)).toBe(0);
    expect(kernel.refusal).toBe('bio_add_pfn: 0 flag != QUEUE_FLAG_PFN 1 of disk');
    expect(bio.bi_flags & BIO_PFN).toBe(0);
  });

  it('sets BIO_PFN even where the vector is refused', () => {
    const one = rig({ flavour: '4.1-pfn', posting: 'v1' });
    allowPfns(one);
    const { kernel } = one;
    const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 0);
    expect(bio_add_pfn(kernel, bio, 0x40000, 1, 4096, 0)).toBe(0);
    expect(kernel.refusal).toBe('bio_add_pfn: 1 vectors > bi_max_vecs 0 of disk');
    expect(bio.bi_flags & BIO_PFN).toBe(BIO_PFN);
  });

  it('a page and a page-less frame of one number are two', () => {
    const one = rig({ flavour: '4.1-pfn', posting: 'v3' });
    allowPfns(one);
    const { kernel } = one;
    const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 4);
    bio_add_pfn(kernel, bio, 0x40000, 1, 512, 0);
    bio_add_pfn(kernel, bio, 0x40000, 1, 512, 512);
    bio_add_pfn(kernel, bio, 0x40000, 0, 512, 1024);
    expect(walkText(one, bio)).toBe('40000/0/1024|40000/1024/512');
  });
});

describe('fillByHand', () => {
  it('asks nobody, but has only the vectors it has', () => {
    const one = rig({ flavour: '4.1-pfn', posting: 'v1' });
    const { kernel, disk } = one;
    disk.queue.limits.max_sectors = 1;
    const bio = bio_alloc(kernel, 0, REQ_WRITE, 0, 1);
    expect(fillByHand(kernel, bio, 0x40000, 1, 4096, 0, true)).toBe(4096);
    expect(bio.bi_flags & BIO_PFN).toBe(BIO_PFN);
    expect(() => fillByHand(kernel, bio, 0x40001, 1, 4096, 0, true)).toThrow(RangeError);
    expect(bioOf(one, '1000/0/512').bi_flags & BIO_PFN).toBe(0);
  });
});
