import { Oops } from '../../oops';
import { kmap } from '../reach';
import { isDiscard } from '../segments';
import { small } from './profile';

/** A disk that is a Lustre file: the pages of a bio go into an array for the client (4.1 lustre/llite/lloop.c). */
export const lloop = small({
  name: 'lloop',
  access: 'stores-page',
  pageless: 'NULL is put into the array of pages; the client’s checksum maps it later, and faults there.',
  takes: 'bios',
  limits: {
    logical_block_size: 4096,
    physical_block_size: 4096,
    io_min: 4096,
    max_hw_sectors: 2048,
    max_sectors: 2048,
    max_segments: 256,
  },
  touch: { read: kmap, write: kmap, where: 'osc_checksum_bulk' },
  answers: 1_000_000,
  refuses: ({ bvecs }, _disk, bio) => {
    if (isDiscard(bio)) return 'loop_make_request: a Lustre file is not discarded';
    for (let bv = bio.bi_io_vec, n = 0; n < bio.bi_vcnt; n++, bv++)
      if (bvecs.offset[bv] !== 0 || bvecs.len[bv] !== 4096)
        throw new Oops('kernel BUG: a vector that is not a whole page', 0n, 'do_bio_lustrebacked');
    return '';
  },
});
