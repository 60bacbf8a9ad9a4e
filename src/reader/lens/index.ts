import { CFile } from '../c-file';
import { dmaOps, type OpsFinding, type OpVerdict } from './dma-ops';
import { memoryUse, type Asks, type UsedWay } from './memory-use';
import { REGISTRATION_WORDS, registrations } from './registrations';

/** A line above code that says how it stands to memory without a struct page. */
export interface Lens {
  /** UTF-16 offset of what it is about. */
  readonly at: number;
  readonly title: string;
  readonly picture: 'dma' | 'byte-ribbons';
  /** Where the title comes from. A line of an offset starts with it. */
  readonly told: readonly LensLine[];
}

export interface LensLine {
  readonly at?: number;
  readonly text: string;
}

const ANY = new RegExp(`\\b(?:dma_map_ops|${REGISTRATION_WORDS.join('|')})\\b`);

/** Nobody writes a driver of this size by hand, and lenses are asked for with every change. UTF-16 units. */
const LONGEST = 1 << 20;

export function lensesOf(text: string, path = ''): readonly Lens[] {
  if (text.length > LONGEST || !ANY.test(text)) return [];
  const file = new CFile(text, path);
  const takers = registrations(file);
  const used = takers.length === 0 ? [] : memoryUse(file);
  return [
    ...dmaOps(file).map(opsLens),
    ...takers.map(({ at, name }) => ({ at, ...driverLens(name, used) })),
  ].sort((a, b) => a.at - b.at);
}

const VERDICTS: readonly OpVerdict[] = ['page-less', 'needs pages', 'not told here'];

function opsLens({ at, name, ops }: OpsFinding): Lens {
  const parts = VERDICTS.flatMap((verdict) => {
    const named = ops.filter((one) => one.verdict === verdict).map(({ op }) => op);
    return named.length === 0 ? [] : [`${verdict}: ${named.join(', ')}`];
  });
  const lacks = ops.some(({ op }) => op === 'map_pfn') ? [] : ['no map_pfn'];
  return {
    at,
    title: `DMA ops: ${ops.length === 0 ? 'none maps memory' : [...parts, ...lacks].join(' · ')}`,
    picture: 'dma',
    told: [
      { at, text: `the DMA operations ${name}` },
      ...ops.map((one) => ({ at: one.at, text: `${one.op} — ${one.verdict}: ${one.why}` })),
      {
        text:
          lacks.length === 0
            ? 'With map_pfn, dma_map_pfn() hands memory without a struct page to these devices.'
            : 'Without map_pfn (the series has it, later kernels do not), dma_map_pfn() has nowhere to go.',
      },
    ],
  };
}

/** How many names a title has room for. */
const NAMES = 3;

function driverLens(name: string, used: readonly UsedWay[]): Omit<Lens, 'at'> {
  const asks = [...new Set(used.map(({ way }) => way.asks))];
  const parts = asks.map((one) => {
    const names = used
      .filter(({ way }) => way.asks === one)
      .flatMap((way) => way.names)
      .sort((a, b) => b.at.length - a.at.length);
    const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : '';
    const named = names
      .slice(0, NAMES)
      .map(({ name: use, at }) => (at.length > 1 ? `${use} ×${at.length}` : use));
    return `${named.join(', ')}${more} (${SHORT[one]})`;
  });
  return {
    title:
      parts.length === 0
        ? 'No name in this file tells how it reaches memory'
        : `In this file: ${parts.join(' · ')}`,
    picture: 'byte-ribbons',
    told: [
      {
        text: `${name}() takes what is sent to this device. How this file reaches memory, by the names it uses:`,
      },
      ...used.flatMap(({ way, names }) => [
        { text: `${way.what}: asks for ${way.asks}` },
        ...names.flatMap((one) => one.at.map((at) => ({ at, text: one.name }))),
      ]),
      { text: 'Other files of the same driver are not looked at.' },
    ],
  };
}

const SHORT: Readonly<Record<Asks, string>> = {
  'a struct page': 'needs a struct page',
  'no struct page': 'needs none',
  'what the DMA ops ask': 'the DMA ops decide',
  'what the device below asks': 'the device below decides',
};
