import {
  bioFamily,
  type Address,
  type BioFamily,
  type Copy,
  type Part,
  type Segment,
} from '../../src/model/bio-family';
import { ruleOf } from '../../src/model/narrate';
import type { RecordedEvent, Recording } from '../../src/model/recording';
import type { MapView } from '../../src/protocol/view-state';
import {
  addressBlock,
  bioBlock,
  copyBlocks,
  entryBlock,
  memoryBlocks,
  partBlock,
  requestBlock,
  segmentBlock,
  vecBlock,
  vectorsOf,
} from './blocks';
import { lanes, type Lane } from './lanes';

/** What a block of a ribbon is made of. */
export type Tone = 'paged' | 'pageless' | 'bio' | 'bounce' | 'translated' | 'device' | 'refused';

/** A run of the I/O's bytes [from, to) as one column sees it. */
export interface ChainBlock {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly detail: string;
  /** A word more, where there is room. */
  readonly note?: string;
  readonly tone: Tone;
  /** The step that brought the bytes here, as the list of steps counts. */
  readonly step: number;
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
  /** The step that says so. */
  readonly step: number;
}

/** What bytes an I/O has: none to move where it is a discard, none at all where it is an empty flush. */
export type Load = 'data' | 'discard' | 'flush';

/** One I/O from left to right, as bytes. */
export interface Chain {
  /** An empty flush is drawn as if it had one. */
  readonly bytes: number;
  readonly load: Load;
  readonly columns: readonly ChainColumn[];
  readonly cuts: readonly Cut[];
  readonly write: boolean;
}

export interface Vec {
  from: number;
  to: number;
  readonly pfn: number;
  readonly offset: number;
  readonly refused: boolean;
  /** The step that added it. */
  readonly step: number;
}

const BUILDERS = new Set(['bio_add_page', 'bio_add_pfn', 'bv_pfn']);

const known = new WeakMap<Recording, Map<number, { readonly map: MapView; readonly chain: Chain }>>();

/** The chain of one submitted bio, read from the Recording alone; `map` names the memory it touches. Made once. */
export function chainOf(recording: Recording, bio: number, map: MapView): Chain {
  let chains = known.get(recording);
  if (!chains) known.set(recording, (chains = new Map<number, { map: MapView; chain: Chain }>()));
  const before = chains.get(bio);
  if (before?.map.extents === map.extents) return before.chain;
  const chain = readChain(recording, bio, map);
  chains.set(bio, { map, chain });
  return chain;
}

function readChain(recording: Recording, bio: number, map: MapView): Chain {
  const whole = bioFamily(recording, bio);
  const own = whole.events.filter((event) => event.object === bio);
  const submitted = own.find((event) => event.name.name === 'submit_bio');
  const vecs = vectors(own);
  const load = vecs.length > 0 || !submitted ? 'data' : submitted.c > 0 ? 'discard' : 'flush';
  const family = load === 'flush' ? withOneByte(whole) : whole;
  const bytes =
    load === 'data' ? vecs.reduce((end, vec) => Math.max(end, vec.to), 0) : Math.max(submitted?.c ?? 0, 1);
  const memory: ChainColumn[] = [
    { title: 'memory', blocks: memoryBlocks(vecs, map), source: -1 },
    { title: 'bio_vec', blocks: vecs.map((vec, n) => vecBlock(vec, n, map)), source: 0 },
  ];
  const columns = load === 'data' ? memory : [];
  columns.push({
    title: 'bio',
    blocks: submitted ? [bioBlock(submitted, bytes, load)] : [],
    source: columns.length - 1,
  });
  const columnOf = addDevices(columns, family, load);
  addMedia(columns, family, columnOf, { load, map, vecs });
  const cuts = cutsOf(own, vecs, family, columnOf);
  return { bytes, load, columns, cuts, write: submitted?.d !== 0 };
}

/** What has no bytes cannot be drawn by bytes: everything gets one. */
function withOneByte(family: BioFamily): BioFamily {
  const one = <T extends { readonly to: number }>(item: T): T => ({ ...item, to: 1 });
  return { ...family, parts: family.parts.map(one), stops: family.stops.map(one) };
}

/** Which column shows a part, and which one the bio itself. */
interface Columns {
  readonly bio: number;
  readonly of: Map<Part, number>;
}

const columnFor = (columns: Columns, part: Part | undefined) => (part && columns.of.get(part)) ?? columns.bio;

/** A column for each level of the stack below; where devices carry the same bytes, one for each of them. */
function addDevices(columns: ChainColumn[], { parts }: BioFamily, load: Load): Columns {
  const bio = columns.length - 1;
  const [first, ...rest] = parts;
  // The submitted bio as it was accepted first is the column of the bio itself.
  const own = first?.refused === true ? undefined : first;
  const below = own ? rest : parts;
  const columnOf: Columns = { bio, of: new Map(own ? [[own, bio]] : []) };
  const before = new Map(below.map((part) => [part, cameFrom(parts, part)]));
  let waiting = below;
  while (waiting.length > 0) {
    // Those whose bytes come from a part that has its column; the next round has what comes from these.
    const placed = new Set(columnOf.of.keys());
    const level = waiting.filter((part) => {
      const source = before.get(part);
      return source === undefined || placed.has(source);
    });
    if (level.length === 0) break;
    waiting = waiting.filter((part) => !level.includes(part));
    for (const lane of lanes(level, (part) => columnFor(columnOf, before.get(part)))) {
      for (const part of lane.items) columnOf.of.set(part, columns.length);
      columns.push({
        title: titleOf(lane),
        blocks: inOrder(lane.items).map((part) => partBlock(part, load)),
        source: lane.source,
        copied: lane.items.every(({ bounced }) => bounced),
      });
    }
  }
  return columnOf;
}

/** The part that had these bytes last: of the same bio, sent on to another device, or of the one it was made from. */
function cameFrom(parts: readonly Part[], part: Part): Part | undefined {
  const earlier = parts.slice(0, parts.indexOf(part)).reverse();
  return earlier.find(
    ({ bio, from, to, refused }) =>
      !refused && (bio === part.bio || bio === part.parent) && from <= part.from && to >= part.to,
  );
}

function newest(parts: readonly Part[], test: (part: Part) => boolean): Part | undefined {
  return [...parts].reverse().find(test);
}

/** Last, where the bytes end up: in a scatterlist that the device reads, or in memory of its own. */
function addMedia(
  columns: ChainColumn[],
  { parts, segments, addresses, copies }: BioFamily,
  columnOf: Columns,
  { load, map, vecs }: { readonly load: Load; readonly map: MapView; readonly vecs: readonly Vec[] },
): void {
  const source = (item: Segment | Copy) =>
    columnFor(
      columnOf,
      newest(parts, (p) => p.device === item.device && p.from <= item.from && p.to >= item.to),
    );
  for (const lane of lanes(segments, source)) {
    const shares = inOrder(lane.items);
    const joined = shares.map((segment) => segmentBlock(segment, vectorsOf(vecs, segment.from, segment.to)));
    const title = titleOf(lane);
    const segs =
      columns.push({ title: `request segments, ${title}`, blocks: joined, source: lane.source }) - 1;
    const sg =
      columns.push({ title: `scatterlist of ${title}`, blocks: shares.map(entryBlock), source: segs }) - 1;
    const entries = new Set(lane.items.map(entryOf));
    const own = inOrder(addresses.filter((address) => entries.has(entryOf(address))));
    for (const { items } of lanes(own, () => sg))
      columns.push({
        title: `DMA address, ${titleOf(lane)}`,
        blocks: items.map((address) => addressBlock(address, map)),
        source: sg,
      });
  }
  for (const lane of lanes(copies, source)) {
    const blocks = copyBlocks(inOrder(lane.items));
    columns.push({ title: titleOf(lane), blocks, source: lane.source, copied: true });
  }
  // A request whose memory nobody looks at still ends in its device.
  const moved = new Set([...segments, ...copies].map(({ bio }) => bio));
  const still = parts.filter(({ request, bio }) => request !== undefined && !moved.has(bio));
  for (const lane of lanes(still, (part) => columnFor(columnOf, part))) {
    const blocks = inOrder(lane.items).map((part) => requestBlock(part, load));
    columns.push({ title: `request of ${titleOf(lane)}`, blocks, source: lane.source });
  }
}

/** Requests are numbered over all devices. A mapping may join entries: its first one names it. */
const entryOf = ({ request, bio }: Segment | Address) => `${request} ${bio}`;

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
    if (vec)
      cuts.push({
        after: columnOf.bio - 1,
        from: vec.from,
        to: vec.to,
        rule: ruleOf(event),
        where: event.name.name,
        step: event.index + 1,
      });
  }
  for (const { bio, parent, from, to, event } of stops) {
    const part = newest(parts, (p) => p.bio === bio) ?? newest(parts, (p) => p.bio === parent);
    cuts.push({ after: columnFor(columnOf, part), from, to, ...reason(event), step: event.index + 1 });
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
    else
      vecs.push({
        from: at,
        to: at + event.c,
        pfn: event.a,
        offset: event.b,
        refused: event.d === 0,
        step: event.index + 1,
      });
    at += event.c;
  }
  return vecs;
}
