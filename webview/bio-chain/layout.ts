import { firstThat } from '../../src/model/first-that';
import type { Chain, ChainBlock, Cut } from './chain';

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
  /** The step that brought them to the right. */
  readonly step: number;
}

export interface PlacedColumn {
  readonly title: string;
  readonly x: number;
  /** Where its title stands: the base line. */
  readonly titleY: number;
  readonly blocks: readonly PlacedBlock[];
}

/** The tag of a refusal, where nothing else is drawn. */
export interface PlacedCut extends Cut {
  /** The edge of the block whose bytes stop. */
  readonly edge: { readonly x: number; readonly y: number; readonly height: number };
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

export interface ChainLayout {
  readonly columns: readonly PlacedColumn[];
  readonly ribbons: readonly Ribbon[];
  readonly cuts: readonly PlacedCut[];
  readonly width: number;
  readonly height: number;
  readonly columnWidth: number;
  /** px a byte, the same in every column. */
  readonly scale: number;
  /** How often the picture can still be made twice as tall before its smallest block can be read. */
  readonly deeper: number;
}

const TOP = 30;
const SPACE = 8;
/** px between what stands below each other at one level: a title is in it. */
const BELOW = 40;
const TITLE = 10;
const LEAST_BLOCK = 40;
const TALLEST = 2400;

/** px a column and the way to the next need at least. */
const LEAST_COLUMN = 70;

/** A tag: px a character of its font, a line, and its edges. */
const TAG = { character: 6.7, line: 16, edge: 10 } as const;

/**
 * Lays columns out left to right with one scale: height is bytes. What comes from the same column stands at the same
 * level, below each other where both carry the same bytes, as the disks of a mirror do. Its frame scrolls where there is
 * no room for all. `zoom` makes it taller, where many small blocks share it.
 */
export function layoutChain(chain: Chain, room: number, zoom = 1): ChainLayout {
  const levels = levelsOf(chain);
  const count = Math.max(...levels, ...chain.cuts.map(({ after }) => levels[after]! + 1)) + 1;
  const width = Math.max(room, LEAST_COLUMN * count);
  const columnWidth = Math.min(190, width / (count * 1.35));
  const pitch = columnWidth + (width - columnWidth * count) / Math.max(count - 1, 1);
  const shortest = chain.columns.reduce(
    (least, { blocks }) => blocks.reduce((less, b) => Math.min(less, b.to - b.from), least),
    chain.bytes,
  );
  const wished = Math.max(LEAST_BLOCK / shortest, (chain.load === 'data' ? 180 : LEAST_BLOCK) / chain.bytes);
  const scale = Math.min(wished, (TALLEST * zoom) / chain.bytes);
  /** Where the next thing at each level may begin. */
  const free = Array.from({ length: count }, () => TOP);
  const columns: PlacedColumn[] = [];
  for (const [n, column] of chain.columns.entries()) {
    const level = levels[n]!;
    const first = column.blocks[0];
    const source = column.source < 0 ? undefined : columns[column.source];
    const top = Math.max(first && source ? heightOf(source, first.from, scale) : TOP, free[level]!);
    const x = level * pitch;
    const blocks = column.blocks.map((block, i) => ({
      ...block,
      x,
      y: top + (block.from - first!.from) * scale + i * SPACE,
      width: columnWidth,
      height: (block.to - block.from) * scale,
    }));
    const last = blocks.at(-1);
    if (last) free[level] = last.y + last.height + BELOW;
    columns.push({ title: column.title, x, titleY: top - TITLE, blocks });
  }
  const ribbons = chain.columns.flatMap(({ source, copied }, n) =>
    source < 0 ? [] : join(columns[source]!.blocks, columns[n]!.blocks, scale, copied ?? false),
  );
  const cuts = chain.cuts.map((cut): PlacedCut => {
    const level = levels[cut.after]! + 1;
    const column = columns[cut.after]!;
    const y = heightOf(column, cut.from, scale);
    const x = column.x + columnWidth + 14;
    // Up to where the level after the next begins, if the name of the function has room there.
    const name = (cut.where.length + 2) * TAG.character + 2 * TAG.edge;
    const most = Math.max(Math.min(width - x - 4, pitch * 2 - columnWidth - 28), name);
    const lines = wrap(cut.rule, Math.floor((most - 2 * TAG.edge) / TAG.character));
    const longest = Math.max(...lines.map((line) => line.length)) * TAG.character + 2 * TAG.edge;
    const wide = Math.min(most, Math.max(longest, name));
    const reaches = x + wide > (level + 1) * pitch ? [level, level + 1] : [level];
    const height = (lines.length + 1) * TAG.line + TAG.edge + 2;
    const top = Math.max(y + 4, ...reaches.map((at) => (free[at] ?? 0) - BELOW + SPACE));
    for (const at of reaches) free[at] = top + height + BELOW;
    return {
      ...cut,
      edge: { x: column.x + columnWidth, y, height: Math.max((cut.to - cut.from) * scale, 30) },
      x,
      y: top,
      width: wide,
      height,
      lines,
    };
  });
  const bottom = [...columns.flatMap((c) => c.blocks), ...cuts].reduce(
    (most, item) => Math.max(most, item.y + item.height),
    TOP + 40,
  );
  return {
    columns,
    ribbons,
    cuts,
    width: Math.max(width, ...cuts.map((cut) => cut.x + cut.width + 4)),
    height: bottom + 8,
    columnWidth,
    scale,
    deeper: Math.max(Math.ceil(Math.log2(wished / scale)), 0),
  };
}

/** How many columns lie left of each on its way from memory. */
function levelsOf({ columns }: Chain): number[] {
  const levels: number[] = [];
  for (const { source } of columns) levels.push(source < 0 ? 0 : levels[source]! + 1);
  return levels;
}

/** Where byte `from` is in a column. */
function heightOf({ blocks }: PlacedColumn, from: number, scale: number): number {
  const block = blocks[firstThat(blocks.length, (i) => blocks[i]!.to > from)];
  return block && block.from <= from ? block.y + (from - block.from) * scale : TOP;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > Math.max(columns, 12)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A ribbon for every run of bytes that both sides have. Both are in the order of their bytes. */
function join(
  left: readonly PlacedBlock[],
  right: readonly PlacedBlock[],
  scale: number,
  copy: boolean,
): Ribbon[] {
  const ribbons: Ribbon[] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    const a = left[l]!;
    const b = right[r]!;
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from < to && a.tone !== 'refused')
      ribbons.push({
        from,
        to,
        left: { x: a.x + a.width, y: a.y + (from - a.from) * scale },
        right: { x: b.x, y: b.y + (from - b.from) * scale },
        height: (to - from) * scale,
        tone: a.tone,
        copy,
        step: b.step,
      });
    if (a.to <= b.to) l++;
    else r++;
  }
  return ribbons;
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
