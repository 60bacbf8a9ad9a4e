import { QUEUE_FLAG_DISCARD, QUEUE_FLAG_NONROT } from '../../block/flags';
import { byPciMapPage } from '../reach';
import { small } from './profile';

/** A flash card: each command stores a page and maps it when a channel is free (4.1 drivers/block/rsxx/dma.c). */
export const rsxx = small({
  name: 'rsxx',
  access: 'dma-page',
  pageless:
    'The command stores the page, NULL too, and pci_map_page() maps it later: nobody notices that the address is wrong.',
  takes: 'bios',
  limits: {
    max_hw_sectors: 1024,
    max_sectors: 1024,
    physical_block_size: 4096,
    discard_granularity: 4096,
    max_discard_sectors: 0xffffffff,
  },
  flags: QUEUE_FLAG_DISCARD | QUEUE_FLAG_NONROT,
  touch: { read: byPciMapPage, write: byPciMapPage, where: 'rsxx_dma_queue_bio', byDevice: true },
  answers: 15_000,
});
