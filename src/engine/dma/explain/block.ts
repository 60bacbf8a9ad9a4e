import type { Kind } from './kind';
import { bytes, count, decimal } from './numbers';

export const bioTooBig: Kind = {
  id: 'bio-too-big',
  looks: 'bio too big device D (N > LIMIT)',
  pattern: /bio too big device (?<device>\S{1,80}) \((?<sectors>\d{1,12}) > (?<limit>\d{1,12})\)/,
  tell(groups) {
    const sectors = decimal(groups['sectors']);
    const limit = decimal(groups['limit']);
    return {
      title: 'block: a bio is longer than the device takes',
      printedBy: 'generic_make_request_checks(), block/blk-core.c (before 4.3)',
      meaning:
        'In 4.1 nothing splits a bio on its way down: whoever builds it has to keep the limits of the queue. This one has more sectors than max_hw_sectors, and it ends with -EIO before the driver sees it. Since 4.3 the block layer splits such a bio itself.',
      numbers: [
        {
          says: groups['device'] ?? '',
          means: 'the device whose limit it is; it may be one below the device that was written to',
        },
        {
          says: `${sectors}`,
          means: `the bio: ${count(sectors, 'sector')} of 512 bytes = ${bytes(sectors * 512n)}`,
        },
        {
          says: `> ${limit}`,
          means: `max_hw_sectors of its queue: ${bytes(limit * 512n)} (queue/max_hw_sectors_kb shows it)`,
        },
      ],
      causes: [
        'Bios built without bio_add_page(), which asks the limits (vecs filled by hand).',
        'A stack whose top has higher limits than what lies below: limits changed after the stack was built, or a driver on top that does not stack them (blk_stack_limits, merge_bvec_fn).',
      ],
      tries: [
        'Compare the limits down the stack: /sys/block/*/queue/max_hw_sectors_kb. “Show Devices” shows where each comes from.',
        'Build the stack again after a disk was exchanged for one with lower limits.',
        'In code: fill bios with bio_add_page(), and submit when it takes no more.',
      ],
      sources: [
        '4.1: block/blk-core.c, generic_make_request_checks()',
        'runs of 4.1.3: captures-2015/plain-4.1.3/traces (raw bios)',
      ],
    };
  },
};
