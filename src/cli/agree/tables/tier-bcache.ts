import {
  CACHE_MODES,
  CUTOFFS,
  type CacheMode,
  type WritebackCutoffs,
} from '../../../engine/drivers/bcache/bypass';
import { Contents } from '../../../engine/drivers/bcache/contents';
import { cached_dev_submit_bio } from '../../../engine/drivers/bcache/decide';
import { Streams } from '../../../engine/drivers/bcache/streams';
import { compare, type Checker } from '../case';
import { jsonRows, opOf, scenarioBeside, type TierBio } from './tier-rows';

/** What a row adds; the last five are what the kernel did. */
interface Row extends TierBio {
  readonly in_use: number;
  readonly cutoff: number;
  readonly readahead_meta_only: number;
  readonly congested?: number;
  readonly overlaps_dirty_keys?: readonly [moving: number, writeback: number];
  readonly decision: string;
  readonly bypass_event?: string;
  readonly bypass_reason_derived?: string;
}

interface Event {
  readonly t: number;
  readonly event: string;
  readonly text?: string;
}

/**
 * Each bio of a bcache device: what the rules make of its inputs (mode, in_use, cutoff, flags, the draw of congestion, keys
 * being written back; streams and the cache's content are our own), against what the kernel decided. A reason is compared
 * where the capture has one. The device is being detached from the step after the command on, and gone after "no cache".
 */
export const tierBcache: Checker = function* (text, path, beside) {
  const { head, background } = scenarioBeside(path, beside);
  const states = statesOf(head);
  const streams = new Streams();
  const contents = new Contents(Number(/^bucket_size:\s*(\d+)/m.exec(head)?.[1] ?? 1024));
  const events = jsonRows<Event>(background());
  const cutoffs = cutoffsOf(head);
  const blockSectors = Math.max(1, Number(/^block_size:\s*(\d+)/m.exec(head)?.[1] ?? 1));
  for (const row of jsonRows<Row>(text)) {
    const name = `bio ${row.bio} (${row.op.toLowerCase()} ${row.sector}+${row.size / 512}, ${row.step})`;
    while (events[0] && events[0].t < row.t) happened(contents, events.shift()!);
    const state = states.get(row.step);
    if (state === 'detached') {
      yield compare(name, row.decision, 'no cache attached (block_bio_remap only)');
      continue;
    }
    const has = (...flags: string[]) => flags.some((flag) => row.flags.includes(flag));
    const end = row.sector + row.size / 512;
    const op = opOf(row);
    const { decision, reason } = cached_dev_submit_bio(
      {
        op,
        sector: row.sector,
        bytes: row.size,
        ahead: has('RAHEAD', 'BACKGROUND'),
        meta: has('META', 'PRIO'),
        sync: has('SYNC'),
        task: row.pid ?? 0,
        now: row.t,
        detaching: state === 'detaching',
        mode: modeOf(row.mode),
        in_use: row.in_use,
        readaheadMetaOnly: row.readahead_meta_only !== 0,
        blockSectors,
        sequential_cutoff: row.cutoff,
        congested: () => row.congested ?? 0,
        cached: contents.cached.covers(row.sector, end),
        overlaps: row.overlaps_dirty_keys?.[1] === 1,
        cutoffs,
      },
      streams,
    );
    const real = row.bypass_event ?? row.bypass_reason_derived;
    const because = (why: string | undefined) => (why === undefined ? '' : ` (${why})`);
    yield compare(name, row.decision + because(real), decision + because(real && reason));
    const task = row.pid ?? 0;
    if (op === 'discard' || row.decision === 'bypass') contents.remove(row.sector, end);
    else if (op === 'write') contents.add(row.sector, end, row.decision === 'writeback', task);
    else if (row.decision === 'miss') contents.add(row.sector, end, false, task);
    else contents.hit(row.sector, end);
  }
};

/** What the kernel did by itself: keys written back, a bucket given back. */
function happened(contents: Contents, { event, text = '' }: Event): void {
  const [, end, len] = /^\d+:(\d+) len (\d+)/.exec(text) ?? [];
  if (event === 'bcache_invalidate') contents.invalidate();
  // A key names its end on the backing device, where the data starts 16 sectors later.
  else if (event === 'bcache_writeback' && end !== undefined)
    contents.dirty.remove(Number(end) - 16 - Number(len), Number(end) - 16);
}

function modeOf(mode: string): CacheMode {
  return CACHE_MODES.find((known) => known === mode) ?? 'none';
}

/** What the device is in each step: `detaching` after the command, `detached` once its state says so. */
function statesOf(head: string): ReadonlyMap<string, 'attached' | 'detaching' | 'detached'> {
  const states = new Map<string, 'attached' | 'detaching' | 'detached'>();
  let state: 'attached' | 'detaching' | 'detached' = 'attached';
  for (const line of head.split('\n')) {
    if (/^\$ echo .*\/bcache\/detach\s*$/.test(line)) state = 'detaching';
    else if (/^\$ echo .*\/bcache\/attach\s*$/.test(line)) state = 'attached';
    else if (line === 'no cache' && state === 'detaching') state = 'detached';
    const [, step] = /^## step (.*)$/.exec(line) ?? [];
    if (step !== undefined) states.set(step, state);
  }
  return states;
}

/** Parameters of the module, where the scenario sets them. */
function cutoffsOf(head: string): WritebackCutoffs {
  const value = (name: string, byDefault: number) =>
    Number(new RegExp(`\\b${name}=(\\d+)`).exec(head)?.[1] ?? byDefault);
  return {
    writeback: value('bch_cutoff_writeback', CUTOFFS.writeback),
    sync: value('bch_cutoff_writeback_sync', CUTOFFS.sync),
  };
}
