import { byPageAddress, throughStructPage } from '../reach';
import { small } from './profile';

/** ATA over Ethernet: pages hang in packets, their counts raised by hand (4.1 drivers/block/aoe/aoecmd.c). */
export const aoe = small({
  name: 'aoe',
  access: 'sendpage',
  pageless:
    'bio_pageinc() reads the flags of each page before the first packet leaves: without a page that faults.',
  takes: 'requests',
  limits: { max_hw_sectors: 1024, max_sectors: 1024 },
  touch: {
    read: throughStructPage(byPageAddress),
    write: throughStructPage(byPageAddress),
    where: 'bio_pageinc',
  },
  answers: 300_000,
  depth: 8,
});
