/** What the threads of a run share: one Int32Array. */

/** Not 0: somebody has lost interest. */
export const STOPPED = 0;
/** How many files have been looked into. */
export const LOOKED = 1;
/** From here one a batch: 1 when a thread has taken it. */
export const CLAIMS = 2;
