import * as v from 'valibot';
import { Hex, count } from './memory-facts';

const unsigned = count('An unsigned int of the kernel.', 0xffffffff);

/** Fields of `struct queue_limits` a spec may set, by their kernel names; what it leaves out is the driver's default. */
export const LimitsSchema = v.partial(
  v.strictObject({
    max_hw_sectors: unsigned,
    max_sectors: unsigned,
    chunk_sectors: unsigned,
    max_segments: count('Segments in one request.', 65535),
    max_integrity_segments: count('Integrity segments in one request.', 65535),
    max_segment_size: unsigned,
    seg_boundary_mask: v.pipe(Hex, v.description('One less than a power of two.')),
    virt_boundary_mask: v.pipe(Hex, v.description('One less than a power of two, or 0x0 (since 4.3).')),
    bounce_pfn: v.pipe(Hex, v.description('Pages above this page frame bounce.')),
    logical_block_size: unsigned,
    physical_block_size: unsigned,
    alignment_offset: unsigned,
    io_min: unsigned,
    io_opt: unsigned,
    max_discard_sectors: unsigned,
    max_write_same_sectors: unsigned,
    discard_granularity: unsigned,
    discard_alignment: unsigned,
    dma_alignment: unsigned,
    cluster: count('0 or 1: whether neighbours in memory may be one segment.', 1),
  }),
);

export const WRITE_CACHES = ['none', 'write-back', 'write-back-fua'] as const;
/** `deadline` is mq-deadline in 6.12. */
export const SCHEDULERS = ['none', 'noop', 'deadline'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

export const Queue = v.strictObject({
  pfn: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'QUEUE_FLAG_PFN: the driver promises to handle bios without struct pages. No driver of the series sets it.',
      ),
    ),
  ),
  limits: v.optional(LimitsSchema),
  writeCache: v.optional(
    v.pipe(
      v.picklist(WRITE_CACHES),
      v.description('A volatile cache: FLUSH means something; "write-back-fua": so does FUA.'),
    ),
  ),
  scheduler: v.optional(v.pipe(v.picklist(SCHEDULERS), v.description('For request-based disks.'))),
  nrRequests: v.optional(v.pipe(count('Requests that may exist at once.', 65536), v.minValue(1))),
  depth: v.optional(v.pipe(count('Requests the device takes at once.', 65536), v.minValue(1))),
  nomerges: v.optional(count('As in sysfs: 1 no hash search, 2 no merge at all.', 2)),
  sgGaps: v.optional(v.pipe(v.boolean(), v.description('QUEUE_FLAG_SG_GAPS of 4.1.'))),
  noSgMerge: v.optional(v.pipe(v.boolean(), v.description('QUEUE_FLAG_NO_SG_MERGE of 4.1.'))),
});
export type QueueSpec = v.InferOutput<typeof Queue>;
