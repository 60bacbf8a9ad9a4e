import { groupedHex } from '../../src/model/address';
import { bioFamily, type BioFamily, type Copy, type Part, type Segment } from '../../src/model/bio-family';
import { ruleOf } from '../../src/model/narrate';
import type { RecordedEvent, Recording } from '../../src/model/recording';
import type { MapView } from '../../src/protocol/view-state';
import { lanes, type Lane } from './lanes';

/** What a block of a ribbon is made of. */
export type Tone = 'paged' | 'pageless' | 'bio' | 'device' | 'refused';

/** A run of the I/O's bytes [from, to) as one column sees it. */
export interface ChainBlock {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly detail: string;
  readonly tone: Tone;
}

export interface ChainColumn {
  readonly title: string;
  readonly blocks: readonly ChainBlock[];
  /** The column its bytes come from; the first has none. */
  readonly source: number;
  /** The CPU moves the bytes here, one by one. */
  readonly copied?: boolean;
}

/** Where bytes stop: the rule, and the kernel function that applied it. It stands right of column `after`. */
export interface Cut {
  readonly after: number;
  readonly from: number;
  readonly to: number;
  readonly rule: string;
  readonly where: string;
}

/** One I/O from left to right, as bytes. */
export interface Chain {
  readonly bytes: number;
  readonly columns: readonly ChainColumn[];
  readonly cuts: readonly Cut[];
  readonly write: boolean;
}

interface Vec {
  from: number;
  to: number;
  readonly pfn: number;
  readonly offset: number;
  readonly refused: boolean;
}

const BUILDERS = new Set(['bio_add_page', 'bio_add_pfn', 'bv_pfn']);

/** The column of the bio itself. */
const BIO_COLUMN = 2;

/** The chain of one submitted bio, read from the Recording alone; `map` names the memory it touches. */
export function chainOf(recording: Recording, bio: number, map: MapView): Chain {
  const family = bioFamily(recording, bio);
  const own = family.events.filter((event) => event.object === bio);
  const submitted = own.find((event) => event.name.name === 'submit_bio');
  const write = submitted?.d !== 0;
  const vecs = vectors(own);
  const bytes = vecs.reduce((end, vec) => Math.max(end, vec.to), 0);
  const columns: ChainColumn[] = [
    { title: 'memory', blocks: memoryBlocks(vecs, map), source: -1 },
    { title: 'bio_vec', blocks: vecs.map((vec, n) => vecBlock(vec, n, map)), source: 0 },
    { title: 'bio', blocks: submitted ? [bioBlock(submitted, bytes)] : [], source: 1 },
  ];
  const columnOf = addDevices(columns, family);
  addMedia(columns, family, columnOf);
  return { bytes, columns, cuts: cutsOf(own, vecs, family, columnOf), write };
}

/** Which column shows a part. The submitted bio as it was accepted first is the column of the bio itself. */
type Columns = Map<Part, number>;

/** A column for each level of the stack below; where devices carry the same bytes, one for each of them. */
function addDevices(columns: ChainColumn[], { parts }: BioFamily): Columns {
  const [first, ...below] = parts;
  const columnOf: Columns = new Map(first ? [[first, BIO_COLUMN]] : []);
  const before = new Map(below.map((part) => [part, cameFrom(parts, part)]));
  let waiting = below;
  while (waiting.length > 0) {
    // Those whose bytes come from a part that has its column; the next round has what comes from these.
    const level = waiting.filter((part) => columnOf.has(before.get(part)!));
    waiting = waiting.filter((part) => !level.includes(part));
    for (const lane of lanes(level, (part) => columnOf.get(before.get(part)!)!)) {
      for (const part of lane.items) columnOf.set(part, columns.length);
      columns.push({ title: titleOf(lane), blocks: inOrder(lane.items).map(partBlock), source: lane.source });
    }
  }
  return columnOf;
}

/** The part that had these bytes last: of the same bio, sent on to another device, or of the one it was made from. */
function cameFrom(parts: readonly Part[], part: Part): Part {
  const earlier = parts.slice(0, parts.indexOf(part)).reverse();
  const had = earlier.find(
    ({ bio, from, to }) => (bio === part.bio || bio === part.parent) && from <= part.from && to >= part.to,
  );
  return had ?? parts[0]!;
}

function newest(parts: readonly Part[], test: (part: Part) => boolean): Part | undefined {
  return [...parts].reverse().find(test);
}

/** Last, where the bytes end up: in a scatterlist that the device reads, or in memory of its own. */
function addMedia(columns: ChainColumn[], { parts, segments, copies }: BioFamily, columnOf: Columns): void {
  const source = (item: Segment | Copy) => {
    // A bounce goes on with a clone that no queue ever accepted: it stands for the bio it was made from.
    const part = newest(parts, (p) => p.device === item.device && p.from <= item.from && p.to >= item.to);
    return (part && columnOf.get(part)) ?? BIO_COLUMN;
  };
  for (const lane of lanes(segments, source)) {
    const blocks = inOrder(lane.items).map(segmentBlock);
    columns.push({ title: `scatterlist of ${titleOf(lane)}`, blocks, source: lane.source });
  }
  for (const lane of lanes(copies, source)) {
    const blocks = copyBlocks(inOrder(lane.items));
    columns.push({ title: titleOf(lane), blocks, source: lane.source, copied: true });
  }
}

function titleOf({ items }: Lane<{ readonly device: string }>): string {
  const names = [...new Set(items.map((item) => item.device))];
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} … (${names.length})` : names.join(', ');
}

function inOrder<T extends { readonly from: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.from - b.from);
}

function cutsOf(
  own: readonly RecordedEvent[],
  vecs: readonly Vec[],
  { parts, stops }: BioFamily,
  columnOf: Columns,
): Cut[] {
  const cuts: Cut[] = [];
  for (const event of own) {
    if (!BUILDERS.has(event.name.name) || event.d !== 0) continue;
    const vec = vecs.find((v) => v.refused && v.pfn === event.a);
    if (vec) cuts.push({ after: 1, from: vec.from, to: vec.to, rule: ruleOf(event), where: event.name.name });
  }
  for (const { bio, parent, from, to, event } of stops) {
    const part = newest(parts, (p) => p.bio === bio) ?? newest(parts, (p) => p.bio === parent);
    const after = (part && columnOf.get(part)) ?? BIO_COLUMN;
    cuts.push({ after, from, to, ...reason(event) });
  }
  return cuts;
}

function reason(event: RecordedEvent): Pick<Cut, 'rule' | 'where'> {
  if (event.name.kind !== 'oops') return { rule: ruleOf(event), where: event.name.name };
  // The engine ends the message of a fault with the kernel function that touched the address.
  const at = event.note.lastIndexOf(', in ');
  return { rule: event.note.slice(0, at), where: event.note.slice(at + ', in '.length) };
}

function vectors(own: readonly RecordedEvent[]): Vec[] {
  const vecs: Vec[] = [];
  let at = 0;
  for (const event of own) {
    if (!BUILDERS.has(event.name.name)) continue;
    const last = vecs.at(-1);
    const grows =
      last &&
      !last.refused &&
      event.d > 0 &&
      last.pfn === event.a &&
      last.offset + (last.to - last.from) === event.b;
    if (grows) last.to += event.c;
    else vecs.push({ from: at, to: at + event.c, pfn: event.a, offset: event.b, refused: event.d === 0 });
    at += event.c;
  }
  return vecs;
}

function memoryBlocks(vecs: readonly Vec[], map: MapView): ChainBlock[] {
  const blocks: (ChainBlock & { end: number })[] = [];
  for (const vec of vecs) {
    const start = vec.pfn * 4096 + vec.offset;
    const last = blocks.at(-1);
    const tone = toneOf(vec, map);
    if (last?.end === start && last.tone === tone) {
      blocks[blocks.length - 1] = { ...last, to: vec.to, end: start + vec.to - vec.from };
    } else {
      const detail = `${groupedHex(vec.pfn)} · ${tone === 'pageless' ? 'no struct page' : 'struct page'}`;
      const label = regionName(start, map);
      blocks.push({ from: vec.from, to: vec.to, label, detail, tone, end: start + vec.to - vec.from });
    }
  }
  return blocks.map(({ from, to, label, detail, tone }) => ({ from, to, label, detail, tone }));
}

function vecBlock(vec: Vec, n: number, map: MapView): ChainBlock {
  const length = vec.to - vec.from;
  return {
    from: vec.from,
    to: vec.to,
    label: `bv[${n}] ${length} B`,
    detail: `${groupedHex(vec.pfn)} + ${vec.offset}`,
    tone: vec.refused ? 'refused' : toneOf(vec, map),
  };
}

function bioBlock(submitted: RecordedEvent, bytes: number): ChainBlock {
  return {
    from: 0,
    to: bytes,
    label: `bio ${submitted.object} · ${submitted.d === 1 ? 'write' : 'read'}`,
    detail: `sector ${submitted.a} + ${bytes / 512}`,
    tone: 'bio',
  };
}

function partBlock({ from, to, bio, device, sector }: Part): ChainBlock {
  return {
    from,
    to,
    label: `bio ${bio} · ${device}`,
    detail: `sector ${sector} + ${(to - from) / 512}`,
    tone: 'bio',
  };
}

function segmentBlock({ from, to, phys, request }: Segment): ChainBlock {
  return {
    from,
    to,
    label: `${to - from} B`,
    detail: `at ${groupedHex(phys)} · request ${request}`,
    tone: 'device',
  };
}

/** Copies that follow each other on the device too are one block. */
function copyBlocks(copies: readonly Copy[]): ChainBlock[] {
  const blocks: (ChainBlock & { end: number })[] = [];
  for (const { from, to, at } of copies) {
    const last = blocks.at(-1);
    const start = at ?? -1;
    if (last && last.to === from && last.end === start) {
      blocks[blocks.length - 1] = { ...last, to, end: start + to - from };
    } else {
      const detail = at === undefined ? 'no page yet: zeroes' : `at ${groupedHex(at)}`;
      const end = at === undefined ? -2 : start + to - from;
      blocks.push({ from, to, label: `${to - from} B`, detail, tone: 'device', end });
    }
  }
  return blocks.map(({ from, to, detail, tone }) => ({ from, to, label: `${to - from} B`, detail, tone }));
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
