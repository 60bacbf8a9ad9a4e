import { dmQueue } from '../drivers/dm/dm-4.1';
import { bio_add_page } from './add';
import { uptodateError } from './bio';
import { gap41 } from './gap';
import type { BlockLayer } from './layer';
import { bch_bio_max_sectors } from './max-part';
import { blk_rq_map_sg } from './map-sg';
import { blk_mq_end_request, blk_mq_flush_plug_list, blk_sq_make_request } from './mq-4.1';
import { blk_end_request_all, blk_queue_bio, flushPluggedRequests } from './queue-bio';
import { blk_stack_limits } from './stack-limits';
import { generic_make_request, submit_bio } from './submit';

/** 4.1: sizes are kept when a bio is built, one FIFO of bios a task, single-queue disks with a scheduler. */
export const layer41: BlockLayer = {
  submit_bio,
  generic_make_request,
  singleQueue: { scheduler: 'must', make_request_fn: blk_queue_bio, end: blk_end_request_all },
  multiQueue: { scheduler: 'never', make_request_fn: blk_sq_make_request, end: blk_mq_end_request },
  dm: dmQueue,
  md_remap: () => undefined,
  md_split: (_kernel, _disk, bio) => bio,
  md_flush: (kernel, flush, bio) => flush.md_flush_request(kernel, bio),
  md_flushes_first: false,
  md_submits_at_once: false,
  raid1_counts_read_errors: false,
  flushPlug(kernel, plug, asleep) {
    blk_mq_flush_plug_list(kernel, plug, asleep);
    flushPluggedRequests(kernel, plug, asleep);
  },
  max_part: bch_bio_max_sectors,
  gap: gap41,
  joinsAtSeam: true,
  countsTagsWhenAsked: true,
  stickyError: uptodateError,
  defaultScheduler: { single: 'deadline', many: 'none' },
  drivers: {},
  queueFlags: ~0,
  bio_add_page,
  blk_rq_map_sg: (kernel, rq) => blk_rq_map_sg(kernel, rq, kernel.sg),
  blk_stack_limits,
};
