import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bioOf, rig, type Rig } from '../../../../src/cli/agree/tables/rig';
import { bio_add_page } from '../../../../src/engine/block/add-6.12';
import { bio_alloc } from '../../../../src/engine/block/bio';
import { BIO_SEG_VALID, REQ_DISCARD, REQ_WRITE_SAME, REQ_WRITE } from '../../../../src/engine/block/flags';
import { blk_rq_map_sg } from '../../../../src/engine/block/map-sg';
import * as today from '../../../../src/engine/block/map-sg-6.12';
import type { Request } from '../../../../src/engine/block/requests';
import {
  BIOVEC_PHYS_MERGEABLE,
  BIOVEC_SEG_BOUNDARY,
  blk_phys_contig_segment,
  blk_recalc_rq_segments,
  blk_recount_segments,
  bvec_to_phys,
} from '../../../../src/engine/block/segments';
import { SgTable } from '../../../../src/engine/block/sg-table';
import { recordingRig, requestOf, sectorsOf, segmentLimits, vecs } from './machine';
import type { Bio } from '../../../../src/engine/block/tables';

/** A request whose bios are these, one after the other. */
function requestOfAll(one: Rig, bios: readonly Bio[]): Request {
  const { requests } = one.kernel;
  const rq = requests.alloc(one.disk);
  bios.forEach((bio, i) => (bio.bi_next = bios[i + 1]));
  rq.cmd_flags = REQ_WRITE;
  rq.bio = bios[0]!;
  rq.biotail = bios.at(-1)!;
  return rq;
}

function sectorsOfTable(sg: SgTable): number[] {
  return Array.from({ length: sg.nents }, (_, i) =>
    Array.from({ length: sg.length[i]! / 512 }, (_, k) => sg.phys[i]! + k * 512),
  ).flat();
}

function checkEntries(sg: SgTable, limits: { max_segment_size: number; seg_boundary_mask: number }): void {
  const window = limits.seg_boundary_mask + 1;
  for (let i = 0; i < sg.nents; i++) {
    const last = sg.phys[i]! + sg.length[i]! - 1;
    expect(sg.length[i]!).toBeLessThanOrEqual(limits.max_segment_size);
    expect(Math.floor(last / window)).toBe(Math.floor(sg.phys[i]! / window));
  }
}

const chains = fc.array(vecs, { minLength: 1, maxLength: 4 });

describe('blk_rq_map_sg (4.1)', () => {
  it('has every byte once, in order, within the limits, in no more entries than were counted', () => {
    fc.assert(
      fc.property(chains, segmentLimits, (texts, limits) => {
        const one = rig();
        const { kernel, disk } = one;
        Object.assign(disk.queue.limits, limits);
        const bios = texts.map((text) => bioOf(one, text));
        const rq = requestOfAll(one, bios);
        const sg = new SgTable();
        const entries = blk_rq_map_sg(kernel, rq, sg);
        expect(sectorsOfTable(sg)).toEqual(bios.flatMap((bio) => sectorsOf(one, bio)));
        checkEntries(sg, limits);
        blk_recalc_rq_segments(kernel, rq);
        const counted = rq.nr_phys_segments;
        expect(entries).toBeLessThanOrEqual(counted);
        if (limits.bounce_pfn > 0x2000) expect(entries).toBe(counted);
        let sum = 0;
        for (const bio of bios) {
          blk_recount_segments(kernel, disk.queue, bio);
          sum += bio.bi_phys_segments;
        }
        expect(counted).toBeLessThanOrEqual(sum);
      }),
    );
  });

  it('a discard has no entry, unless a driver gave it one; a write same has one', () => {
    const one = rig();
    const sg = new SgTable();
    const entries = (vectors: string, rw: number): number =>
      blk_rq_map_sg(one.kernel, requestOf(one, vectors, 0, REQ_WRITE | rw), sg);
    expect(entries('1000/0/4096|1001/0/4096', REQ_WRITE_SAME)).toBe(1);
    expect([sg.phys[0], sg.length[0]]).toEqual([0x1000000, 4096]);
    expect(entries('1000/0/512', REQ_DISCARD)).toBe(1);
    expect(entries('', REQ_DISCARD)).toBe(0);
    expect(entries('', 0)).toBe(0);
  });

  it('says what it mapped, what had been counted, and each entry', () => {
    const one = recordingRig();
    const rq = requestOf(one, '1000/0/4096|1001/0/4096|2000/512/1024', 64);
    const sg = new SgTable();
    blk_rq_map_sg(one.kernel, rq, sg);
    const said = one.events().filter(({ name }) => /sg/.test(name.name));
    expect(said.map(({ name, a, b, c, d }) => [name.name, a, b, c, d])).toEqual([
      ['blk_rq_map_sg', 64, 0, 2, 2],
      ['sg_set_page', 0x1000000, 0, 8192, 0],
      ['sg_set_page', 0x2000200, 0, 1024, 1],
    ]);
  });

  it('marks entries without a page, and grows', () => {
    const one = rig({ flavour: '4.1-pfn', posting: 'v1' });
    const bios = Array.from({ length: 200 }, (_, i) => bioOf(one, `${(0x1000 + 2 * i).toString(16)}/0/4096`));
    one.kernel.bvecs.dev[bios[150]!.bi_io_vec] = 1;
    const sg = new SgTable();
    expect(blk_rq_map_sg(one.kernel, requestOfAll(one, bios), sg)).toBe(200);
    expect(sg.dev.slice(149, 152)).toEqual(Uint8Array.of(0, 1, 0));
  });
});

describe('segments (4.1)', () => {
  it('two vectors: contiguous, and in one window', () => {
    const one = rig();
    const { kernel, disk } = one;
    disk.queue.limits.seg_boundary_mask = 0xffff;
    const first = bioOf(one, 'f/0/4096|10/0/4096|11/0/4096').bi_io_vec;
    expect(bvec_to_phys(kernel, first + 1)).toBe(0x10000);
    expect(BIOVEC_PHYS_MERGEABLE(kernel, first, first + 1)).toBe(true);
    expect(BIOVEC_PHYS_MERGEABLE(kernel, first, first + 2)).toBe(false);
    expect(BIOVEC_SEG_BOUNDARY(kernel, disk.queue, first, first + 1)).toBe(false);
    expect(BIOVEC_SEG_BOUNDARY(kernel, disk.queue, first + 1, first + 2)).toBe(true);
  });

  it('high addresses and the widest mask need more than 32 bits', () => {
    const one = rig();
    const { kernel, disk } = one;
    disk.queue.limits.seg_boundary_mask = 2 ** 52 - 1;
    const bio = bioOf(one, 'fffffffffe/0/4096|ffffffffff/0/4096');
    blk_recount_segments(kernel, disk.queue, bio);
    expect(bio.bi_phys_segments).toBe(1);
  });

  it('the last segment of one bio and the first of the next are one only where everything allows it', () => {
    const contig = (a: string, b: string, limits: object = {}): boolean => {
      const one = rig();
      Object.assign(one.disk.queue.limits, limits);
      const bios = [bioOf(one, a), bioOf(one, b)] as const;
      for (const bio of bios) blk_recount_segments(one.kernel, one.disk.queue, bio);
      return blk_phys_contig_segment(one.kernel, one.disk.queue, ...bios);
    };
    expect(contig('1000/0/4096|2000/0/512', '2000/512/512')).toBe(true);
    expect(contig('1000/0/4096|2000/0/512', '2000/1024/512')).toBe(false);
    expect(contig('1000/0/4096', '1001/0/4096', { cluster: 0 })).toBe(false);
    expect(contig('1000/0/4096', '1001/0/4096', { max_segment_size: 4096 })).toBe(false);
    expect(contig('100f/0/4096', '1010/0/4096', { seg_boundary_mask: 0xffff })).toBe(false);
    expect(contig('', '1010/0/4096')).toBe(true);
  });

  it('sizes of the first and last segment only grow until bio_reset, even where the bio got shorter', () => {
    const one = rig();
    const { kernel, disk } = one;
    const bio = bioOf(one, '1000/0/4096|1001/0/4096|2000/0/512');
    blk_recount_segments(kernel, disk.queue, bio);
    const sizes = () => [bio.bi_seg_front_size, bio.bi_seg_back_size];
    expect(sizes()).toEqual([8192, 512]);
    bio.bi_size = 4096;
    bio.bi_flags &= ~BIO_SEG_VALID;
    blk_recount_segments(kernel, disk.queue, bio);
    expect(sizes()).toEqual([8192, 4096]);
  });
});

describe('blk_rq_map_sg (6.12)', () => {
  /** A bio of these vectors as 6.12 makes it: what follows in memory makes the last vector longer. */
  function bioOfPages(one: Rig, text: string): Bio {
    const bio = bio_alloc(one.kernel, 0, REQ_WRITE, 0, 24);
    for (const [pfn, offset, len] of text.split('|').map((each) => each.split('/'))) {
      bio_add_page(one.kernel, bio, parseInt(pfn!, 16), Number(len), Number(offset));
    }
    return bio;
  }

  it('has every byte once, in order, within the limits, in no more entries than were counted', () => {
    fc.assert(
      fc.property(chains, segmentLimits, (texts, limits) => {
        const one = rig({ flavour: '6.12' });
        Object.assign(one.disk.queue.limits, limits);
        const bios = texts.map((text) => bioOfPages(one, text));
        const rq = requestOfAll(one, bios);
        const sg = new SgTable();
        const entries = today.blk_rq_map_sg(one.kernel, rq, sg);
        expect(sectorsOfTable(sg)).toEqual(texts.flatMap((text) => sectorsOf(one, bioOf(one, text))));
        checkEntries(sg, limits);
        expect(entries).toBeLessThanOrEqual(today.blk_recalc_rq_segments(one.kernel, rq));
      }),
    );
  });

  it('never joins inside a bio, which adding pages has done, only where bios meet', () => {
    const one = rig({ flavour: '6.12' });
    const sg = new SgTable();
    const inside = requestOfAll(one, [bioOf(one, '1000/0/4096|1001/0/4096')]);
    expect(today.blk_rq_map_sg(one.kernel, inside, sg)).toBe(2);
    const across = requestOfAll(one, [bioOf(one, '1000/0/4096'), bioOf(one, ''), bioOf(one, '1001/0/4096')]);
    expect(today.blk_rq_map_sg(one.kernel, across, sg)).toBe(1);
  });

  it('counts a discard as one segment, a write same as none', () => {
    const one = rig({ flavour: '6.12' });
    const count = (rw: number) =>
      today.blk_recalc_rq_segments(one.kernel, requestOf(one, '1000/0/512', 0, REQ_WRITE | rw));
    expect([count(REQ_DISCARD), count(REQ_WRITE_SAME), count(0)]).toEqual([1, 0, 1]);
  });
});

describe('bvec_split_segs (6.12)', () => {
  const limits = () => rig().disk.queue.limits;

  it('cuts where the window or the largest segment ends, and stops at either bound', () => {
    const count = { nsegs: 0, bytes: 0 };
    const within = { ...limits(), seg_boundary_mask: 0xffff, max_segment_size: 0x6000 };
    expect(today.bvec_split_segs(within, 0xc000, 0, 0x10000, count, 99, 2 ** 32)).toBe(false);
    expect(count).toEqual({ nsegs: 3, bytes: 0x10000 });
    expect(today.bvec_split_segs(within, 0xc000, 0, 0x10000, count, 4, 2 ** 32)).toBe(true);
    expect(count).toEqual({ nsegs: 4, bytes: 0x14000 });
    expect(today.bvec_split_segs(within, 0, 0, 0x1000, count, 99, 0x14800)).toBe(true);
    expect(count).toEqual({ nsegs: 5, bytes: 0x14800 });
  });

  it('stops at a cut that the virtual boundary does not allow', () => {
    const count = { nsegs: 0, bytes: 0 };
    const within = { ...limits(), max_segment_size: 0x1800, virt_boundary_mask: 0xfff };
    expect(today.bvec_split_segs(within, 0x1000, 0, 0x4000, count, 99, 2 ** 32)).toBe(true);
    expect(count).toEqual({ nsegs: 1, bytes: 0x1800 });
  });
});
