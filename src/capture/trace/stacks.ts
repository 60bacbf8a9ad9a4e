import type { DmTarget } from '../../model/target-spec';
import { targetOf, type DmLine } from '../dm-target';
import type { DeviceFacts } from './devices';
import type { TraceLine } from './ftrace';

/** A block_bio_remap from a stacked device: where its sectors went. Numbers as specs write them, "8:16". */
interface Remap {
  readonly to: string;
  readonly sector: number;
  readonly from: number;
  readonly sectors: number;
}

export function remapsOf(lines: readonly TraceLine[]): ReadonlyMap<string, Remap[]> {
  const remaps = new Map<string, Remap[]>();
  for (const { block } of lines) {
    if (block?.name !== 'block_bio_remap' || block.sectors === 0) continue;
    const device = block.from.replace(',', ':');
    const list = remaps.get(device) ?? [];
    list.push({
      to: block.device.replace(',', ':'),
      sector: Number(block.sector),
      from: Number(block.other),
      sectors: block.sectors,
    });
    remaps.set(device, list);
  }
  return remaps;
}

/**
 * The table of a dm device: the one of its size that agrees with every remap of the trace; if none was printed, the one
 * the remaps show. `undefined`: no table, and nothing went through it.
 */
export function dmTargets(
  facts: DeviceFacts,
  name: string,
  remaps: ReadonlyMap<string, Remap[]>,
): DmTarget[] | string | undefined {
  const disk = facts.disks.get(name);
  const seen = remaps.get(disk?.number ?? '') ?? [];
  const named = (number: string) => [...facts.disks].find(([, d]) => d.number === number)?.[0] ?? number;
  const tables = [...facts.tables.values()].filter((t) => sizeOf(t) === disk?.sectors);
  const fitting = tables.find((table) => seen.every((remap) => explains(table, remap)));
  const table = fitting ?? tables[0];
  if (table) {
    const targets = table.map((line) => targetOf(line, named));
    const unknown = table[targets.indexOf(undefined)];
    return unknown ? `no model of dm-${unknown.type}` : targets.filter((t) => t !== undefined);
  }
  return seen.length === 0 ? undefined : inferred(seen, disk?.sectors ?? 0, named);
}

function sizeOf(table: readonly DmLine[]): number {
  return table.reduce((sum, line) => sum + line.sectors, 0);
}

function explains(table: readonly DmLine[], { to, sector, from }: Remap): boolean {
  const line = table.find((l) => from >= l.start && from < l.start + l.sectors);
  if (!line) return false;
  if (line.type === 'linear')
    return line.args[0] === to && Number(line.args[1]) + from - line.start === sector;
  return line.args.includes(to);
}

/** What the remaps show: each disk below at one distance is linear, piece after piece; anything else is striped. */
function inferred(seen: readonly Remap[], size: number, named: (number: string) => string): DmTarget[] {
  const byPlace = [...seen].sort((a, b) => a.from - b.from);
  const legs = [...new Set(byPlace.map(({ to }) => to))];
  const distances = new Set(byPlace.map((r) => `${r.to} ${r.sector - r.from}`));
  if (distances.size === legs.length) {
    const starts = legs.map((leg, i) => (i === 0 ? 0 : byPlace.find(({ to }) => to === leg)!.from));
    return legs.map((leg, i) => {
      const first = byPlace.find(({ to }) => to === leg)!;
      const start = starts[i]!;
      return {
        type: 'linear',
        start,
        sectors: (starts[i + 1] ?? size) - start,
        device: named(leg),
        offset: first.sector - first.from + start,
      };
    });
  }
  const chunk = Math.min(...byPlace.map(({ sectors }) => sectors));
  const stripes = legs.map((leg) => {
    const { sector, from } = byPlace.find(({ to }) => to === leg)!;
    const row = Math.floor(from / chunk / legs.length);
    return { device: named(leg), offset: Math.max(0, sector - row * chunk - (from % chunk)) };
  });
  return [{ type: 'striped', start: 0, sectors: size, chunk, stripes }];
}
