import { REQ_FLUSH, REQ_FUA, REQ_WRITE } from '../../block/flags';
import { blk_set_stacking_limits } from '../../block/limits';
import type { MergeBvec, RequestQueue } from '../../block/queue';
import { withSpec } from '../disk';
import type { Driver } from '../driver';
import { stackLimits } from '../stack';
import { storedWithParity } from './raid5-stored';
import { membersOf, type Member } from './array';
import { Raid5 } from './raid5-array';

/**
 * Data and parity over devices, by rows of pages (drivers/md/raid5.c): a read inside a chunk goes to its device, all else through
 * stripes, whose missing pages are read or computed. A device that fails a write leaves the array; over a page it fails to read,
 * what the others tell is written first. Resync, the bitmap and batches of stripes are not modelled.
 */
export const raid5: Driver<'raid5'> = {
  name: 'raid5',
  access: 'copies',
  pageless:
    'A read inside a chunk is a clone. A write is copied into the stripe’s page first, by a mapping of the bio’s: without one, raid5d dies.',
  probe(kernel, spec, id, find) {
    const { chunk } = spec;
    const members = membersOf(spec.devices, find);
    const dev = spec.sectors ?? Math.min(...members.map(({ sectors }) => sectors));
    const limits = blk_set_stacking_limits();
    limits.max_write_same_sectors = 0;
    limits.discard_zeroes_data = 0;
    limits.raid_partial_stripes_expensive = 1;
    limits.io_min = chunk * 512;
    limits.io_opt = chunk * 512 * (members.length - 1);
    for (const { bdev, offset } of members) stackLimits(kernel, spec.name, id, limits, bdev, offset);
    const array = new Raid5(id, spec.name, members, spec.layout, chunk);
    const queue: RequestQueue = {
      limits,
      flags: 0,
      flush_flags: REQ_FLUSH | REQ_FUA,
      make_request_fn: (k, disk, submitted) => array.make_request(k, k.block.md_split(k, disk, submitted)),
      merge_bvec_fn: raid5_mergeable_bvec(chunk, members),
    };
    const capacity = Math.floor(dev / chunk) * chunk * (members.length - 1);
    const found = spec.devices.map(({ device }) => find(device));
    const stored = storedWithParity(spec.layout, chunk, members, found);
    return { name: spec.name, id, capacity, queue: withSpec(queue, spec.queue), ...stored };
  },
};

/** 4.1 `raid5_mergeable_bvec`: writes go through stripes anyway, reads stay in their chunk. */
function raid5_mergeable_bvec(chunk: number, members: readonly Member[]): MergeBvec {
  return (_kernel, _disk, bvm, len) => {
    if (bvm.rw & REQ_WRITE || members.some(({ faulty }) => faulty)) return len;
    const used = Math.floor(bvm.size / 512);
    const max = Math.max((chunk - ((bvm.sector % chunk) + used)) * 512, 0);
    return max <= len && used === 0 ? len : max;
  };
}
