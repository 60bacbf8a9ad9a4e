import { flagged } from './flagged';
import { LOW_FLAGS, above4GiB } from './v5';

/** The sequel RFC of August 2015: v5 and PFN_MAP, for device memory that has been given pages. */
export const v5rfc = flagged({
  id: 'v5rfc',
  when: 'August 2015, RFC',
  carrier: 'unsigned long',
  source: 'RFC 4/7 register_dev_memmap, run in captures: v5-pfnt.csv',
  shift: 12n,
  flagBits: 12n,
  flags: [...LOW_FLAGS, ['PFN_MAP', 3, 'map']],
  mapMeansPage: true,
  objection: above4GiB,
});
