import type { Recording } from '../recording';
import { blockEvents, type BlockEvent, type PrintOptions } from './block-event';

/** What follows the name of the tracepoint, in the words of the kernel. */
export function ftraceText(event: BlockEvent, flavour: PrintOptions['flavour'], task: string): string {
  const { name, device, rwbs, sector, sectors, error } = event;
  const range = `${sector} + ${sectors}`;
  const modern = flavour === '6.12';
  // The request the flush machinery makes has no priority.
  const prio = modern ? (rwbs === 'FF' ? ' none,0,0' : ' be,0,4') : '';
  switch (name) {
    case 'block_plug':
      return `[${task}]`;
    case 'block_unplug':
      return `[${task}] ${event.count}`;
    case 'block_bio_remap':
      return `${device} ${rwbs} ${range} <- (${event.from}) ${event.other}`;
    case 'block_split':
      return `${device} ${rwbs} ${sector} / ${event.other} [${task}]`;
    case 'block_bio_complete':
      return `${device} ${rwbs} ${range} [${error}]`;
    case 'block_rq_complete':
    case 'block_rq_requeue':
      return `${device} ${rwbs} () ${range}${prio} [${error}]`;
    case 'block_rq_insert':
    case 'block_rq_issue':
    case 'block_rq_merge':
    case 'block_io_start':
      // 4.1 gives the bytes of passthrough commands only.
      return `${device} ${rwbs} ${modern ? sectors * 512 : 0} () ${range}${prio} [${task}]`;
    case 'block_io_done':
      // The request has been ended: its length and priority are gone.
      return `${device} ${rwbs} 0 () ${sector} + 0 none,0,0 [${task}]`;
    default:
      return `${device} ${rwbs} ${range} [${task}]`;
  }
}

/** The block tracepoints of a Recording as /sys/kernel/tracing/trace prints them: one CPU, one task. */
export function* ftraceLines(recording: Recording, options: PrintOptions): Generator<string> {
  const task = (options.task ?? 'bioscope').slice(0, 15);
  const modern = options.flavour === '6.12';
  const who = `${task.padStart(16)}-${'1'.padEnd(modern ? 7 : 5)} [000] ${modern ? '.....' : '....'} `;
  for (const { event } of blockEvents(recording, options)) {
    const seconds = Math.floor(event.time / 1e9);
    const micros = Math.floor((event.time % 1e9) / 1000);
    const time = `${String(seconds).padStart(5)}.${String(micros).padStart(6, '0')}`;
    yield `${who}${time}: ${event.name}: ${ftraceText(event, options.flavour, task)}`;
  }
}
