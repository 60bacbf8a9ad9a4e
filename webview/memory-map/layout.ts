import type { PageOwner } from '../../src/model/pages';
import type { MapExtent } from '../../src/protocol/view-state';

/** What a block of the map is drawn as. */
export type BlockKind = 'ram' | 'pmem' | 'other';

/** Extents drawn as one block. `folded` ones have a fixed width: they are not to scale. */
export interface Block {
  readonly kind: BlockKind;
  readonly page: PageOwner;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly extents: readonly MapExtent[];
  readonly folded: boolean;
  readonly x: number;
  readonly width: number;
}

export interface MapLayout {
  readonly blocks: readonly Block[];
  readonly width: number;
  /** True when some block to scale would be too narrow to hit and was widened. */
  readonly widened: boolean;
}

export interface MapMeasures {
  /** Room to draw in, px. */
  readonly width: number;
  readonly folded: number;
  readonly narrowest: number;
  readonly gap: number;
}

const LOW_MEMORY = 0x100000;

/**
 * Lays the map out: memory to one scale, everything else folded. The mixed first MiB is one folded block.
 * When even the narrowest blocks do not fit, the map gets wider than asked and its frame scrolls.
 */
export function layoutMap(extents: readonly MapExtent[], measures: MapMeasures): MapLayout {
  const groups = group(extents);
  const { folded, narrowest, gap } = measures;
  const fixed =
    groups.reduce((sum, g) => sum + (g.folded ? folded : 0), 0) + gap * Math.max(groups.length - 1, 0);
  const scaled = groups.filter((g) => !g.folded);
  const room = Math.max(measures.width - fixed, scaled.length * narrowest);
  const widths = share(
    scaled.map((g) => g.end - g.start),
    room,
    narrowest,
  );
  let x = 0;
  let next = 0;
  const blocks = groups.map((g) => {
    const width = g.folded ? folded : widths.sizes[next++]!;
    const block = { ...g, x, width };
    x += width + gap;
    return block;
  });
  return { blocks, width: Math.max(x - gap, 0), widened: widths.widened };
}

/** Where a byte is in the picture, px; the scale differs from block to block. */
export function xOf({ blocks, width }: MapLayout, address: number): number {
  const block = blocks.find((b) => address < b.end);
  if (!block) return width;
  const share = Math.max(address - block.start, 0) / (block.end - block.start);
  return block.x + share * block.width;
}

type Group = Omit<Block, 'x' | 'width'>;

function group(extents: readonly MapExtent[]): Group[] {
  const groups: Group[] = [];
  const low = extents.filter((e) => e.end <= LOW_MEMORY);
  if (low.length > 1) groups.push(merged(low, 'low 1 MiB'));
  for (const extent of extents.slice(low.length > 1 ? low.length : 0)) {
    const last = groups.at(-1);
    const kind = blockKind(extent);
    const joins =
      last?.kind === kind &&
      last.name !== 'low 1 MiB' &&
      (kind === 'other'
        ? (last.page === 'none') === (extent.page === 'none')
        : last.page === extent.page && last.name === extent.name);
    if (joins) groups[groups.length - 1] = merged([...last.extents, extent], last.name);
    else groups.push(merged([extent], extent.name));
  }
  return groups.map((g) => (g.kind === 'other' ? { ...g, name: otherName(g) } : g));
}

function merged(extents: readonly MapExtent[], name: string): Group {
  const kinds = new Set(extents.map(blockKind));
  const kind = kinds.size === 1 ? blockKind(extents[0]!) : 'other';
  const largest = extents.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a));
  return {
    kind,
    page: largest.page,
    name,
    start: extents[0]!.start,
    end: extents.at(-1)!.end,
    extents,
    folded: kind === 'other',
  };
}

function blockKind(extent: MapExtent): BlockKind {
  if (extent.kind === 'ram') return 'ram';
  return extent.kind === 'pmem' || extent.kind === 'soft-reserved' ? 'pmem' : 'other';
}

function otherName(g: Group): string {
  if (g.name === 'low 1 MiB') return g.name;
  const words = new Set(
    g.extents.map((e) =>
      e.kind === 'hole' ? 'hole' : e.kind === 'device' ? 'devices' : e.kind === 'rom' ? 'ROM' : e.kind,
    ),
  );
  return [...words].join(' · ');
}

/** Shares `room` in proportion; what would be under `least` gets `least`, and the others share the rest. */
function share(
  weights: readonly number[],
  room: number,
  least: number,
): { sizes: number[]; widened: boolean } {
  const small = new Set<number>();
  for (;;) {
    const left = room - small.size * least;
    const sum = weights.reduce((total, w, i) => (small.has(i) ? total : total + w), 0);
    const tooSmall = weights.findIndex((w, i) => !small.has(i) && (w / sum) * left < least);
    if (tooSmall < 0) {
      return {
        sizes: weights.map((w, i) => (small.has(i) ? least : (w / sum) * left)),
        widened: small.size > 0,
      };
    }
    small.add(tooSmall);
  }
}
