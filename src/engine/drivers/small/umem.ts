import { byPciMapPage } from '../reach';
import { small } from './profile';

/** Battery-backed memory on a PCI card: one descriptor a vector (4.1 drivers/block/umem.c). */
export const umem = small({
  name: 'umem',
  access: 'dma-page',
  pageless:
    'pci_map_page() takes whatever page_to_phys() gives: right in v1; of v3’s NULL page it is nobody’s address, and the card moves the wrong bytes.',
  takes: 'bios',
  touch: { read: byPciMapPage, write: byPciMapPage, where: 'add_bio', byDevice: true },
  answers: 5_000,
});
