import { QUEUE_FLAG_DISCARD, QUEUE_FLAG_NONROT } from '../../block/flags';
import { isDiscard } from '../segments';
import { kmap } from '../reach';
import { pastEnd, small } from './profile';

/**
 * Compressed memory (4.1 drivers/block/zram/zram_drv.c). What is kept here is not compressed: the bytes are the same. Limits
 * and refusals as a guest printed them (captures: zram.txt): whole pages only, and a discard that is none is refused, too.
 */
export const zram = small({
  name: 'zram',
  access: 'kmap',
  pageless:
    'zram_bvec_write() maps the page to see whether it is full of zeroes: without one it faults there.',
  takes: 'bios',
  limits: {
    physical_block_size: 4096,
    logical_block_size: 4096,
    io_min: 4096,
    io_opt: 4096,
    discard_granularity: 4096,
    max_discard_sectors: 0xffffffff,
    discard_zeroes_data: 1,
  },
  flags: QUEUE_FLAG_DISCARD | QUEUE_FLAG_NONROT,
  touch: { read: kmap, write: kmap, where: 'zram_bvec_rw' },
  refuses: (_kernel, disk, bio) => {
    const past = pastEnd(disk, bio, 'valid_io_request');
    if (past !== '') return past;
    const aligned = bio.bi_sector % 8 === 0 && bio.bi_size % 4096 === 0;
    const what = isDiscard(bio) ? 'a discard of' : '';
    return aligned
      ? ''
      : `valid_io_request: ${what} sector ${bio.bi_sector} + ${bio.bi_size >>> 9} is no whole page of ${disk.name}`.replace(
          ':  ',
          ': ',
        );
  },
});
