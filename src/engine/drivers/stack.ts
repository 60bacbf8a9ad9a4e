import type { QueueLimits } from '../block/limits';
import type { Kernel } from '../kernel';

/** One limit of a stacked disk that a device below it changed. */
export interface StackedLimit {
  /** Index of the stacked disk in `kernel.bdevs`. */
  readonly disk: number;
  readonly field: keyof QueueLimits;
  readonly before: number;
  readonly after: number;
  /** The device below whose limit it is. */
  readonly culprit: string;
}

/**
 * Lowers a stacked device's limits to what one device below can do (`blk_stack_limits`). Each field that changes is an
 * event that names the culprit. `start`: where the device below is used from, in sectors.
 */
export function stackLimits(
  kernel: Kernel,
  name: string,
  id: number,
  limits: QueueLimits,
  bdev: number,
  start: number,
): void {
  const below = kernel.bdevs[bdev]!;
  const { trace } = kernel;
  const misaligned = kernel.block.blk_stack_limits(
    limits,
    below.disk.queue.limits,
    start + below.start_sect,
    (field, before, after) => {
      kernel.stackedLimits.push({ disk: id, field, before, after, culprit: below.name });
      const rule = `blk_stack_limits: ${field} ${before} -> ${after} of ${name}, because of ${below.name}`;
      trace.bio(trace.id.blk_stack_limits, id, undefined, before, after, 0, 0, 0, trace.note(rule));
    },
  );
  if (misaligned < 0) {
    trace.printk(id, undefined, `${name}: Warning: Device ${below.name} is misaligned`);
  }
}
