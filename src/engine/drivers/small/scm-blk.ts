import { byAddressList } from '../reach';
import { small } from './profile';

const BLOCKS = 128;

/** Storage class memory of s390: a list of indirect addresses for each request (4.1 drivers/s390/block/scm_blk.c). */
export const scmBlk = small({
  name: 'scm_blk',
  access: 'page_address',
  pageless:
    'scm_request_prepare() lists page_address() of each vector and never looks there: of a NULL page that is an address of nobody’s memory.',
  takes: 'requests',
  limits: {
    logical_block_size: 4096,
    physical_block_size: 4096,
    io_min: 4096,
    max_hw_sectors: BLOCKS * 8,
    max_sectors: BLOCKS * 8,
    max_segments: BLOCKS,
  },
  touch: { read: byAddressList, write: byAddressList, where: 'scm_request_prepare', byDevice: true },
  answers: 20_000,
  depth: 8,
});
