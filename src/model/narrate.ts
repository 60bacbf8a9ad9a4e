import { groupedHex } from './address';
import { NO_OBJECT, type RecordedEvent } from './recording';
import { rwbs } from './print/rwbs';

/** One true sentence about an event, from its columns and its note alone. */
export function narrate(event: RecordedEvent): string {
  const say = SENTENCES[event.name.name];
  return say ? say(event, event.device ?? 'the device') : event.note || event.name.name;
}

/** `bio 3`; events of no bio speak of the device alone. */
const bio = ({ object }: RecordedEvent) => (object === NO_OBJECT ? 'no bio' : `bio ${object}`);

/** `W 2048 + 8`: operation, first sector, sectors. */
const run = ({ a, c, e }: RecordedEvent) => `${rwbs('6.12', e, c)} ${sector(a)} + ${c}`;

/** An empty flush is nowhere: the kernel prints its sector as all ones. */
const sector = (a: number) => (a < 0 ? 'no sector' : String(a));

const because = (event: RecordedEvent) => (event.note === '' ? '' : ` — ${ruleOf(event)}`);

/** The rule, without the function that applied it where that is the event itself. */
export function ruleOf({ name, note }: RecordedEvent): string {
  const prefix = `${name.name}: `;
  return note.startsWith(prefix) ? note.slice(prefix.length) : note;
}

const SENTENCES: Readonly<Record<string, (event: RecordedEvent, on: string) => string>> = {
  bio_add_page: vector,
  bio_add_pc_page: vector,
  bio_add_pfn: vector,
  bv_pfn: vector,
  submit_bio: submitted,
  generic_make_request_checks: refused,
  submit_bio_noacct: refused,
  block_bio_queue: (e, on) => `${on} accepts ${bio(e)} into its queue: ${run(e)}`,
  block_bio_remap: (e, on) => `${bio(e)} goes on to ${on}: sector ${e.b} becomes ${e.a}, ${e.c} sectors`,
  block_bio_bounce: (e, on) =>
    `${on} cannot reach the pages of ${bio(e)}: it goes on with copies${because(e)}`,
  block_bio_complete: (e, on) => `${on} is done with ${bio(e)}: ${run(e)}, ${result(e.d)}`,
  block_split: (e, on) => `${bio(e)} is cut on ${on}: what begins at sector ${e.b} comes later${because(e)}`,
  block_bio_backmerge: (e) => `${bio(e)} joins request ${e.b} at its end: ${run(e)}`,
  block_bio_frontmerge: (e) => `${bio(e)} joins request ${e.b} at its front: ${run(e)}`,
  block_getrq: (e, on) => `${bio(e)} gets request ${e.b} of ${on}: ${run(e)}`,
  block_sleeprq: (e, on) => `the task sleeps until ${on} has a request for ${bio(e)}${because(e)}`,
  block_plug: (_e, on) => `the task keeps requests for ${on} back: more may come`,
  block_unplug: (e, on) =>
    `the task lets ${count(e.c, 'request')} go to ${on}${e.d === 1 ? '' : ', because it has to sleep'}`,
  block_rq_insert: (e, on) => `request ${e.b} is queued on ${on}: ${run(e)}`,
  block_rq_merge: (e, on) => `request ${e.b} of ${on} becomes part of another: ${run(e)}`,
  block_rq_issue: (e, on) => `the driver of ${on} takes request ${e.b}: ${run(e)}`,
  block_rq_requeue: (e, on) => `${on} gives request ${e.b} back: ${run(e)}`,
  block_rq_complete: (e, on) => `${on} is done with request ${e.b}: ${run(e)}, ${result(e.d)}`,
  block_io_start: (e, on) => `request ${e.b} counts as I/O of ${on} from here on`,
  block_io_done: (e, on) => `request ${e.b} counts as I/O of ${on} up to here`,
  bio_clone: (e, on) => `${bio(e)} is made from bio ${e.a}: sector ${e.b} + ${e.c} of ${on}`,
  bio_split: (e, on) => `${bio(e)} takes the first ${e.c} sectors of bio ${e.a}: sector ${e.b} of ${on}`,
  bio_chain: (e) => `bio ${e.a} now waits for ${bio(e)} too: ${e.d} completions to come`,
  blk_rq_merge_ok: (e) => `${bio(e)} does not join request ${e.b}${because(e)}`,
  blk_stack_limits: stacked,
  bio_get_page: (e) => `dm-io makes ${bio(e)} of another one’s pages${because(e)}`,
  fix_read_error: (e, on) => `${on} looks after a read that failed${because(e)}`,
  raid5_end_read_request: (e, on) => `${on} looks after a page that could not be read${because(e)}`,
  mirror_end_io: (e, on) => `${on} looks after a read that a leg failed${because(e)}`,
  dm_rh_mark_nosync: (e, on) => `${on} no longer has the same on all legs${because(e)}`,
  handle_read_error: (e, on) => `${on} never ends ${bio(e)}${because(e)}`,
  blk_rq_map_sg: (e) =>
    `request ${e.b} becomes ${count(e.c, 'scatterlist entry', 'scatterlist entries')}; nr_phys_segments had counted ${e.d}`,
  sg_set_page: (e) => `entry ${e.d}: ${e.c} bytes at ${groupedHex(e.a)}`,
  swiotlb_bounce: (e) =>
    `the CPU copies ${e.c} bytes from ${groupedHex(e.a)} to ${groupedHex(e.b)}, into the pool or out of it`,
  dma_map_sg: (e, on) =>
    e.d === 0
      ? `none of the ${count(e.c, 'entry', 'entries')} of request ${e.b} is mapped: ${on} cannot have it`
      : `${count(e.c, 'entry', 'entries')} of request ${e.b} mapped: ${on} sees ${e.d}`,
  sg_dma_address: (e, on) =>
    e.a === e.b
      ? `${on} finds entry ${e.d} at its own address, ${groupedHex(e.a)}: ${e.c} bytes`
      : `${on} finds entry ${e.d}, ${groupedHex(e.b)}, at bus address ${groupedHex(e.a)}: ${e.c} bytes`,
  dma_unmap_sg: (e, on) => `${on} is done with request ${e.b}: its addresses are given back`,
  tier_map: (e, on) => `${on}, sector ${e.a} + ${e.c} of ${bio(e)}${because(e)}`,
  cache_decision: (e, on) => `${on} decides about ${bio(e)}, sector ${e.a} + ${e.c}${because(e)}`,
  cache_insert: (e, on) => `${on} has sector ${e.a} + ${e.c} in its cache, ${e.d === 1 ? 'dirty' : 'clean'}`,
  cache_drop: (e, on) => `sector ${e.a} + ${e.c} leaves the cache of ${on}`,
  cache_clean: (e, on) => `the slow disk has sector ${e.a} + ${e.c} of ${on} as well: it is clean`,
  tier_insert: (e, on) => `block ${e.a} is in slot ${e.b} of ${on}, ${e.d === 1 ? 'dirty' : 'clean'}`,
  tier_evict: (e, on) => `block ${e.a} leaves slot ${e.b} of ${on}${e.d === 1 ? ' to make room' : ''}`,
  tier_metadata: (e, on) =>
    e.b < 0
      ? `${on} forgets what is in slot ${e.a}, with one store of ${e.c} bytes`
      : `${on} notes that slot ${e.a} has block ${e.b}, with one store of ${e.c} bytes`,
  tier_persist: (e) => `${e.c} bytes at ${groupedHex(e.a)} are made durable${because(e)}`,
  tier_writeback: (e, on) =>
    `${on} sends ${e.c} sectors of slot ${e.b} to the slow disk, sector ${e.a}, ${WAYS[e.d] ?? ''}${because(e)}`,
  tier_clean: (e, on) => `the slow disk has block ${e.a} for good: slot ${e.b} of ${on} is clean`,
  tier_recover: (e, on) => `${on} finds ${count(e.c, 'dirty block')} in persistent memory`,
  md_error: (e, on) => `${on} takes a device out${because(e)}`,
  brd_insert_page: (e, on) => `${on} takes page ${groupedHex(e.b)} from free RAM for its block ${e.a}`,
  memcpy: (e) => `the CPU copies ${e.c} bytes from ${groupedHex(e.a)} to ${groupedHex(e.b)}`,
  copy_page_to_iter: (e, on) =>
    `a worker copies ${e.c} bytes between ${groupedHex(e.a)} and byte ${e.b} of the file under ${on}`,
  bio_integrity_process: (e, on) =>
    `the CPU ${e.d === 1 ? 'makes' : 'finds right'} the tags of ${bio(e)} on ${on}: ${e.c} bytes for what starts at sector ${e.a}`,
  bio_integrity_verify_fn: refused,
  blk_rq_map_integrity_sg: (e) =>
    `the tags of request ${e.b} become ${count(e.c, 'entry', 'entries')} of their own: ${e.d} bytes`,
  crypt_convert: (e, on) =>
    `${on} ${e.d === 1 ? 'encrypts' : 'decrypts'} ${e.c} bytes at ${groupedHex(e.a)}, from sector ${e.b} on`,
  verity_verify_io: (e, on) =>
    `${on} hashes block ${e.b}, ${e.c} bytes: ${e.d === 0 ? 'as the tree has it' : 'the tree has another digest'}${because(e)}`,
  bio_for_each_segment: segment,
  memset: (e, on) => `${on} has no page there yet: the CPU zeroes ${e.c} bytes at ${groupedHex(e.b)}`,
  printk: (e) => `the kernel logs “${e.note}”`,
  oops: (e) => `the task dies: ${e.note}`,
  bio_endio: (e) => (e.d === 0 ? `${bio(e)} completes: no error` : `${bio(e)} ends with error ${e.d}`),
};

/** How a tier's data gets to the slow disk. */
const WAYS = ['copied through DRAM pages', 'by its struct pages', 'by its page frames, without a copy'];
function segment({ a, b, c, d, note }: RecordedEvent, on: string): string {
  const arrow = d === 1 ? 'to' : 'from';
  return a < 0
    ? `${on} moves ${c} bytes ${arrow} its byte ${b}, and the wrong ones — ${note}`
    : `${note} moves ${c} bytes at ${groupedHex(a)} ${arrow} byte ${b} of ${on}`;
}

/** `max_segments 128 -> 64 of dm-0, because of sda`: as the engine notes it. */
const LIMIT = /^(\w+) (\S+) -> (\S+) of (\S+), because of (\S+)$/;

function stacked(event: RecordedEvent, on: string): string {
  const [, field, before, after, , culprit] = LIMIT.exec(ruleOf(event)) ?? [];
  if (culprit === undefined) return `the limits of ${on} follow from what lies below${because(event)}`;
  const verb = event.b < event.a ? 'lowers' : 'raises';
  return `blk_stack_limits ${verb} ${field} of ${on} from ${before} to ${after}: ${culprit} is the culprit`;
}

const DISCARD = 1 << 7;

function submitted(event: RecordedEvent, on: string): string {
  const { a, c, d, e } = event;
  const said = `${bio(event)} is submitted: `;
  if (e & DISCARD) return `${said}discard ${c} bytes of ${on}, sector ${a}`;
  if (c === 0) return `${said}an empty flush of ${on}`;
  return `${said}${d === 1 ? 'write' : 'read'} ${c} bytes ${d === 1 ? 'to' : 'from'} ${on}, sector ${a}`;
}

function refused(event: RecordedEvent): string {
  return `refused with ${event.d}: ${ruleOf(event)}`;
}

function vector(event: RecordedEvent): string {
  const what = `${event.c} bytes at offset ${event.b} of pfn ${groupedHex(event.a)}`;
  if (event.d === 0) return `refuses ${what}: ${ruleOf(event)}`;
  return event.name.name === 'bv_pfn' ? `the caller fills a vector by hand: ${what}` : `adds ${what}`;
}

const result = (error: number) => (error === 0 ? 'no error' : `error ${error}`);

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
