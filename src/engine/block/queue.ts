import type { Kernel } from '../kernel';

/** The limits of a request_queue that the modelled paths ask for. Sizes in bytes, sectors of 512 bytes. */
export interface QueueLimits {
  max_hw_sectors: number;
  max_sectors: number;
  max_segments: number;
  max_segment_size: number;
  /** One less than a power of two. */
  seg_boundary_mask: number;
  /** 0, or a power of two: a bio must not cross a multiple of it. */
  chunk_sectors: number;
  /** Pages above this pfn count as segments of their own, because they would bounce. */
  bounce_pfn: number;
  cluster: boolean;
}

/** `blk_set_default_limits` of 4.1, with what brd and pmem both set on top (captures: QLIM rows). */
export function memoryDiskLimits(): QueueLimits {
  return {
    max_hw_sectors: 1024,
    max_sectors: 1024,
    max_segments: 128,
    max_segment_size: 65536,
    seg_boundary_mask: 0xffffffff,
    chunk_sectors: 0,
    bounce_pfn: Infinity,
    cluster: true,
  };
}

export interface RequestQueue {
  readonly limits: QueueLimits;
  /** QUEUE_FLAG_PFN: opt-in to bios without struct pages. */
  pfn: boolean;
  /** QUEUE_FLAG_SG_GAPS, QUEUE_FLAG_NO_SG_MERGE. */
  sg_gaps: boolean;
  no_sg_merge: boolean;
  make_request_fn: (kernel: Kernel, disk: Disk, bio: number) => void;
}

/** A gendisk with its queue; partitions come later. */
export interface Disk {
  readonly name: string;
  /** Index of the disk in the kernel and of its name in the Recording. */
  readonly id: number;
  /** Sectors of 512 bytes. */
  readonly capacity: number;
  readonly queue: RequestQueue;
}

/** `blk_max_size_offset`: sectors a bio may have when it starts at `sector`. */
export function blk_max_size_offset(queue: RequestQueue, sector: number): number {
  const { chunk_sectors, max_sectors } = queue.limits;
  return chunk_sectors === 0 ? max_sectors : chunk_sectors - (sector % chunk_sectors);
}
