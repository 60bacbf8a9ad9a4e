/**
 * `struct queue_limits` with the kernel's field names. Sectors of 512 bytes; block sizes, io_min, io_opt and segment
 * sizes in bytes. 4.1's fields first (captures stack.csv prints all of them), then what later kernels added.
 */
export interface QueueLimits {
  /** Pages above this pfn bounce, and count as segments of their own. */
  bounce_pfn: number;
  /** One less than a power of two; up to 2^52 - 1. */
  seg_boundary_mask: number;
  max_hw_sectors: number;
  max_sectors: number;
  /** 0, or a multiple that no bio may cross (4.1: a power of two). */
  chunk_sectors: number;
  max_segments: number;
  max_integrity_segments: number;
  max_segment_size: number;
  physical_block_size: number;
  logical_block_size: number;
  alignment_offset: number;
  io_min: number;
  io_opt: number;
  max_discard_sectors: number;
  max_write_same_sectors: number;
  discard_granularity: number;
  discard_alignment: number;
  misaligned: number;
  discard_misaligned: number;
  cluster: number;
  discard_zeroes_data: number;
  raid_partial_stripes_expensive: number;
  /** Since 4.3: vectors but the first and last must start and end at its multiples; 0 is none. 4.1 has QUEUE_FLAG_SG_GAPS. */
  virt_boundary_mask: number;
  /** Since 6.0: one less than a power of two, in bytes. */
  dma_alignment: number;
}

/** `BLK_BOUNCE_ANY` as a pfn: nothing bounces. The kernel prints it as fffffffffffff. */
export const BOUNCE_ANY_PFN = 2 ** 52 - 1;

/** 4.1 `blk_set_default_limits` (captures stack.csv, row "default"). */
export function blk_set_default_limits(): QueueLimits {
  return {
    bounce_pfn: BOUNCE_ANY_PFN,
    seg_boundary_mask: 0xffffffff,
    max_hw_sectors: 255,
    max_sectors: 255,
    chunk_sectors: 0,
    max_segments: 128,
    max_integrity_segments: 0,
    max_segment_size: 65536,
    physical_block_size: 512,
    logical_block_size: 512,
    alignment_offset: 0,
    io_min: 512,
    io_opt: 0,
    max_discard_sectors: 0,
    max_write_same_sectors: 0,
    discard_granularity: 0,
    discard_alignment: 0,
    misaligned: 0,
    discard_misaligned: 0,
    cluster: 1,
    discard_zeroes_data: 0,
    raid_partial_stripes_expensive: 0,
    virt_boundary_mask: 0,
    dma_alignment: 511,
  };
}

/** What a stacked device starts from, before each disk below lowers it (captures stack.csv, row "stacking"). */
export function blk_set_stacking_limits(): QueueLimits {
  return {
    ...blk_set_default_limits(),
    max_hw_sectors: 0xffffffff,
    max_sectors: 0xffffffff,
    max_segments: 65535,
    max_segment_size: 0xffffffff,
    max_write_same_sectors: 0xffffffff,
    discard_zeroes_data: 1,
  };
}
