import { describe, expect, it } from 'vitest';
import { rig, walkText, type Rig } from '../../../../src/cli/agree/tables/rig';
import { bio_add_page } from '../../../../src/engine/block/add-6.12';
import { bio_alloc } from '../../../../src/engine/block/bio';
import { bio_clone_fast } from '../../../../src/engine/block/clone';
import { REQ_WRITE } from '../../../../src/engine/block/flags';
import type { Bio } from '../../../../src/engine/block/tables';
import { Recorder } from '../../../../src/model/recording';

const today = (): Rig =>
  rig({ flavour: '6.12' }, new Recorder(false), [
    { start: '0x0', end: '0x40000000', kind: 'ram', name: 'System RAM' },
    { start: '0x40000000', end: '0x50000000', kind: 'pmem', name: 'a', structPages: 'mem' },
    { start: '0x50000000', end: '0x60000000', kind: 'pmem', name: 'b', structPages: 'mem' },
  ]);

function bioOfPages(
  one: Rig,
  max_vecs: number,
  pages: readonly [pfn: number, len: number, offset: number][],
): Bio {
  const bio = bio_alloc(one.kernel, 0, REQ_WRITE, 0, max_vecs);
  for (const [pfn, len, offset] of pages) bio_add_page(one.kernel, bio, pfn, len, offset);
  return bio;
}

describe('bio_add_page (6.12)', () => {
  it('makes the last vector longer by what follows it in memory, over pages, and asks no queue', () => {
    const one = today();
    one.disk.queue.limits.max_sectors = 1;
    const bio = bioOfPages(one, 2, [
      [0x1000, 4096, 0],
      [0x1001, 4096, 0],
      [0x1002, 512, 0],
      [0x1002, 512, 512],
      [0x3000, 4096, 0],
    ]);
    expect(walkText(one, bio)).toBe('1000/0/9216|3000/0/4096');
  });

  it("keeps the pages of each device apart, and from RAM's", () => {
    const one = today();
    const bio = bioOfPages(one, 8, [
      [0x3ffff, 4096, 0],
      [0x40000, 4096, 0],
      [0x40001, 4096, 0],
    ]);
    expect(walkText(one, bio)).toBe('3ffff/0/4096|40000/0/8192');
    const devices = bioOfPages(one, 8, [
      [0x4ffff, 4096, 0],
      [0x50000, 4096, 0],
    ]);
    expect(walkText(one, devices)).toBe('4ffff/0/4096|50000/0/4096');
  });

  it('refuses what has no room, and says why', () => {
    const one = today();
    const { kernel } = one;
    const bio = bioOfPages(one, 1, [[0x1000, 4096, 0]]);
    expect(bio_add_page(kernel, bio, 0x2000, 4096, 0)).toBe(0);
    expect(kernel.refusal).toBe('bio_add_page: 2 vectors > bi_max_vecs 1 of disk');
    expect(bio_add_page(kernel, bio_clone_fast(kernel, bio), 0x1001, 4096, 0)).toBe(0);
    expect(kernel.refusal).toBe('bio_add_page: 1 flag != BIO_CLONED 0 of disk');
    bio.bi_size = 0xfffff000;
    expect(bio_add_page(kernel, bio, 0x1001, 4096, 0)).toBe(0);
    expect(kernel.refusal).toBe('bio_add_page: 4294967296 bytes > UINT_MAX 4294967295 of disk');
  });
});
