import { WC_STATS, Writecache, type WcMapped } from '../../../engine/drivers/dm-writecache/writecache';
import type { WritecacheOptions } from '../../../engine/drivers/dm-writecache/writecache';
import { compare, type Checker } from '../case';
import { jsonRows, opOf, scenarioBeside, type TierBio } from './tier-rows';

type Counters = Record<(typeof WC_STATS)[number] | 'free' | 'wb' | 'unc', number>;

interface Row extends TierBio {
  readonly mode: 'p' | 's';
  readonly io: number | null;
  /** When the bio came. */
  readonly before: Counters;
  /** What changed until the next one came; the last bio has none. */
  readonly delta?: Partial<Counters>;
  readonly calls?: readonly string[];
  readonly mapio: string;
  readonly remap?: readonly string[];
}

/**
 * Each bio of a dm-writecache: how it is mapped, where it goes, what the status counts for it, and what it had to call. What
 * the kernel did between bios is an input, as far as the counters tell it (committed, written back, freed): which blocks it
 * did it to is the model's own.
 */
export const tierWritecache: Checker = function* (text, path, beside) {
  const { head } = scenarioBeside(path, beside);
  const cleaners = cleanersOf(head);
  let tables = [...head.matchAll(/writecache ([ps]) \S+ \S+ (\d+) \d+(.*)'$/gm)];
  const rows = jsonRows<Row>(text);
  let wc: Writecache | undefined;
  let flushes = 0;
  for (const [i, row] of rows.entries()) {
    const name = `bio ${row.bio} (${row.op.toLowerCase()} ${row.sector}+${row.size / 512}, ${row.step})`;
    if (!wc || isNewDevice(wc, row)) {
      while (tables.length > 1 && tables[0]![1] !== row.mode) tables = tables.slice(1);
      wc = new Writecache(optionsOf(row, tables[0]), waitForBlock);
      tables = tables.slice(1);
    }
    wc.cleaner = cleaners.has(row.step);
    catchUp(wc, row.before);
    const flush = row.flags.includes('PREFLUSH');
    const repeated = flush && rows[i - 1]?.flags.includes('PREFLUSH') && rows[i - 1]!.io === row.io;
    flushes = repeated ? flushes + 1 : 0;
    const mapped = wc.writecache_map({
      op: flush ? 'flush' : opOf(row),
      sector: row.sector,
      sectors: row.size / 512,
      fua: row.flags.includes('FUA'),
      bioNr: flushes,
    });
    const counted = (of: Partial<Counters>) =>
      WC_STATS.filter((stat) => of[stat]).map((stat) => `${stat} ${of[stat]!}`);
    const { stats } = wc;
    const ours = Object.fromEntries(WC_STATS.map((stat) => [stat, stats[stat] - row.before[stat]]));
    // The counters start anew where the device was made again, or told to forget them.
    const { delta = {} } = row;
    const told = row.delta !== undefined && !WC_STATS.some((stat) => (delta[stat] ?? 0) < 0);
    const expected = [row.mapio, ...(row.remap ?? []), ...(row.calls ?? [])];
    yield compare(
      name,
      [...expected, ...(told ? counted(delta) : [])].join(' '),
      [mapped.mapio, ...remapText(mapped), ...mapped.calls, ...(told ? counted(ours) : [])].join(' '),
    );
  }
};

/** In the map call itself, what is copied shows as no bio. */
function remapText({ parts }: WcMapped): string[] {
  return parts
    .filter(({ to }) => to !== 'copy')
    .map(({ to, sector, sectors }) => `${to} ${sector}+${sectors}`);
}

function optionsOf({ mode, before }: Row, table: RegExpExecArray | undefined): WritecacheOptions {
  const [, , blockSize = '4096', rest = ''] = table ?? [];
  const given = (option: string) => {
    const value = new RegExp(`\\b${option} (\\d+)`).exec(rest)?.[1];
    return value === undefined ? {} : { [option]: Number(value) };
  };
  return {
    mode,
    blocks: before.free + before.wb,
    blockSize: Number(blockSize),
    ...given('high_watermark'),
    ...given('low_watermark'),
    ...given('autocommit_blocks'),
  };
}

/** Its counters went back, and with them its blocks came free. */
function isNewDevice(wc: Writecache, { before }: Row): boolean {
  if (!WC_STATS.some((stat) => before[stat] < wc.stats[stat])) return false;
  Object.assign(wc.stats, Object.fromEntries(WC_STATS.map((stat) => [stat, before[stat]])));
  return before.unc === 0 && before.wb === 0 && WC_STATS.every((stat) => before[stat] === 0);
}

/** Brings the model to where the counters say the kernel is. */
function catchUp(wc: Writecache, before: Counters): void {
  const { entries } = wc;
  if (before.unc < wc.uncommitted_blocks) wc.writecache_flush();
  const free = () => entries.freelist_size + entries.writeback.size;
  while (free() < before.free + before.wb) {
    if (wc.takeForWriteback(before.free + before.wb - free()).length === 0) break;
  }
  while (entries.freelist_size < before.free && waitForBlock(wc));
}

function waitForBlock(wc: Writecache): boolean {
  const [first] = wc.entries.writeback;
  if (!first) return wc.takeForWriteback(1).length > 0 && waitForBlock(wc);
  wc.writebackEnded(first);
  return true;
}

/** Steps in which the device was told to be a cleaner. */
function cleanersOf(head: string): ReadonlySet<string> {
  const steps = new Set<string>();
  let cleaner = false;
  for (const line of head.split('\n')) {
    if (/^\$ dmsetup message \S+ \d+ cleaner\b/.test(line)) cleaner = true;
    else if (/^\$ dmsetup create \S+ .*writecache/.test(line)) cleaner = / cleaner\b/.test(line);
    const [, step] = /^## step (.*)$/.exec(line) ?? [];
    if (step !== undefined && cleaner) steps.add(step);
  }
  return steps;
}
