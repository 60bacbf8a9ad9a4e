import { byAddressList } from '../reach';
import { notPaged, small } from './profile';

/** Expanded storage of s390, moved a page an instruction (4.1 drivers/s390/block/xpram.c). */
export const xpram = small({
  name: 'xpram',
  access: 'kmap',
  pageless:
    'The instruction traps on the address of a NULL page, the exception table makes an error of it: -EIO, and nobody dies.',
  takes: 'bios',
  limits: { logical_block_size: 4096, physical_block_size: 4096, io_min: 4096 },
  touch: { read: byAddressList, write: byAddressList, where: 'xpram_make_request', byDevice: true },
  refuses: (kernel, disk, bio) => notPaged(kernel, disk, bio, 'xpram_make_request'),
  nobody: 'error',
});
