import type { KernelVersion, Signature, Source, SourceCertainty } from './entry';

/** Short constructors for the sources the entries share; they keep the data lines readable. */

const from =
  (certainty: SourceCertainty) =>
  (what: string, note?: string): Source =>
    note === undefined ? { what, certainty } : { what, certainty, note };

/** A text says so. */
export const stated = from('stated');
/** A kernel of 2015 did so in front of us; `what` names the capture file. */
export const ran = from('ran');
/** Follows from stated or observed facts. */
export const inferred = from('inferred');
/** Remembered only. */
export const recalled = from('recalled');

/** What the trees say of a release that is remembered only; test/agreement looks it up. */
export const BY_41 = 'there in linux 4.1.3';
export const AFTER_41_BY_61 = 'absent in linux 4.1.3, there in linux 6.1';
export const NOT_IN_61 = 'there in linux 4.1.3, absent in linux 6.1';
export const AFTER_61_BY_612 = 'absent in linux 6.1, there in linux 6.12';

/** A line of C as it stands in a kernel tree; `file` is its path in the tree. */
const lineOf =
  (version: KernelVersion, tree: string) =>
  (file: string, text: string): Signature => ({
    version,
    text,
    certainty: 'confirmed',
    source: `${tree} ${file}`,
  });

export const at41 = lineOf('4.1', 'linux 4.1.3');
export const at61 = lineOf('6.1', 'linux 6.1');
export const at612 = lineOf('6.12', 'linux 6.12');

export const tree41 = (file: string, note?: string): Source => stated(`linux 4.1.3 ${file}`, note);
export const tree61 = (file: string, note?: string): Source => stated(`linux 6.1 ${file}`, note);
export const tree612 = (file: string, note?: string): Source => stated(`linux 6.12 ${file}`, note);

export const COVER_LETTER = stated('v3 cover letter');

/** The v3 patch mails are in no store we could reach, so a v3 line always rests on its neighbours. */
export const FROM_V5 = 'as in v5 2/5 and the pfn branch; the v3 patch text could not be found';
export const FROM_V1_AND_BRANCH = 'v1 and the pfn branch agree; the v3 patch text could not be found';
export const FROM_BRANCH = 'as in the pfn branch; the v3 patch text could not be found';
export const FROM_V1 = 'as in v1; the v3 patch text could not be found';

export const V1_BLK_TYPES = 'v1 branch 38125a22, include/linux/blk_types.h';
export const V1_SCATTERLIST = 'v1 branch 60d50b32, include/linux/scatterlist.h';
export const V1_PFN_IO = 'v1 branch 9cd1a3cc (base support for pfn i/o)';
export const V5_PFN = 'v5 2/5 mail, 12 Aug 2015';
export const V5_SCATTERLIST = 'v5 5/5 mail, 12 Aug 2015';
