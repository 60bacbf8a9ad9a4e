import { BV_PAGE, pageAccesses } from '../page-accesses';
import { placeOf, type Hazard } from './hazard';

export const bvPageWrite: Hazard = {
  code: 'bv-page-write',
  severity: 'warning',
  why: 'The member is written directly: only a helper can keep what else the vector says of its memory.',
  entry: BV_PAGE,
  words: [BV_PAGE],
  find: (file) =>
    pageAccesses(file)
      .filter(({ use }) => use === 'write' || use === 'write-used' || use === 'initialiser')
      .map(({ operand, member }) => placeOf(file, operand?.first ?? member - 1, member)),
};
