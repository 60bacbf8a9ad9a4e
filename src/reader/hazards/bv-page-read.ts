import { BV_PAGE, pageAccesses } from '../page-accesses';
import { placeOf, type Hazard } from './hazard';

export const bvPageRead: Hazard = {
  code: 'bv-page-read',
  severity: 'warning',
  why: 'The member is read directly: a vector of memory without struct page has nothing there.',
  entry: BV_PAGE,
  words: [BV_PAGE],
  find: (file) =>
    pageAccesses(file)
      .filter(({ use }) => use === 'read' || use === 'address')
      .map(({ operand, member }) => placeOf(file, operand!.first, member)),
};
