import { kmap } from '../reach';
import { small } from './profile';

/**
 * A LUN of a target whose back end is a file, reached through the loopback fabric, so that the initiator’s pages are the
 * target’s (4.1 drivers/target/target_core_file.c): fd_do_rw() makes vectors of sg_page() of each entry.
 */
export const targetFile = small({
  name: 'target_file',
  access: 'stores-page',
  pageless:
    'fd_do_rw() puts sg_page() of each entry into an ITER_BVEC: the page cache’s copy is what faults.',
  takes: 'requests',
  limits: { max_hw_sectors: 16384, max_sectors: 16384, max_segments: 1024 },
  touch: { read: kmap, write: kmap, where: 'fd_do_rw' },
  answers: 30_000,
  depth: 32,
});
