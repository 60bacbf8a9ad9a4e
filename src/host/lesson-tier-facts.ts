import { formatBytes } from '../model/address';
import { TIER_MOVES } from '../model/cache-spec';
import { formatNanoseconds } from '../model/device-time';
import { TIER_KINDS } from '../model/tier-kinds';
import type { TierView } from '../protocol/tier-view';

/**
 * What a lesson may say of a cache:
 * - `{tier cached}`, `{tier dirty}`, `{tier hot}`: blocks, when all is over.
 * - `{tier decided KIND}`: how often.
 * - `{tier reason}`: of what was decided last about the step's I/O.
 * - `{tier WAY copied}`, `memmap`, `p50`, `p99`: of one of the three ways.
 * - `{tier crash acknowledged}`, `durable`, `inFlight`, `lost`, `torn`, `last`, `found`: where the power fails.
 */
export function tierFact(
  tier: TierView,
  io: number,
  [what = '', field = '']: readonly string[],
): string | number | undefined {
  switch (what) {
    case 'cached':
    case 'dirty':
    case 'hot':
      return tier.map[what];
    case 'decided':
      return tier.decisions.counts[TIER_KINDS.findIndex((kind) => kind === field)];
    case 'reason':
      return tier.decisions.near.filter((decision) => decision.io === io).at(-1)?.because;
    case 'crash':
      return crashFact(tier, field);
    default:
      return wayFact(tier, what, field);
  }
}

function crashFact({ crash }: TierView, field: string): string | number | undefined {
  switch (field) {
    case 'acknowledged':
    case 'durable':
    case 'inFlight':
    case 'lost':
    case 'torn':
    case 'last':
      return crash?.[field];
    case 'found':
      return crash && (crash.fates.map(({ found }) => found).join('; ') || 'nothing');
    default:
      return undefined;
  }
}

function wayFact({ ways }: TierView, name: string, field: string): string | undefined {
  const way = ways?.ways[TIER_MOVES.findIndex((move) => move === name)];
  switch (field) {
    case 'copied':
    case 'memmap':
      return way && formatBytes(way[field]);
    case 'p50':
    case 'p99':
      return way && formatNanoseconds(Math.round(way[field]));
    default:
      return undefined;
  }
}
