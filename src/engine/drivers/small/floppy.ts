import { byPageAddress } from '../reach';
import { small } from './profile';

/** Moves sectors through a track buffer, by the CPU (4.1 drivers/block/floppy.c). */
export const floppy = small({
  name: 'floppy',
  access: 'page_address',
  pageless:
    'copy_buffer() computes page_address() of each vector and copies there: without a page it faults.',
  takes: 'requests',
  limits: { max_hw_sectors: 64, max_sectors: 64 },
  touch: { read: byPageAddress, write: byPageAddress, where: 'copy_buffer' },
  answers: 100_000_000,
});
