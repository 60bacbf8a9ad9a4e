import { dmQueue } from '../drivers/dm/dm-6.12';
import { DRIVERS_612 } from '../drivers/defaults-6.12';
import { bio_add_page } from './add-6.12';
import { firstError } from './bio';
import { QUEUE_FLAG_NOMERGES, QUEUE_FLAG_NO_SG_MERGE } from './flags';
import { gap612 } from './gap';
import type { BlockLayer, RequestPath } from './layer';
import { blk_rq_map_sg } from './map-sg-6.12';
import { blk_mq_end_request, blk_mq_flush_plug_list, blk_mq_submit_bio } from './mq-6.12';
import { bio_split_to_limits } from './split-6.12';
import { blk_stack_limits } from './stack-limits-6.12';
import { submit_bio, submit_bio_noacct } from './submit-6.12';

const path: RequestPath = { scheduler: 'may', make_request_fn: blk_mq_submit_bio, end: blk_mq_end_request };

/** 6.12: bios of any size, split where they are submitted; two lists of bios a task; multi-queue only. */
export const layer612: BlockLayer = {
  submit_bio,
  generic_make_request: submit_bio_noacct,
  singleQueue: path,
  multiQueue: path,
  dm: dmQueue,
  md_split: bio_split_to_limits,
  md_remap(kernel, bio, array, from) {
    const { trace } = kernel;
    const sectors = bio.bi_size >>> 9;
    const to = bio.bi_sector;
    trace.bio(trace.id.block_bio_remap, bio.bi_bdev.id, bio, to, from, sectors, array, bio.bi_rw);
  },
  md_flush: (kernel, flush, bio) => flush.flushAlongside(kernel, bio),
  md_flushes_first: true,
  md_submits_at_once: true,
  raid1_counts_read_errors: true,
  flushPlug: blk_mq_flush_plug_list,
  max_part: () => Infinity,
  gap: gap612,
  joinsAtSeam: false,
  countsTagsWhenAsked: false,
  stickyError: firstError,
  defaultScheduler: { single: 'deadline', many: 'none' },
  drivers: DRIVERS_612,
  queueFlags: ~(QUEUE_FLAG_NOMERGES | QUEUE_FLAG_NO_SG_MERGE),
  bio_add_page,
  blk_rq_map_sg: (kernel, rq) => blk_rq_map_sg(kernel, rq, kernel.sg),
  blk_stack_limits,
};
