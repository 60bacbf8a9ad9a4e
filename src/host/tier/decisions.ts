import { TIER_KINDS, kindOf, type TierKind } from '../../model/tier-kinds';
import { TIER_MOVES } from '../../model/cache-spec';
import type { Recording } from '../../model/recording';
import type { DecisionView, DecisionsView } from '../../protocol/tier-view';

/** One decision of a cache about part of an I/O, or about its own work. */
export interface Decision extends DecisionView {
  /** Its event, by its index in the Recording. */
  readonly event: number;
}

/** Columns of the strip, rows around the selected I/O, reasons and I/Os of a reason that a page is given. */
const MOST_BINS = 160;
const BEFORE = 10;
const AFTER = 30;
const MOST_REASONS = 60;
const MOST_IOS = 64;

const WAYS: Readonly<Record<(typeof TIER_MOVES)[number], string>> = {
  copy: 'through DRAM pages, which the CPU fills',
  pages: 'straight from persistent memory, by its struct pages',
  pfn: 'straight from persistent memory, by its page frames',
};

/** Every decision of a device, in order. `bios`: the bio of each I/O of the workload, or -1. */
export function decisionsOf(
  recording: Recording,
  device: string,
  driver: string,
  bios: readonly number[],
): Decision[] {
  const { columns, names, devices, texts, length } = recording;
  const id = devices.indexOf(device);
  const whose = owners(recording, bios);
  const decided = indexesOf(recording, ['tier_map', 'cache_decision']);
  const written = indexesOf(recording, ['tier_writeback', 'cache_clean']);
  const found: Decision[] = [];
  for (let event = 0; event < length; event++) {
    const name = columns.name[event]!;
    if (columns.device[event] !== id || (!decided.has(name) && !written.has(name))) continue;
    const note = texts[columns.note[event]!] ?? '';
    const place = {
      number: found.length,
      event,
      sector: columns.a[event]!,
      sectors: columns.c[event]!,
    };
    if (written.has(name)) {
      const way =
        names[name]!.name === 'tier_writeback' ? (TIER_MOVES[columns.d[event]!] ?? 'copy') : undefined;
      const because = [
        ...(way ? [WAYS[way]] : ['the slow disk has it as well']),
        ...(note ? [note] : []),
      ].join(': ');
      found.push({ ...place, io: -1, kind: 'writeback', word: 'writeback', because });
      continue;
    }
    const cut = note.indexOf(': ');
    const [word, because] = [note.slice(0, cut), note.slice(cut + 2)];
    // The lowest bit of bi_rw is the direction.
    const kind = kindOf(driver, word, because, (columns.e[event]! & 1) === 1);
    found.push({ ...place, io: whose(columns.object[event]!), kind, word, because });
  }
  return found;
}

/** Which I/O a bio belongs to, through the bios it was made from; -1 for nobody's. */
function owners(recording: Recording, bios: readonly number[]): (bio: number) => number {
  const { columns, length } = recording;
  const born = indexesOf(recording, ['bio_clone', 'bio_split']);
  const parents = new Map<number, number>();
  for (let i = 0; i < length; i++)
    if (born.has(columns.name[i]!)) parents.set(columns.object[i]!, columns.a[i]!);
  const ios = new Map(bios.map((bio, io) => [bio, io]));
  return (bio) => {
    let at: number | undefined = bio;
    while (at !== undefined && !ios.has(at)) at = parents.get(at);
    return at === undefined ? -1 : ios.get(at)!;
  };
}

/** Which events have one of these names. */
export function indexesOf({ names }: Recording, wanted: readonly string[]): ReadonlySet<number> {
  return new Set(names.flatMap(({ name }, n) => (wanted.includes(name) ? [n] : [])));
}

/** What a page shows of them: counts, a strip over time, the reasons, and those around the selected I/O. */
export function decisionsView(decisions: readonly Decision[], io: number): DecisionsView {
  const selected = decisions.findIndex((decision) => decision.io === io);
  const from = Math.max(selected - BEFORE, 0);
  return {
    total: decisions.length,
    counts: countKinds(decisions),
    bins: binsOf(decisions),
    reasons: reasonsOf(decisions),
    near: decisions
      .slice(from, Math.max(selected, 0) + AFTER)
      .map(({ event: _event, ...decision }) => decision),
  };
}

function countKinds(decisions: readonly { readonly kind: TierKind }[]): number[] {
  const counts = TIER_KINDS.map(() => 0);
  for (const { kind } of decisions) counts[TIER_KINDS.indexOf(kind)]!++;
  return counts;
}

function binsOf(decisions: readonly Decision[]): DecisionsView['bins'] {
  const count = Math.min(decisions.length, MOST_BINS);
  return Array.from({ length: count }, (_, n) => {
    const from = Math.floor((n * decisions.length) / count);
    const to = Math.floor(((n + 1) * decisions.length) / count);
    const part = decisions.slice(from, to);
    return { from, to, io: part.find(({ io }) => io >= 0)?.io ?? -1, counts: countKinds(part) };
  });
}

/** The most frequent first. Sentences that differ only in numbers are one reason. */
function reasonsOf(decisions: readonly Decision[]): DecisionsView['reasons'] {
  const found = new Map<string, { kind: TierKind; because: string; count: number; ios: number[] }>();
  for (const { kind, because, io } of decisions) {
    const key = `${kind} ${because.replace(/\d+/g, '#')}`;
    const known = found.get(key) ?? { kind, because, count: 0, ios: [] };
    found.set(key, known);
    known.count++;
    known.because = because;
    if (io >= 0 && known.ios.length < MOST_IOS && known.ios.at(-1) !== io) known.ios.push(io);
  }
  return [...found.values()].sort((a, b) => b.count - a.count).slice(0, MOST_REASONS);
}
