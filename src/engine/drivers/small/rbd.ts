import { kmap, throughStructPage } from '../reach';
import { small } from './profile';

const OBJECT = 8192;

/**
 * A RADOS block device: the messenger sends the pages of a request's bios, and receives into them (4.1 drivers/block/rbd.c,
 * net/ceph/messenger.c). Objects of 4 MiB.
 */
export const rbd = small({
  name: 'rbd',
  access: 'sendpage',
  pageless:
    'ceph_tcp_sendpage() asks page_count() of what the cursor gives; a receive maps it with kmap(). Both fault.',
  takes: 'requests',
  limits: {
    max_hw_sectors: OBJECT,
    max_sectors: OBJECT,
    max_segment_size: OBJECT * 512,
    io_min: OBJECT * 512,
    io_opt: OBJECT * 512,
  },
  touch: { read: kmap, write: throughStructPage(kmap), where: 'ceph_tcp_sendpage' },
  answers: 900_000,
  depth: 64,
});
