import type { SubmitterName } from '../model/workload-spec';
import { kmap, throughStructPage, type Reach } from './drivers/reach';
import { BioWalk } from './block/iter';
import { REQ_WRITE } from './block/flags';
import type { Bio } from './block/tables';
import type { Kernel } from './kernel';

/** When its code looks at the pages of a bio it made: before it submits it, or when it has ended. Which way the data goes. */
interface Look {
  readonly where: string;
  readonly reach: Reach;
  readonly of?: 'reads' | 'writes';
}

/** Code that makes bios of pages it has for other reasons: the page cache's, a user's, its own. */
export interface Submitter {
  /** The file of 4.1 that it is in. */
  readonly file: string;
  /** Why memory without a struct page cannot come to it, where its pages are found by others. */
  readonly finds?: string;
  readonly before?: Look;
  readonly after?: Look;
}

/** `PageLocked`, `SetPageUptodate`, `end_page_writeback`: flags of struct page, and no data. */
const flags: Reach = throughStructPage((_kernel, pfn) => pfn * 4096);

const flagsIn = (where: string): Look => ({ where, reach: flags });
const dataIn = (where: string, of?: Look['of']): Look => ({ where, reach: kmap, ...(of ? { of } : {}) });

export const SUBMITTER: Readonly<Record<SubmitterName, Submitter>> = {
  'buffer-head': { file: 'fs/buffer.c', after: flagsIn('end_buffer_async_read') },
  'direct-io': {
    file: 'fs/direct-io.c',
    finds: 'get_user_pages() pins struct pages: -EFAULT where a mapping has none',
    after: flagsIn('dio_bio_complete'),
  },
  mpage: { file: 'fs/mpage.c', after: flagsIn('mpage_end_io') },
  splice: {
    file: 'fs/splice.c',
    finds: 'a pipe buffer holds its page by a reference count',
    before: dataIn('iter_file_splice_write', 'writes'),
  },
  swap: { file: 'mm/page_io.c', after: flagsIn('end_swap_bio_write') },
  hibernation: { file: 'kernel/power/block_io.c', after: flagsIn('hib_wait_on_bio_chain') },
  'btrfs-data': { file: 'fs/btrfs/extent_io.c', after: flagsIn('end_bio_extent_writepage') },
  'btrfs-csum': { file: 'fs/btrfs/file-item.c', before: dataIn('btrfs_csum_one_bio', 'writes') },
  'btrfs-compressed': {
    file: 'fs/btrfs/compression.c',
    after: dataIn('btrfs_decompress_buf2page', 'reads'),
  },
  'btrfs-metadata': { file: 'fs/btrfs/disk-io.c', before: flagsIn('btree_csum_one_bio') },
  'btrfs-raid56': { file: 'fs/btrfs/raid56.c', before: dataIn('finish_rmw', 'writes') },
  'btrfs-direct': { file: 'fs/btrfs/inode.c', after: dataIn('__readpage_endio_check', 'reads') },
  'btrfs-check-integrity': {
    file: 'fs/btrfs/check-integrity.c',
    before: dataIn('__btrfsic_submit_bio', 'writes'),
  },
  'ext4-write': { file: 'fs/ext4/page-io.c', after: flagsIn('ext4_finish_bio') },
  'ext4-read': { file: 'fs/ext4/readpage.c', after: flagsIn('mpage_end_io') },
  f2fs: { file: 'fs/f2fs/data.c', after: flagsIn('f2fs_write_end_io') },
  gfs2: { file: 'fs/gfs2/lops.c', after: flagsIn('gfs2_end_log_write') },
  logfs: { file: 'fs/logfs/dev_bdev.c', after: flagsIn('writeseg_end_io') },
  exofs: { file: 'fs/exofs/ore.c', after: dataIn('_clear_bio', 'reads') },
  'exofs-raid': { file: 'fs/exofs/ore_raid.c', after: flagsIn('_mark_read4write_pages_uptodate') },
};

/** Looks at every page of a bio, as that code does. Throws Oops where it faults. */
export function lookAt(kernel: Kernel, look: Look | undefined, bio: Bio): void {
  if (!look) return;
  const write = (bio.bi_rw & REQ_WRITE) !== 0;
  if (look.of !== undefined && (look.of === 'writes') !== write) return;
  const walk = new BioWalk();
  walk.start(bio);
  while (walk.nextPage(kernel)) look.reach(kernel, walk.pfn, walk.dev, look.where);
}
