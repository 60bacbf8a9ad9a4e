import { byPageAddress } from '../reach';
import { small } from './profile';

/** Video memory of the PS3 as a disk, copied by the CPU (4.1 drivers/block/ps3vram.c). */
export const ps3vram = small({
  name: 'ps3vram',
  access: 'page_address',
  pageless: 'ps3vram_do_bio() copies to or from page_address() of the vector: without a page it faults.',
  takes: 'bios',
  touch: { read: byPageAddress, write: byPageAddress, where: 'ps3vram_do_bio' },
});
