import { BV_PAGE, pageAccesses } from '../page-accesses';
import { placeOf, type Hazard } from './hazard';

export const pageArithmetic: Hazard = {
  code: 'page-arithmetic',
  severity: 'error',
  why: 'The page is counted on from: that takes a memmap, and without struct page the sum points nowhere.',
  entry: BV_PAGE,
  words: [BV_PAGE],
  find: (file) => {
    const { tokens } = file;
    return pageAccesses(file)
      .filter(({ use, member, operand }) => {
        if (use === 'step') return true;
        if (use !== 'read' || !operand) return false;
        // Behind `+` in a call, as in `page_address(bv.bv_page) + …`, stands the call and not the page.
        return /^(?:[-+[])$/.test(tokens.text(member + 1)) || tokens.is(operand.first - 1, '+');
      })
      .map(({ operand, member }) => placeOf(file, operand!.first, member));
  },
};
