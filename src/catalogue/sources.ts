import type { Source, SourceCertainty } from './entry';

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
