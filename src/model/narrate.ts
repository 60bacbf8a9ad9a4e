import { groupedHex } from './address';
import type { RecordedEvent } from './recording';

/** One true sentence about an event, from its columns and its note alone. */
export function narrate(event: RecordedEvent): string {
  const on = event.device ?? 'the device';
  const { a, b, c, d, note } = event;
  switch (event.name.name) {
    case 'bio_add_page':
    case 'bio_add_pfn':
    case 'bv_pfn':
      return vector(event);
    case 'submit_bio':
      return `bio ${event.object} is submitted: ${d === 1 ? 'write' : 'read'} ${c} bytes ${d === 1 ? 'to' : 'from'} ${on}, sector ${a}`;
    case 'generic_make_request_checks':
      return `refused with ${d}: ${note}`;
    case 'block_bio_queue':
      return `${on} accepts it into its queue: ${d === 1 ? 'W' : 'R'} ${a} + ${c}`;
    case 'brd_insert_page':
      return `${on} takes page ${groupedHex(b)} from free RAM for its block ${a}`;
    case 'memcpy':
      return `the CPU copies ${c} bytes from ${groupedHex(a)} to ${groupedHex(b)}`;
    case 'memset':
      return `${on} has no page there yet: the CPU zeroes ${c} bytes at ${groupedHex(b)}`;
    case 'printk':
      return `the kernel logs “${note}”`;
    case 'oops':
      return `the task dies: ${note}`;
    case 'bio_endio':
      return d === 0
        ? `bio ${event.object} completes: ${c} bytes, no error`
        : `bio ${event.object} ends with error ${d}`;
    default:
      return note || event.name.name;
  }
}

function vector(event: RecordedEvent): string {
  const what = `${event.c} bytes at offset ${event.b} of pfn ${groupedHex(event.a)}`;
  if (event.d === 0) return `refuses ${what}: ${event.note}`;
  return event.name.name === 'bv_pfn' ? `the caller fills a vector by hand: ${what}` : `adds ${what}`;
}
