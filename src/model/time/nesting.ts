import { EVENT_KINDS, type Recording } from '../recording';

/**
 * Which event happened inside which, from names alone: a kernel function is over when something happens that it does
 * not call. Facts: the call chains of the block layer, from submit_bio() to the driver and back with the completion.
 */

/** Names that have others inside them, and what may be directly around each name. Anything else is at the outermost level. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  ...inside(['block_bio_queue', 'generic_make_request_checks', 'submit_bio_noacct'], ['submit_bio']),
  // What the queue of a device does with a bio.
  ...inside(
    [
      'bio_clone',
      'bio_split',
      'bio_chain',
      'block_split',
      'block_bio_remap',
      'block_bio_bounce',
      'block_getrq',
    ],
    ['block_bio_queue', 'submit_bio'],
  ),
  ...inside(
    [
      'block_bio_backmerge',
      'block_bio_frontmerge',
      'block_sleeprq',
      'blk_rq_merge_ok',
      'block_plug',
      'block_io_start',
    ],
    ['block_bio_queue', 'submit_bio'],
  ),
  ...inside(['block_rq_insert', 'block_rq_issue'], ['block_bio_queue', 'block_unplug']),
  ...inside(['blk_rq_map_sg', 'dma_map_sg'], ['block_rq_issue']),
  sg_set_page: ['blk_rq_map_sg'],
  sg_dma_address: ['dma_map_sg'],
  swiotlb_bounce: ['block_rq_issue', 'dma_unmap_sg'],
  ...inside(
    ['memcpy', 'memset', 'copy_page_to_iter', 'bio_for_each_segment', 'brd_insert_page'],
    ['block_rq_issue', 'block_bio_queue', 'submit_bio'],
  ),
  // An interrupt comes from outside; what it ends is inside it.
  dma_unmap_sg: ['block_rq_complete'],
  block_io_done: ['block_rq_complete'],
  bio_endio: ['block_rq_complete', 'block_bio_complete', 'block_bio_queue', 'submit_bio'],
  ...inside(['block_bio_complete', 'md_error', 'handle_read_error'], ['bio_endio', 'block_bio_queue']),
};

/** They belong to the plug of a task or to a worker, unless they are of the very bio that is being queued. */
const OF_ITS_BIO: ReadonlySet<string> = new Set(['block_rq_insert', 'block_rq_issue']);

function inside(names: readonly string[], around: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, around]));
}

const OPENERS: ReadonlySet<string> = new Set(Object.values(INSIDE).flat());

/** Whether kernel messages and oopses: they happen wherever they happen. */
const ANYWHERE: ReadonlySet<number> = new Set([EVENT_KINDS.indexOf('printk'), EVENT_KINDS.indexOf('oops')]);

const known = new WeakMap<Recording, Uint8Array>();

/** How deep each event is in calls, 0 outermost. The same array for the same Recording. */
export function depthsOf(recording: Recording): Uint8Array {
  let depths = known.get(recording);
  if (!depths) known.set(recording, (depths = nest(recording)));
  return depths;
}

function nest({ columns, names, length }: Recording): Uint8Array {
  const ids = new Map(names.map(({ name }, id) => [name, id]));
  const around = names.map(({ name }) => new Set(INSIDE[name]?.map((outer) => ids.get(outer) ?? -1)));
  const opens = names.map(({ name }) => OPENERS.has(name));
  const own = names.map(({ name }) => OF_ITS_BIO.has(name));
  const anywhere = names.map(({ kind }) => ANYWHERE.has(EVENT_KINDS.indexOf(kind)));
  const queue = ids.get('block_bio_queue') ?? -1;
  const depths = new Uint8Array(length);
  /** Events that may still have something inside them, by their numbers. */
  const open: number[] = [];
  for (let i = 0; i < length; i++) {
    const name = columns.name[i]!;
    if (!anywhere[name]) {
      const outer = around[name]!;
      while (open.length > 0) {
        const top = open[open.length - 1]!;
        const by = columns.name[top]!;
        const other = own[name] && by === queue && columns.object[top] !== columns.object[i];
        if (outer.has(by) && !other) break;
        open.pop();
      }
    }
    depths[i] = Math.min(open.length, 255);
    if (opens[name]) open.push(i);
  }
  return depths;
}
