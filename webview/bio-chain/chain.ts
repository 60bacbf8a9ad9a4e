import { groupedHex } from '../../src/model/address';
import { events, type RecordedEvent, type Recording } from '../../src/model/recording';
import type { MapView } from '../../src/protocol/view-state';

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
}

/** Where bytes stop: the rule, and the kernel function that applied it. It stands right of column `after`. */
export interface Cut {
  readonly after: number;
  readonly from: number;
  readonly to: number;
  readonly rule: string;
  readonly where: string;
}

/** One I/O from left to right, as bytes. Between the last two columns the CPU copies. */
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

/** The chain of one bio, read from the Recording alone; `map` names the memory it touches. */
export function chainOf(recording: Recording, bio: number, map: MapView): Chain {
  const own = [...events(recording)].filter((event) => event.object === bio);
  const submitted = own.find((event) => event.name.name === 'submit_bio');
  const write = submitted?.d !== 0;
  const vecs = vectors(own);
  const bytes = vecs.reduce((end, vec) => Math.max(end, vec.to), 0);
  const cuts: Cut[] = [];
  for (const event of own) {
    if (BUILDERS.has(event.name.name) && event.d === 0) {
      const vec = vecs.find((v) => v.refused && v.pfn === event.a);
      if (vec) cuts.push({ after: 1, from: vec.from, to: vec.to, rule: event.note, where: event.name.name });
    }
    if (event.name.kind === 'rule')
      cuts.push({ after: 2, from: 0, to: bytes, rule: event.note, where: event.name.name });
    if (event.name.kind === 'oops') {
      // The engine ends the message of a fault with the kernel function that touched the address.
      const at = event.note.lastIndexOf(', in ');
      const [rule, where] = [event.note.slice(0, at), event.note.slice(at + ', in '.length)];
      cuts.push({ after: 2, from: copied(own), to: bytes, rule, where });
    }
  }
  const columns: ChainColumn[] = [
    { title: 'memory', blocks: memoryBlocks(vecs, map) },
    { title: 'bio_vec', blocks: vecs.map((vec, n) => vecBlock(vec, n, map)) },
    { title: 'bio', blocks: submitted ? [bioBlock(submitted, bytes)] : [] },
    {
      title: own.find((event) => event.device !== undefined)?.device ?? 'device',
      blocks: mediaBlocks(own, write, submitted?.a ?? 0),
    },
  ];
  return { bytes, columns, cuts, write };
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

/** Where the device keeps the bytes: from the copies its driver made, in the order it made them. */
function mediaBlocks(own: readonly RecordedEvent[], write: boolean, sector: number): ChainBlock[] {
  const blocks: (ChainBlock & { end: number })[] = [];
  let at = 0;
  for (const event of own) {
    const copy = event.name.name === 'memcpy';
    if (!copy && event.name.name !== 'memset') continue;
    const where = copy ? (write ? event.b : event.a) : -1;
    const last = blocks.at(-1);
    if (last && last.end === where) {
      blocks[blocks.length - 1] = { ...last, to: at + event.c, end: where + event.c };
    } else {
      const label = `sector ${sector + at / 512}`;
      const detail = copy ? `at ${groupedHex(where)}` : 'no page yet: zeroes';
      blocks.push({
        from: at,
        to: at + event.c,
        label,
        detail,
        tone: 'device',
        end: copy ? where + event.c : -2,
      });
    }
    at += event.c;
  }
  return blocks.map(({ from, to, label, detail, tone }) => ({ from, to, label, detail, tone }));
}

function copied(own: readonly RecordedEvent[]): number {
  return own.reduce(
    (bytes, e) => (e.name.name === 'memcpy' || e.name.name === 'memset' ? bytes + e.c : bytes),
    0,
  );
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
