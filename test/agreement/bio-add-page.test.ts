import { describe, expect, it } from 'vitest';
import { bio_add_page, bio_alloc } from '../../src/engine/block/bio';
import { BIO_SEG_VALID, WRITE } from '../../src/engine/block/tables';
import { Kernel } from '../../src/engine/kernel';
import { Recorder } from '../../src/model/recording';
import { capture, fields } from './captures';

/** A disk that lends its queue to the limits of a capture row. */
function diskWith(limits: Record<string, string>) {
  const kernel = new Kernel(
    {
      name: 'limits',
      kernel: { flavour: '4.1' },
      memory: { ranges: [] },
      devices: [{ name: 'disk', driver: 'brd', sectors: 2 ** 40 }],
    },
    new Recorder(false),
  );
  const disk = kernel.disks[0]!;
  const number = (name: string) => Number(limits[name]);
  Object.assign(disk.queue.limits, {
    max_segments: number('max_segments'),
    max_segment_size: number('max_segment_size'),
    seg_boundary_mask: number('seg_boundary'),
    max_sectors: number('max_sectors'),
    chunk_sectors: number('chunk_sectors'),
    bounce_pfn: number('bounce_pfn'),
    cluster: number('cluster') === 1,
  });
  disk.queue.sg_gaps = number('sg_gaps') === 1;
  disk.queue.no_sg_merge = number('no_sg_merge') === 1;
  return { kernel, disk };
}

describe('bio_add_page against 4.1.3 (add.csv)', () => {
  it('answers every call as the kernel did, with the same counts after it', () => {
    let calls = 0;
    let limits: Record<string, string> = {};
    for (const row of capture('captures-2015/plain-4.1.3/add.csv').trim().split('\n')) {
      if (row.startsWith('ADDLIM')) limits = fields(row);
      if (!row.startsWith('ADD,')) continue;
      const [, , , max, at, ...adds] = row.split(',');
      const { kernel, disk } = diskWith(limits);
      const bio = bio_alloc(kernel, disk, WRITE, Number(at!.slice(7)), Number(max!.slice(9)));
      for (const add of adds) {
        const [vec, result] = add.split('=>');
        const [pfn, offset, len] = vec!.split('/');
        const added = bio_add_page(kernel, disk, bio, parseInt(pfn!, 16), Number(len), Number(offset));
        const { bios } = kernel;
        const valid = bios.bi_flags[bio]! & BIO_SEG_VALID ? 1 : 0;
        const got = `${added}:v${bios.bi_vcnt[bio]}:z${bios.bi_size[bio]}:p${bios.bi_phys_segments[bio]}:f${valid}`;
        expect(got, `${row.slice(0, 40)} … ${vec}`).toBe(result);
        calls++;
      }
    }
    expect(calls).toBe(4608);
  });
});
