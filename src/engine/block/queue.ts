import type { Kernel } from '../kernel';
import {
  QUEUE_FLAG_DISCARD,
  QUEUE_FLAG_NOMERGES,
  QUEUE_FLAG_NOXMERGES,
  QUEUE_FLAG_NO_SG_MERGE,
  QUEUE_FLAG_PFN,
  QUEUE_FLAG_SG_GAPS,
} from './flags';
import type { QueueLimits } from './limits';
import type { RequestState } from './request-state';
import type { Bio } from './tables';

/** Takes a bio that passed the checks. It may submit others, keep it, or complete it. */
export type MakeRequest = (kernel: Kernel, disk: Disk, bio: Bio) => void;

/**
 * 4.1 `merge_bvec_fn`: how many bytes of a vector of `len` bytes the driver takes at the end of what the bio would
 * hold before it. `bvm`: device, sector of 512 bytes and size in bytes of that bio, and its `bi_rw`.
 */
export type MergeBvec = (
  kernel: Kernel,
  disk: Disk,
  bvm: { readonly bdev: number; readonly sector: number; readonly size: number; readonly rw: number },
  len: number,
) => number;

export interface RequestQueue {
  limits: QueueLimits;
  /** QUEUE_FLAG_* bits. */
  flags: number;
  /** REQ_FLUSH: there is a volatile write cache; with REQ_FUA: and writes can go past it. */
  flush_flags: number;
  make_request_fn: MakeRequest;
  merge_bvec_fn?: MergeBvec;
  /** Request-based queues only. */
  requests?: RequestState;
  /** Where bios carry protection information: `blk_rq_count_integrity_sg` of one, 0 where it has none. */
  integritySegments?: (bio: Bio) => number;
}

/** A gendisk with its queue. */
export interface Disk {
  readonly name: string;
  /** Its index in `kernel.bdevs`, and of its name in the Recording. */
  readonly id: number;
  /** Sectors of 512 bytes. */
  readonly capacity: number;
  readonly queue: RequestQueue;
  /** Puts bytes on it before the machine starts. `at`: byte of the disk. Absent where nothing is kept. */
  readonly store?: ((at: number, bytes: Uint8Array) => void) | undefined;
  /** The physical memory it lives in, where it is persistent memory: `end` is exclusive. */
  readonly memory?: { readonly start: number; readonly end: number };
}

/** A `struct block_device`: a disk, or a partition of one. */
export interface BlockDevice {
  readonly name: string;
  readonly id: number;
  readonly disk: Disk;
  /** 0 for the whole disk. Sectors of 512 bytes. */
  readonly start_sect: number;
  readonly nr_sects: number;
}

export const blk_queue_pfn = (q: RequestQueue): boolean => (q.flags & QUEUE_FLAG_PFN) !== 0;
export const blk_queue_nomerges = (q: RequestQueue): boolean => (q.flags & QUEUE_FLAG_NOMERGES) !== 0;
export const blk_queue_noxmerges = (q: RequestQueue): boolean => (q.flags & QUEUE_FLAG_NOXMERGES) !== 0;
export const blk_queue_discard = (q: RequestQueue): boolean => (q.flags & QUEUE_FLAG_DISCARD) !== 0;
export const queue_sg_gaps = (q: RequestQueue): boolean => (q.flags & QUEUE_FLAG_SG_GAPS) !== 0;
export const queue_no_sg_merge = (q: RequestQueue): boolean => (q.flags & QUEUE_FLAG_NO_SG_MERGE) !== 0;

/** `blk_max_size_offset`: sectors a bio may have when it starts at `sector`. */
export function blk_max_size_offset(queue: RequestQueue, sector: number): number {
  const { chunk_sectors, max_sectors } = queue.limits;
  return chunk_sectors === 0 ? max_sectors : chunk_sectors - (sector % chunk_sectors);
}
