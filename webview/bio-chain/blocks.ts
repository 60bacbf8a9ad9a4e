import { groupedHex } from '../../src/model/address';
import type { Address, Copy, Part, Segment } from '../../src/model/bio-family';
import type { RecordedEvent } from '../../src/model/recording';
import type { MapView } from '../../src/protocol/view-state';
import type { ChainBlock, Load, Vec } from './chain';

export function memoryBlocks(vecs: readonly Vec[], map: MapView): ChainBlock[] {
  const blocks: (ChainBlock & { end: number })[] = [];
  for (const vec of vecs) {
    const start = vec.pfn * 4096 + vec.offset;
    const last = blocks.at(-1);
    const tone = toneOf(vec, map);
    const end = start + vec.to - vec.from;
    if (last?.end === start && last.tone === tone) blocks[blocks.length - 1] = { ...last, to: vec.to, end };
    else {
      const note = tone === 'pageless' ? 'no struct page' : 'struct page';
      const label = regionName(start, map);
      blocks.push({
        from: vec.from,
        to: vec.to,
        label,
        detail: `pfn ${groupedHex(vec.pfn)}`,
        note,
        tone,
        step: vec.step,
        end,
      });
    }
  }
  return blocks.map(({ end: _end, ...block }) => block);
}

export function vecBlock(vec: Vec, n: number, map: MapView): ChainBlock {
  const length = vec.to - vec.from;
  return {
    from: vec.from,
    to: vec.to,
    label: `bv[${n}] ${length} B`,
    detail: `pfn ${groupedHex(vec.pfn)} + ${vec.offset} B`,
    tone: vec.refused ? 'refused' : toneOf(vec, map),
    step: vec.step,
  };
}

export function bioBlock(submitted: RecordedEvent, bytes: number, load: Load): ChainBlock {
  const { object, index, a, d, e } = submitted;
  const operation = load === 'data' ? (d === 1 ? 'write' : 'read') : load;
  const flags = load === 'data' ? flagsOf(e) : '';
  return {
    from: 0,
    to: bytes,
    label: `bio ${object} · ${operation}`,
    detail: load === 'flush' ? 'no sector, no data' : `sector ${a} + ${bytes / 512}${noData(load)}`,
    ...(flags === '' ? {} : { note: flags }),
    tone: 'bio',
    step: index + 1,
  };
}

const FUA = 1 << 12;
const FLUSH = 1 << 13;

/** `FLUSH + FUA`. */
function flagsOf(bi_rw: number): string {
  return [bi_rw & FLUSH ? 'FLUSH' : '', bi_rw & FUA ? 'FUA' : ''].filter((flag) => flag !== '').join(' + ');
}

const noData = (load: Load) => (load === 'data' ? '' : ', no data');

export function partBlock(part: Part, load: Load): ChainBlock {
  const { from, to, bio, device, sector, event, refused, bounced } = part;
  const where = load === 'flush' ? 'no data' : `sector ${sector} + ${(to - from) / 512}${noData(load)}`;
  return {
    from,
    to,
    label: `bio ${bio} · ${device}`,
    detail: where,
    ...(refused ? { note: 'refused' } : bounced ? { note: 'bounced' } : {}),
    tone: refused ? 'refused' : bounced ? 'bounce' : 'bio',
    step: event + 1,
  };
}

/** A request of which the device moved no byte: it had none, or its driver does not look. */
export function requestBlock({ from, to, request, event }: Part, load: Load): ChainBlock {
  const detail = load === 'data' ? 'its memory is not looked at' : 'no data to move';
  return { from, to, label: `request ${request ?? 0}`, detail, tone: 'device', step: event + 1 };
}

/** What the block layer joined into one: bytes that lie beside each other in memory, whichever vectors they are of. */
export function segmentBlock({ from, to, request, entry, event }: Segment, vectors: string): ChainBlock {
  return {
    from,
    to,
    label: `seg ${entry} · ${to - from} B`,
    detail: vectors,
    note: `request ${request}`,
    tone: 'bio',
    step: event + 1,
  };
}

/** `bv[1] + bv[2]`, or `bv[1] … bv[40]`: the vectors that bytes [from, to) are of; both in order. */
export function vectorsOf(
  vecs: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
): string {
  let first = 0;
  for (let end = vecs.length; first < end;) {
    const middle = (first + end) >> 1;
    if (vecs[middle]!.to <= from) first = middle + 1;
    else end = middle;
  }
  let last = first;
  while (last + 1 < vecs.length && vecs[last + 1]!.from < to) last++;
  if (last === first) return `bv[${first}]`;
  return `bv[${first}] ${last === first + 1 ? '+' : '…'} bv[${last}]`;
}

export function entryBlock({ from, to, phys, request, entry, event }: Segment): ChainBlock {
  return {
    from,
    to,
    label: `sg[${entry}] ${to - from} B`,
    detail: `at ${groupedHex(phys)}`,
    note: `request ${request}`,
    tone: 'device',
    step: event + 1,
  };
}

/** Where the device finds an entry: at its own address, in the bounce buffers, or where hardware leads it. */
export function addressBlock({ from, to, bus, phys, event }: Address, { swiotlb }: MapView): ChainBlock {
  const pool = swiotlb !== undefined && bus >= swiotlb.start && bus < swiotlb.end;
  const [detail, tone] =
    bus === phys
      ? (['direct', 'device'] as const)
      : pool
        ? (['bounced by swiotlb', 'bounce'] as const)
        : (['not its own address', 'translated'] as const);
  return { from, to, label: groupedHex(bus), detail, note: `${to - from} B`, tone, step: event + 1 };
}

/** Copies that follow each other on the device too are one block. */
export function copyBlocks(copies: readonly Copy[]): ChainBlock[] {
  const blocks: (ChainBlock & { end: number })[] = [];
  for (const { from, to, at, event } of copies) {
    const last = blocks.at(-1);
    const start = at ?? -1;
    if (last && last.to === from && last.end === start) {
      blocks[blocks.length - 1] = { ...last, to, end: start + to - from };
    } else {
      const detail = at === undefined ? 'no page yet: zeroes' : `at ${groupedHex(at)}`;
      const end = at === undefined ? -2 : start + to - from;
      blocks.push({ from, to, label: `${to - from} B`, detail, tone: 'device', step: event + 1, end });
    }
  }
  return blocks.map(({ end: _end, ...block }) => ({ ...block, label: `${block.to - block.from} B` }));
}

function toneOf(vec: Vec, map: MapView): 'paged' | 'pageless' {
  return extentAt(vec.pfn * 4096, map)?.page === 'none' ? 'pageless' : 'paged';
}

function regionName(address: number, map: MapView): string {
  const extent = extentAt(address, map);
  return extent?.kind === 'ram' ? 'RAM' : (extent?.name ?? 'nowhere');
}

function extentAt(address: number, map: MapView) {
  return map.extents.find((e) => address >= e.start && address < e.end);
}
