import type { Recording } from './recording';

/** The calls that put a vector into a bio; their arguments are pfn, offset, len, bytes added. */
const BUILDERS: ReadonlySet<string> = new Set(['bio_add_page', 'bio_add_pfn', 'bv_pfn']);

/** A bio_vec that some bio of a Recording had. Offset and len in bytes. */
export interface BioVector {
  readonly bio: number;
  /** Its place in the bio's vectors, from 0. */
  readonly vec: number;
  readonly pfn: number;
  readonly offset: number;
  readonly len: number;
}

/** Who pointed where: every vector that was added to a bio, in the order of the Recording. Refused ones are not. */
export function bioVectors(recording: Recording): BioVector[] {
  const { columns, names, length } = recording;
  const builder = names.map((name) => BUILDERS.has(name.name));
  const vectors: BioVector[] = [];
  /** The last vector of each bio, as an index into `vectors`. */
  const last = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    if (!builder[columns.name[i]!] || columns.d[i]! <= 0) continue;
    const bio = columns.object[i]!;
    const at = { pfn: columns.a[i]!, offset: columns.b[i]!, len: columns.c[i]! };
    const before = last.get(bio);
    const grown = before === undefined ? undefined : vectors[before]!;
    if (grown?.pfn === at.pfn && grown.offset + grown.len === at.offset) {
      vectors[before!] = { ...grown, len: grown.len + at.len };
      continue;
    }
    last.set(bio, vectors.length);
    vectors.push({ bio, vec: grown ? grown.vec + 1 : 0, ...at });
  }
  return vectors;
}

/** Pages a vector reaches into; one, before 5.1. */
export function pagesOf({ offset, len }: BioVector): number {
  return Math.max(Math.ceil((offset + len) / 4096), 1);
}
