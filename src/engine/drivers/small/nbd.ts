import { QUEUE_FLAG_DISCARD, QUEUE_FLAG_NONROT, REQ_FLUSH } from '../../block/flags';
import { kmap } from '../reach';
import { small } from './profile';

/** A disk behind a socket: each page is held by kmap() while its bytes go through (4.1 drivers/block/nbd.c). */
export const nbd = small({
  name: 'nbd',
  access: 'kmap',
  pageless:
    'sock_send_bvec() maps the page with kmap() after the header has gone: the server waits for bytes of a task that died.',
  takes: 'requests',
  limits: {
    max_hw_sectors: 65536,
    max_sectors: 256,
    discard_granularity: 512,
    max_discard_sectors: 0xffffffff,
  },
  flags: QUEUE_FLAG_DISCARD | QUEUE_FLAG_NONROT,
  flush_flags: REQ_FLUSH,
  touch: { read: kmap, write: kmap, where: 'sock_xmit' },
  answers: 200_000,
  depth: 16,
});
