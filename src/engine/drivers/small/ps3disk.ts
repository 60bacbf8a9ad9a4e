import { REQ_FLUSH } from '../../block/flags';
import { byKmapIrq } from '../reach';
import { small } from './profile';

const BOUNCE = 65536;

/** The PS3's disk: all data goes through one bounce buffer that the hypervisor reads (4.1 drivers/block/ps3disk.c). */
export const ps3disk = small({
  name: 'ps3disk',
  access: 'copies',
  pageless:
    'bvec_kmap_irq() maps the vector: a range that pmem registered is reached in v3; in v1 the copy to the bounce buffer faults.',
  takes: 'requests',
  limits: {
    max_hw_sectors: BOUNCE / 512,
    max_sectors: BOUNCE / 512,
    max_segments: 65535,
    max_segment_size: BOUNCE,
    seg_boundary_mask: 2 ** 52 - 1,
  },
  flush_flags: REQ_FLUSH,
  touch: { read: byKmapIrq, write: byKmapIrq, where: 'ps3disk_scatter_gather' },
  answers: 8_000_000,
});
