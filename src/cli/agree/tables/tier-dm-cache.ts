import { DM_CACHE_MODES, map_bio, remap_to_cache } from '../../../engine/drivers/dm-cache/map-bio';
import { compare, type Checker } from '../case';
import { jsonRows, opOf, scenarioBeside, type TierBio } from './tier-rows';

interface Row extends TierBio {
  readonly io: number | null;
  readonly oblock?: number;
  readonly optimisable?: number;
  readonly lookup?: string;
  readonly mapio: string;
  readonly remap?: readonly string[];
}

interface Event {
  readonly t: number;
  readonly io: number | null;
  readonly event: string;
  readonly op?: string;
  readonly oblock?: number;
  readonly cblock?: number;
  readonly success?: number;
}

/** What is where: the policy's mapping, and what is being moved. */
class Mapping {
  readonly cached = new Map<number, number>();
  readonly migrating = new Set<number>();

  happened({ event, op, oblock = -1, cblock = -1, success }: Event): void {
    if (event === 'mg_start' && op !== 'writeback') this.migrating.add(oblock);
    if (event === 'work_done') {
      this.migrating.delete(oblock);
      if (success !== 1) return;
      if (op === 'promote') this.cached.set(oblock, cblock);
      if (op === 'demote') this.cached.delete(oblock);
    }
    if (event === 'invalidate')
      for (const [block, at] of [...this.cached]) if (at === cblock) this.cached.delete(block);
  }
}

/**
 * Each bio of a dm-cache: what the lookup gives and where the bio goes. What was promoted, demoted and invalidated, and when,
 * is an input: smq's own moment depends on its statistics and the clock.
 */
export const tierDmCache: Checker = function* (text, path, beside) {
  const { head, background } = scenarioBeside(path, beside);
  const events = jsonRows<Event>(background());
  const blockSectors = Number(/ \d+ cache \/\S+ \/\S+ \/\S+ (\d+) /.exec(head)?.[1] ?? 128);
  const mapping = new Mapping();
  for (const row of jsonRows<Row>(text)) {
    while (events[0] && events[0].t < row.t) mapping.happened(events.shift()!);
    const name = `bio ${row.bio} (${row.op.toLowerCase()} ${row.sector}+${row.size / 512}, ${row.step})`;
    const oblock = Math.floor(row.sector / blockSectors);
    const [mode = '', policy = ''] = row.mode.split(' ');
    const given = events.find(
      (one) => one.io === row.io && one.event === 'queue' && one.op === 'promote' && one.oblock === oblock,
    );
    const decision = map_bio({
      op: row.flags.includes('PREFLUSH') ? 'flush' : opOf(row),
      fua: row.flags.includes('FUA'),
      mode: DM_CACHE_MODES.find((known) => known === mode) ?? 'writeback',
      cached: mapping.cached.has(oblock),
      optimisable: row.optimisable === 1,
      // While a block is copied only writes wait; when the copy is done, reads too: the events do not say since when.
      migrating: mapping.migrating.has(oblock) && (row.op !== 'READ' || row.lookup === undefined),
      mayPromote: policy !== 'cleaner' && given !== undefined,
    });
    const cblock = mapping.cached.get(oblock) ?? given?.cblock ?? -1;
    // A bio that crosses blocks is cut at the block.
    const sectors = Math.min(row.size / 512, blockSectors - (row.sector % blockSectors));
    const toFast = `fast ${remap_to_cache(row.sector, blockSectors, cblock)}+${sectors}`;
    const expected = [row.lookup ?? 'no lookup', row.mapio, ...(row.remap ?? []).slice(0, 1)];
    const ours = [decision.lookup ?? 'no lookup'];
    switch (decision.goes) {
      case 'fast':
      case 'both':
        ours.push('REMAPPED', toFast);
        break;
      case 'origin':
        ours.push('REMAPPED', `origin ${row.sector}+${sectors}`);
        break;
      case 'promote':
        ours.push('SUBMITTED', toFast);
        break;
      default:
        ours.push('SUBMITTED');
    }
    yield compare(name, expected.join(' '), ours.join(' '));
  }
};
