import { flagged } from './flagged';
import { LOW_FLAGS } from './v5';

/** 23 September 2015: the shift drops to 4, so that 32 bits can name 2^28 frames: 1 TiB. */
export const v5b = flagged({
  id: 'v5b',
  when: '23 September 2015',
  carrier: 'unsigned long',
  source: '"[PATCH 11/15] mm, dax, pmem: introduce __pfn_t", run in captures: v5-pfnt.csv',
  shift: 4n,
  flagBits: 4n,
  flags: [...LOW_FLAGS, ['PFN_MAP', 3, 'map']],
  mapMeansPage: true,
});
