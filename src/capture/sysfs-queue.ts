import type { QueueSpec } from '../model/queue-spec';
import { hex } from '../model/address';

type Limits = NonNullable<QueueSpec['limits']>;

const UINT = 0xffffffff;
const uint = (value: number) => Math.min(value, UINT);

/** Files of /sys/block/DISK/queue that are a field of the queue's limits, and how the one is made of the other. */
const LIMITS: Readonly<Record<string, (value: number) => Limits>> = {
  max_sectors_kb: (kb) => ({ max_sectors: uint(kb * 2) }),
  max_hw_sectors_kb: (kb) => ({ max_hw_sectors: uint(kb * 2) }),
  max_segments: (n) => (n <= 65535 ? { max_segments: n } : {}),
  max_integrity_segments: (n) => (n <= 65535 ? { max_integrity_segments: n } : {}),
  max_segment_size: (bytes) => ({ max_segment_size: uint(bytes) }),
  virt_boundary_mask: (mask) => ({ virt_boundary_mask: hex(mask) }),
  dma_alignment: (mask) => ({ dma_alignment: uint(mask) }),
  chunk_sectors: (sectors) => ({ chunk_sectors: uint(sectors) }),
  logical_block_size: (bytes) => ({ logical_block_size: uint(bytes) }),
  physical_block_size: (bytes) => ({ physical_block_size: uint(bytes) }),
  minimum_io_size: (bytes) => ({ io_min: uint(bytes) }),
  optimal_io_size: (bytes) => ({ io_opt: uint(bytes) }),
  discard_granularity: (bytes) => ({ discard_granularity: uint(bytes) }),
  discard_max_bytes: (bytes) => ({ max_discard_sectors: uint(Math.floor(bytes / 512)) }),
};

/** A queue with what one file of /sys/block/DISK/queue says of it. `fua` counts once `write_cache` is known. */
export function withQueueFile(queue: QueueSpec, file: string, value: string | number): QueueSpec {
  if (file === 'scheduler') return { ...queue, scheduler: schedulerOf(String(value)).model };
  if (file === 'write_cache') return { ...queue, writeCache: value === 'write back' ? 'write-back' : 'none' };
  const text = String(value);
  if (!/^\d{1,16}$/.test(text)) return queue;
  const number = Number(text);
  if (file === 'nr_requests' && number > 0) return { ...queue, nrRequests: Math.min(number, 65536) };
  if (file === 'nomerges' && number > 0 && number <= 2) return { ...queue, nomerges: number };
  if (file === 'fua' && number === 1 && queue.writeCache === 'write-back')
    return { ...queue, writeCache: 'write-back-fua' };
  const limit = Object.hasOwn(LIMITS, file) ? LIMITS[file] : undefined;
  return limit ? { ...queue, limits: { ...queue.limits, ...limit(number) } } : queue;
}

/** The queue that all files of a disk describe. */
export function queueOfFiles(files: Readonly<Record<string, string | number>>): QueueSpec {
  const late = (name: string) => Number(name === 'fua');
  return Object.entries(files)
    .sort(([a], [b]) => late(a) - late(b))
    .reduce<QueueSpec>((queue, [file, value]) => withQueueFile(queue, file, value), {});
}

/** "noop [deadline] cfq": the one in use. mq-deadline is deadline for what it does to the order. */
export function schedulerOf(text: string): {
  readonly name: string;
  readonly model: NonNullable<QueueSpec['scheduler']>;
} {
  const name = /\[([\w-]+)\]/.exec(text)?.[1] ?? text;
  return { name, model: name.endsWith('deadline') ? 'deadline' : name === 'noop' ? 'noop' : 'none' };
}
