import type { Recording } from '../recording';
import { blockEvents, type BlockEvent, type PrintOptions } from './block-event';

/** blkparse's letter for a tracepoint; what has none (block_io_start, block_io_done) never reaches blktrace. */
const ACTIONS: Readonly<Record<string, string>> = {
  block_bio_queue: 'Q',
  block_bio_bounce: 'B',
  block_bio_remap: 'A',
  block_split: 'X',
  block_bio_backmerge: 'M',
  block_bio_frontmerge: 'F',
  block_getrq: 'G',
  block_sleeprq: 'S',
  block_plug: 'P',
  block_unplug: 'U',
  block_rq_insert: 'I',
  block_rq_issue: 'D',
  block_rq_requeue: 'R',
  block_rq_complete: 'C',
  block_bio_complete: 'C',
};

/** The block tracepoints of a Recording in blkparse's default text. Times start at the first. */
export function* blkparseLines(recording: Recording, options: PrintOptions): Generator<string> {
  const task = (options.task ?? 'bioscope').slice(0, 15);
  let start: number | undefined;
  let sequence = 0;
  for (const { event } of blockEvents(recording, options)) {
    const action = ACTIONS[event.name];
    if (action === undefined) continue;
    start ??= event.time;
    const since = event.time - start;
    const [major, minor] = event.device.split(',') as [string, string];
    const time = `${String(Math.floor(since / 1e9)).padStart(5)}.${String(Math.floor(since % 1e9)).padStart(9, '0')}`;
    yield [
      `${major.padStart(3)},${minor.padEnd(3)}`,
      ' 0',
      String(++sequence).padStart(8),
      time,
      '    1',
      action.padStart(2),
      (event.rwbs === '' ? 'N' : event.rwbs).padStart(3),
      tail(event, action, task),
    ].join(' ');
  }
}

function tail(event: BlockEvent, action: string, task: string): string {
  const range = `${event.sector} + ${event.sectors}`;
  switch (action) {
    case 'P':
      return `[${task}]`;
    case 'U':
      return `[${task}] ${event.count}`;
    case 'A':
      return `${range} <- (${event.from}) ${event.other}`;
    case 'X':
      return `${event.sector} / ${event.other} [${task}]`;
    case 'C':
    case 'R':
      return event.sectors === 0 ? `${event.sector} [${event.error}]` : `${range} [${event.error}]`;
    default:
      return event.sectors === 0 ? `[${task}]` : `${range} [${task}]`;
  }
}
