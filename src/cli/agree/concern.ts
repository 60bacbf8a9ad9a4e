import type { TraceLine } from '../../capture/trace/ftrace';
import { MD_THREAD } from '../../capture/trace/submissions';

/** Events of a trace that are not compared, each with the reason. */
export const NOT_OUR_CONCERN: readonly {
  readonly reason: string;
  readonly is: (line: TraceLine) => boolean;
}[] = [
  {
    reason:
      'device 0,0: a passthrough command to a controller (media poll of libata, admin command of NVMe), no bio',
    is: ({ block }) => block?.device === '0,0',
  },
  {
    reason:
      'flags N: no read, write, discard or flush, but REQ_OP_WRITE_ZEROES, which the model does not have',
    is: ({ block }) => block?.rwbs.startsWith('N') === true,
  },
  {
    reason:
      'no block tracepoint: page cache (block_touch_buffer, block_dirty_buffer), probes, marks; DMA mapping (compared in dma-cases.ts, but for dma_alloc: coherent memory is wherever the page allocator has some)',
    is: ({ block }) => block === undefined,
  },
];

/** The superblock writes of md's own threads: the array's metadata, which the model of raid1 does not keep. */
export function superblockWrites(lines: readonly TraceLine[]): ReadonlySet<TraceLine> {
  const keys = new Set<string>();
  const found = new Set<TraceLine>();
  for (const line of lines) {
    const { block } = line;
    if (!block?.rwbs.includes('M')) continue;
    const key = `${block.device} ${block.rwbs} ${block.sector}`;
    if (MD_THREAD.test(line.task)) keys.add(key);
    if (keys.has(key)) found.add(line);
  }
  return found;
}

export function concernsUs(line: TraceLine): boolean {
  return !NOT_OUR_CONCERN.some(({ is }) => is(line));
}

/** Tracepoints that a kernel between 4.1 and 6.12 uses otherwise than the flavour it is compared with. */
const CHANGED: readonly { readonly since: number; readonly events: RegExp; readonly reason: string }[] = [
  { since: 6.05, events: /^block_io_(?:start|done)$/, reason: 'they came with 6.5' },
  {
    since: 6.08,
    events: /^block_(?:un)?plug$/,
    reason: 'since 6.8 every bio that is submitted without a plug has one of its own',
  },
];

/** Whether a tracepoint means the same in a kernel of this release ("6.1.0-56-amd64") as in the flavour. */
export function sameInRelease(event: string, release: string | undefined): boolean {
  const [, major, minor] = /^(\d{1,2})\.(\d{1,3})/.exec(release ?? '') ?? [];
  if (major === undefined) return true;
  const version = Number(major) + Number(minor) / 100;
  return !CHANGED.some(({ since, events }) => version < since && events.test(event));
}
