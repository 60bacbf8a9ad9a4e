/**
 * What one kernel name means. The catalogue is data: a hover, a diagnostic, a picture and the simulator all
 * read the same entry, so a fact is written once and carries its source with it.
 */

/** The picture that shows what a name does. */
export type PictureId = 'memory-map' | 'byte-ribbons' | 'dma' | 'scenario';

/** What sort of thing the name is; the reader derives from it where in C the name can be ours. */
export type EntryKind = 'type' | 'function' | 'macro' | 'member' | 'flag' | 'config' | 'op';

/**
 * A kernel release (`4.1`, `4.5`, `6.1`, `6.12`, `6.18`), a posting of the series (`v1`, `v3`, `v5`), or `pfn-branch`:
 * the author's public branch of August 2015 that carried v3's patches on.
 */
export type KernelVersion = '4.1' | 'v1' | 'v3' | 'v5' | 'pfn-branch' | '4.5' | '6.1' | '6.12' | '6.18';

/** `reconstructed`: put together from neighbouring versions, because the text itself is not public. */
export type SignatureCertainty = 'confirmed' | 'reconstructed';

export interface Signature {
  readonly version: KernelVersion;
  /** One line of C, without the body. */
  readonly text: string;
  readonly certainty: SignatureCertainty;
  /** Where the line comes from; for a reconstructed one, what it was put together from. */
  readonly source: string;
}

/**
 * How sure a fact is. `stated`: a text says so. `ran`: a kernel did so in front of us. `inferred`: follows from
 * the two. `recalled`: remembered only, never to be presented as a quotation.
 */
export type SourceCertainty = 'stated' | 'ran' | 'inferred' | 'recalled';

export interface Source {
  /** A document, a capture file or a kernel file: `v3 cover letter`, `captures: v1pfn.csv`, … */
  readonly what: string;
  readonly certainty: SourceCertainty;
  /** What this source says, where that is not obvious. */
  readonly note?: string;
}

export interface ErrorCase {
  /** What the caller gets: an errno (`-EOPNOTSUPP`), `NULL`, `0`, `BUG`, … */
  readonly value: string;
  readonly when: string;
}

export interface History {
  readonly introduced?: string;
  readonly renamed?: string;
  readonly removed?: string;
  /** What does this job today. A lone identifier names another catalogue entry; anything else is prose. */
  readonly today?: string;
}

/** The part of an entry that a variant can replace. */
export interface EntryText {
  /** One line; the first thing a reader sees. */
  readonly meaning: string;
  readonly signatures: readonly Signature[];
  /** What it gives or holds for memory that has a `struct page`. */
  readonly pageBacked: string;
  /** The same for memory that has none, by version where versions differ. */
  readonly pageLess: string;
  /** Where it may be called: may sleep, RCU, interrupts, order of release. */
  readonly context?: string;
  readonly errors: readonly ErrorCase[];
  readonly history: History;
  /** The one trap to know. */
  readonly hazard?: string;
  readonly sources: readonly Source[];
}

/** When a name in a file means something else than the entry's main text: by its arguments and by its file. */
export interface VariantCondition {
  /** The call (or declaration) has at least this many arguments. */
  readonly minArgs?: number;
  /** The call (or declaration) has at most this many arguments. */
  readonly maxArgs?: number;
  /** Regular expressions; one of them matches the file's path (with forward slashes). */
  readonly path?: readonly string[];
  /** A regular expression that matches somewhere in the file; enough where no `path` matched. */
  readonly text?: string;
}

/** The same name with another contract, such as today's four-argument `bvec_set_page`. */
export interface EntryVariant extends EntryText {
  /** Short and stable: `today`, `kvm`, … */
  readonly id: string;
  readonly when: VariantCondition;
}

/** What must hold for a name in a file to be ours, beyond what the entry's kind already says. */
export interface MatchRule {
  /** How many arguments our function takes; a call with more is somebody else's function. */
  readonly args?: number;
  /** Structures that have this member; one declared in another named structure is not ours. */
  readonly memberOf?: readonly string[];
  /** A member that other structures have too counts only through one of these, unless its structure is declared. */
  readonly through?: readonly string[];
  /** The name counts only directly after this keyword (`bio_vec` is also a popular variable name). */
  readonly tag?: 'struct';
  /** Regular expressions; a file whose path matches one never shows this entry. */
  readonly notIn?: readonly string[];
  /** Regular expressions; the entry is shown only in files whose path matches one (an errno is not news elsewhere). */
  readonly onlyIn?: readonly string[];
}

export interface CatalogueEntry extends EntryText {
  /** The kernel's name, letter for letter. */
  readonly name: string;
  readonly kind: EntryKind;
  readonly picture: PictureId;
  /** A worked value, where one says more than a sentence. */
  readonly example?: string;
  readonly match?: MatchRule;
  readonly variants?: readonly EntryVariant[];
}
