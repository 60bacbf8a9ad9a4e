import { NO_OBJECT, type EventKind, type Recorder } from '../model/recording';
import type { Clock } from './clock';
import type { Request } from './block/requests';
import type { Bio } from './block/tables';

/**
 * The engine's vocabulary in a Recording: one name an event, as the kernel calls the tracepoint or function. Every
 * event takes one step of the clock. What the arguments of each mean is in `EVENTS`, once.
 */
export class Trace {
  /** The id of each name, to emit with. */
  readonly id: Readonly<Record<EngineEvent, number>>;
  /** 1 where nobody records: a number, because asking one is cheaper than asking whether a value is true. */
  private readonly off: number;

  constructor(
    private readonly recorder: Recorder,
    private readonly clock: Clock,
  ) {
    this.off = recorder.enabled ? 0 : 1;
    const ids: Record<string, number> = {};
    for (const [name, [kind, ...args]] of Object.entries(EVENTS))
      ids[name] = recorder.define({ name, kind, args });
    // Through JSON, because V8 keeps an object that was built key by key as a slow dictionary.
    this.id = JSON.parse(JSON.stringify(ids)) as Record<EngineEvent, number>;
  }

  /** An event of one bio (or of none). `note`: the rule, where there is one, from `note()`. */
  bio(
    name: number,
    device: number,
    bio: Bio | undefined,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    note = 0,
  ): void {
    const time = this.clock.tick();
    if (this.off !== 0) return;
    const object = bio === undefined ? NO_OBJECT | 0 : bio.serial;
    this.recorder.emit(name, time, device, object, a, b, c, d, e, note);
  }

  /** A sentence, to emit with: 0 is none. */
  note(text: string): number {
    return this.off === 0 ? this.recorder.text(text) : 0;
  }

  /** A tracepoint of a bio: sector, sectors, `bi_rw`; `error` 0 or a negative errno. */
  queued(name: number, bio: Bio, error = 0): void {
    this.bio(name, bio.bi_bdev.id, bio, bio.bi_sector, 0, bio.bi_size >>> 9, error, bio.bi_rw);
  }

  /** A tracepoint of a request: sector, its number, sectors, `error`, `cmd_flags`. The object is its first bio. */
  request(name: number, rq: Request, error = 0): void {
    const sectors = rq.__data_len >>> 9;
    this.bio(name, rq.disk.id, rq.bio, rq.__sector, rq.serial, sectors, error, rq.cmd_flags);
  }

  /** A rule that ended, split, refused or delayed something: what was compared, and where. */
  rule(
    name: EngineEvent,
    device: number,
    bio: Bio | undefined,
    sector: number,
    error: number,
    text: string,
  ): void {
    this.bio(this.id[name], device, bio, sector, 0, 0, error, 0, this.note(text));
  }

  printk(device: number, bio: Bio | undefined, message: string): void {
    this.bio(this.id.printk, device, bio, 0, 0, 0, 0, 0, this.note(message));
  }

  oops(device: number, bio: Bio | undefined, message: string): void {
    this.bio(this.id.oops, device, bio, 0, 0, 0, 0, 0, this.note(message));
  }
}

const VECTOR = ['pfn', 'offset (B)', 'len (B)', 'added (B)', ''] as const;
const BIO = ['sector', '', 'sectors', 'error', 'bi_rw'] as const;
const REQUEST = ['sector', 'request', 'sectors', 'error', 'cmd_flags'] as const;

/** What each event is, and what its five arguments mean. */
const EVENTS = {
  bio_add_page: ['call', ...VECTOR],
  bio_add_pc_page: ['call', ...VECTOR],
  bio_add_pfn: ['call', ...VECTOR],
  bv_pfn: ['call', ...VECTOR],
  submit_bio: ['call', 'sector', '', 'bytes', 'rw', 'bi_rw'],
  generic_make_request_checks: ['rule', 'sector', '', '', 'error', ''],
  handle_read_error: ['rule', 'sector', '', '', '', ''],
  bio_get_page: ['rule', 'sector', '', '', '', ''],
  fix_read_error: ['rule', 'sector', '', '', '', ''],
  raid5_end_read_request: ['rule', 'sector', '', '', '', ''],
  mirror_end_io: ['rule', 'sector', '', '', '', ''],
  dm_rh_mark_nosync: ['rule', 'sector', '', '', '', ''],
  submit_bio_noacct: ['rule', 'sector', '', '', 'error', ''],
  /** a: the sector it now starts at; b: the one it had; d: the device it was sent to. */
  block_bio_remap: ['trace', 'sector', 'from sector', 'sectors', 'from device', 'bi_rw'],
  block_bio_queue: ['trace', ...BIO],
  block_bio_complete: ['trace', ...BIO],
  block_bio_bounce: ['trace', ...BIO],
  /** a: the sector of the first part; b: the sector where the rest starts. */
  block_split: ['trace', 'sector', 'new sector', 'sectors', '', 'bi_rw'],
  block_bio_backmerge: ['trace', 'sector', 'request', 'sectors', '', 'bi_rw'],
  block_bio_frontmerge: ['trace', 'sector', 'request', 'sectors', '', 'bi_rw'],
  block_getrq: ['trace', 'sector', 'request', 'sectors', '', 'bi_rw'],
  block_sleeprq: ['trace', ...BIO],
  block_plug: ['trace', '', '', '', '', ''],
  /** c: requests that were plugged; d: 1 explicit, 0 because the task slept. */
  block_unplug: ['trace', '', '', 'requests', 'explicit', ''],
  block_rq_insert: ['trace', ...REQUEST],
  block_rq_merge: ['trace', ...REQUEST],
  block_rq_issue: ['trace', ...REQUEST],
  block_rq_requeue: ['trace', ...REQUEST],
  block_rq_complete: ['trace', ...REQUEST],
  block_io_start: ['trace', ...REQUEST],
  block_io_done: ['trace', ...REQUEST],
  /** a, b: which bio this one was made from, and how many of its sectors it has. */
  bio_clone: ['call', 'parent bio', 'sector', 'sectors', '', 'bi_rw'],
  bio_split: ['call', 'parent bio', 'sector', 'sectors', '', 'bi_rw'],
  bio_chain: ['call', 'parent bio', '', '', 'bi_remaining', ''],
  /** A merge that was considered and refused: the rule says why. */
  blk_rq_merge_ok: ['rule', 'sector', 'request', 'sectors', '', 'bi_rw'],
  blk_stack_limits: ['rule', 'before', 'after', '', '', ''],
  /** b: request; c: entries of the scatterlist; d: what nr_phys_segments had estimated. */
  blk_rq_map_sg: ['call', 'sector', 'request', 'entries', 'estimate', 'cmd_flags'],
  /** One entry of the scatterlist. */
  sg_set_page: ['call', 'phys', 'request', 'length (B)', 'entry', ''],
  /** b: request; c: entries; d: entries the device sees, or 0; e: 1 to the device, 2 from it. */
  dma_map_sg: ['call', 'sector', 'request', 'entries', 'mapped', 'direction'],
  /** Where the device finds an entry. */
  sg_dma_address: ['call', 'bus address', 'phys', 'length (B)', 'entry', 'request'],
  dma_unmap_sg: ['call', 'sector', 'request', 'entries', '', 'direction'],
  /** The CPU copies between a buffer and the pool. */
  swiotlb_bounce: ['call', 'from (phys)', 'to (phys)', 'bytes', '', ''],
  /** Where a tier sends part of a bio. b: slot, -1 none; d: the decision (see `TIER_DECISIONS`); the note says why. */
  tier_map: ['rule', 'sector', 'slot', 'sectors', 'decision', 'bi_rw'],
  /** A block is in a slot from now on; d: 1 dirty. */
  tier_insert: ['call', 'block', 'slot', '', 'dirty', ''],
  /** A block leaves; d: 1 because its slot is needed. */
  tier_evict: ['call', 'block', 'slot', '', 'for room', ''],
  /** The word of a slot on persistent memory; b: the block, or -1 for none. */
  tier_metadata: ['call', 'slot', 'block', 'bytes', '', ''],
  /** Stores become durable: the note says how. */
  tier_persist: ['call', 'phys', '', 'bytes', '', ''],
  /** Dirty blocks go to the slow disk; d: 0 copied through DRAM, 1 by struct pages, 2 by page frames. */
  tier_writeback: ['call', 'sector', 'slot', 'sectors', 'way', ''],
  /** The slow disk has it for good: the slot is clean. */
  tier_clean: ['call', 'block', 'slot', '', '', ''],
  /** c: dirty blocks that were found in persistent memory. */
  tier_recover: ['call', '', '', 'blocks', '', ''],
  /** What a cache of the kernel decides: the note says what and why. */
  cache_decision: ['rule', 'sector', '', 'sectors', '', 'bi_rw'],
  /** What a cache of the kernel has from now on (d: 1 dirty), has no more, and what the slow disk has as well. */
  cache_insert: ['call', 'sector', '', 'sectors', 'dirty', ''],
  cache_drop: ['call', 'sector', '', 'sectors', '', ''],
  cache_clean: ['call', 'sector', '', 'sectors', '', ''],
  md_error: ['call', '', '', '', 'error', ''],
  brd_insert_page: ['call', 'page index', 'pfn', '', '', ''],
  memcpy: ['call', 'from (phys)', 'to (phys)', 'bytes', '', ''],
  /** A worker copies between a bio's page and the page cache of the file a disk lives in. */
  copy_page_to_iter: ['call', 'memory (phys)', 'byte of the file', 'bytes', '', 'cmd_flags'],
  /** b: page of the tags; d: 1 makes them, 0 has found them right. */
  bio_integrity_process: ['call', 'sector', 'page (pfn)', 'bytes of tags', 'generates', 'bi_rw'],
  bio_integrity_verify_fn: ['rule', 'sector', '', '', 'error', ''],
  blk_rq_map_integrity_sg: ['call', 'sector', 'request', 'entries', 'bytes of tags', 'cmd_flags'],
  /** b: sector of the target; d: 1 encrypts into pages of its own, 0 decrypts in place. */
  crypt_convert: ['call', 'memory (phys)', 'sector', 'bytes', 'encrypts', 'bi_rw'],
  /** b: block; d: 1 where the digest is not the one of the tree. */
  verity_verify_io: ['call', 'memory (phys)', 'block', 'bytes', 'corrupted', ''],
  /** A small driver visits a segment; d: 1 for a write. The note: in which function, or why the address is nobody's (a < 0). */
  bio_for_each_segment: ['call', 'memory (phys)', 'byte of the disk', 'bytes', 'write', 'bi_rw'],
  memset: ['call', '', 'to (phys)', 'bytes', '', ''],
  printk: ['printk', '', '', '', '', ''],
  oops: ['oops', '', '', '', '', ''],
  bio_endio: ['call', 'sector', '', 'bytes', 'error', 'bi_rw'],
} as const satisfies Record<string, readonly [EventKind, string, string, string, string, string]>;

export type EngineEvent = keyof typeof EVENTS;
