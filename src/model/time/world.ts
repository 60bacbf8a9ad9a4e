import type { BioVector } from '../bio-vectors';
import type { Recording } from '../recording';

/** Where a request is. `plug`: the task that made it has it. `queue`: a queue or scheduler does. `device`: its driver does. */
export type Whereabouts = 'plug' | 'queue' | 'device';

export interface RequestNow {
  readonly number: number;
  /** An index into the Recording's devices. */
  readonly device: number;
  readonly sector: number;
  readonly sectors: number;
  readonly write: boolean;
  readonly where: Whereabouts;
}

/** A bio that was begun and has not ended. */
export interface BioNow {
  readonly number: number;
  /** An index into the Recording's devices. */
  readonly device: number;
  readonly submitted: boolean;
  /** Its vectors, the last one first: what is behind a cell never changes, so that a copy of it costs nothing. */
  readonly vectors: Vectors | undefined;
}

interface Vectors {
  readonly vector: BioVector;
  readonly before: Vectors | undefined;
}

/** What is under way at a moment of a run. It follows from the events before it and from nothing else. */
export interface World {
  readonly bios: Map<number, BioNow>;
  readonly requests: Map<number, RequestNow>;
}

export const emptyWorld = (): World => ({ bios: new Map(), requests: new Map() });

export const copyOf = ({ bios, requests }: World): World => ({
  bios: new Map(bios),
  requests: new Map(requests),
});

/** How many things are under way: what a copy costs. */
export const sizeOf = ({ bios, requests }: World): number => bios.size + requests.size;

type Change = (world: World, recording: Recording, i: number) => void;

/** The changes that the names of a Recording stand for; most events change nothing here. */
export function changesOf({ names }: Recording): readonly (Change | undefined)[] {
  return names.map(({ name }) => CHANGES[name]);
}

const begun: Change = ({ bios }, { columns }, i) => {
  const number = columns.object[i]!;
  const vectors = bios.get(number)?.vectors;
  bios.set(number, { number, device: columns.device[i]!, submitted: true, vectors });
};

/** A vector that is refused ends the bio: its caller gives it back. */
const vector: Change = ({ bios }, { columns }, i) => {
  const bio = columns.object[i]!;
  if (columns.d[i]! <= 0) {
    bios.delete(bio);
    return;
  }
  const cells = bios.get(bio)?.vectors;
  const last = cells?.vector;
  const [pfn, offset, len] = [columns.a[i]!, columns.b[i]!, columns.c[i]!];
  const grows = last?.pfn === pfn && last.offset + last.len === offset;
  const vectors = grows
    ? { vector: { ...last, len: last.len + len }, before: cells?.before }
    : { vector: { bio, vec: last ? last.vec + 1 : 0, pfn, offset, len }, before: cells };
  bios.set(bio, { number: bio, device: columns.device[i]!, submitted: false, vectors });
};

const moves =
  (where: Whereabouts): Change =>
  ({ requests }, { columns }, i) => {
    const number = columns.b[i]!;
    const now = { device: columns.device[i]!, sector: columns.a[i]!, sectors: columns.c[i]! };
    requests.set(number, { number, ...now, write: (columns.e[i]! & 1) === 1, where });
  };

/** A merged bio makes a request longer, at its end or its front. */
const joins: Change = ({ requests }, { columns }, i) => {
  const request = requests.get(columns.b[i]!);
  if (!request) return;
  const sector = Math.min(request.sector, columns.a[i]!);
  requests.set(request.number, { ...request, sector, sectors: request.sectors + columns.c[i]! });
};

const leaves: Change = ({ requests }, { columns }, i) => {
  requests.delete(columns.b[i]!);
};

const ends: Change = ({ bios }, { columns }, i) => {
  bios.delete(columns.object[i]!);
};

const CHANGES: Readonly<Record<string, Change>> = {
  bio_add_page: vector,
  bio_add_pfn: vector,
  bv_pfn: vector,
  submit_bio: begun,
  bio_clone: begun,
  bio_split: begun,
  bio_endio: ends,
  block_getrq: moves('plug'),
  block_bio_backmerge: joins,
  block_bio_frontmerge: joins,
  block_rq_insert: moves('queue'),
  block_rq_requeue: moves('queue'),
  block_rq_issue: moves('device'),
  block_rq_merge: leaves,
  block_rq_complete: leaves,
};

/** The vectors of all bios under way: by bio, in the order they were added. */
export function vectorsOf({ bios }: World): BioVector[] {
  return [...bios.values()].flatMap(({ vectors }) => {
    const list: BioVector[] = [];
    for (let cell = vectors; cell; cell = cell.before) list.push(cell.vector);
    return list.reverse();
  });
}
