import type { Chain, ChainBlock } from './chain';

export interface PlacedBlock extends ChainBlock {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The bytes [from, to) on their way from one column to the next. */
export interface Ribbon {
  readonly from: number;
  readonly to: number;
  readonly left: { readonly x: number; readonly y: number };
  readonly right: { readonly x: number; readonly y: number };
  readonly height: number;
  readonly tone: ChainBlock['tone'];
  /** The CPU copies: the ribbon is broken. */
  readonly copy: boolean;
}

export interface ChainLayout {
  readonly columns: readonly {
    readonly title: string;
    readonly x: number;
    readonly blocks: readonly PlacedBlock[];
  }[];
  readonly ribbons: readonly Ribbon[];
  readonly width: number;
  readonly height: number;
  readonly columnWidth: number;
  /** px a byte, the same in every column. */
  readonly scale: number;
}

const TOP = 30;
const SPACE = 8;
const LEAST_BLOCK = 40;
const TALLEST = 2400;

/** px a column and the way to the next need at least. */
const LEAST_COLUMN = 160;

/** Lays columns out left to right with one scale: height is bytes. Its frame scrolls where there is no room for all. */
export function layoutChain(chain: Chain, room: number): ChainLayout {
  const width = Math.max(room, LEAST_COLUMN * chain.columns.length);
  const columnWidth = Math.min(190, width / (chain.columns.length * 1.35));
  const between = (width - columnWidth * chain.columns.length) / Math.max(chain.columns.length - 1, 1);
  const shortest = Math.min(...chain.columns.flatMap((c) => c.blocks.map((b) => b.to - b.from)), chain.bytes);
  const scale = Math.min(Math.max(LEAST_BLOCK / shortest, 180 / chain.bytes), TALLEST / chain.bytes);

  const columns = chain.columns.map((column, n) => {
    const x = n * (columnWidth + between);
    const blocks = column.blocks.map((block, i) => ({
      ...block,
      x,
      y: TOP + block.from * scale + i * SPACE,
      width: columnWidth,
      height: (block.to - block.from) * scale,
    }));
    return { title: column.title, x, blocks };
  });
  const ribbons = chain.columns.flatMap(({ source, copied }, n) =>
    source < 0 ? [] : join(columns[source]!.blocks, columns[n]!.blocks, scale, copied ?? false),
  );
  const bottom = columns.flatMap((c) => c.blocks.map((b) => b.y + b.height));
  return { columns, ribbons, width, height: Math.max(...bottom, TOP + 40) + 8, columnWidth, scale };
}

/** A ribbon for every run of bytes that both sides have. */
function join(
  left: readonly PlacedBlock[],
  right: readonly PlacedBlock[],
  scale: number,
  copy: boolean,
): Ribbon[] {
  return left.flatMap((a) =>
    right.flatMap((b) => {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from >= to || a.tone === 'refused') return [];
      return [
        {
          from,
          to,
          left: { x: a.x + a.width, y: a.y + (from - a.from) * scale },
          right: { x: b.x, y: b.y + (from - b.from) * scale },
          height: (to - from) * scale,
          tone: a.tone,
          copy,
        },
      ];
    }),
  );
}

/** The outline of a ribbon: two curves with level ends. */
export function ribbonPath(ribbon: Ribbon): string {
  const { left, right, height } = ribbon;
  const middle = (left.x + right.x) / 2;
  const curve = (y1: number, x2: number, y2: number) => `C ${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  return [
    `M ${left.x} ${left.y}`,
    curve(left.y, right.x, right.y),
    `L ${right.x} ${right.y + height}`,
    curve(right.y + height, left.x, left.y + height),
    'Z',
  ].join(' ');
}
