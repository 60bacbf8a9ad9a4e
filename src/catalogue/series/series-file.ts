/** What a file is to the life of a bio. */
export const ROLES = ['core', 'driver', 'stacked', 'filesystem', 'dax', 'dma', 'header', 'build'] as const;
export type Role = (typeof ROLES)[number];

/** How its code reaches the memory of a bio; `none`: it does not. */
export const ACCESSES = [
  'dma',
  'kmap',
  'page_address',
  'sendpage',
  'stores-page',
  'copies',
  'passes-on',
  'none',
] as const;
export type Access = (typeof ACCESSES)[number];

/**
 * What becomes of a page-less vector that gets there in `4.1-pfn` - every queue of the series refuses it before. `owns`: the
 * file puts its own pages in its bios, so none gets there. `below`: what the file hands it to decides.
 */
export const OUTCOMES = ['works', 'error', 'fault', 'bug', 'silent', 'below', 'owns', 'declares'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * How sure it is that a patch has the file. `stated`: the cover letter says so. `read`: the neighbouring postings have it in
 * this patch. `inferred`: from what the file's code has for the patch to change.
 */
export type PatchCertainty = 'stated' | 'read' | 'inferred';

/** A file of the diffstat in the cover letter of v3. */
export interface SeriesFile {
  readonly file: string;
  /** Changed lines and their graph, as the diffstat prints them. */
  readonly lines: number;
  readonly graph: string;
  readonly patches: readonly { readonly patch: number; readonly certainty: PatchCertainty }[];
  readonly role: Role;
  readonly access: Access;
  /** What its code of 4.1 does with a bio's memory. */
  readonly touches: string;
  /** What the series does to it. */
  readonly changes: string;
  readonly pageless: { readonly outcome: Outcome; readonly sentence: string };
  /** What became of it by 6.12: `path` is where its work is done now. `never`: it was not merged. */
  readonly today: {
    readonly fate: 'same' | 'renamed' | 'removed' | 'never';
    readonly path?: string;
    readonly sentence: string;
  };
}
