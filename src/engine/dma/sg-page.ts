import type { SgTable } from '../block/sg-table';
import { Oops } from '../oops';

/** How code finds the physical address of an entry: by its page, or - since the series' cleanups - without one. */
export type SgReader = (sg: SgTable, i: number) => number;

export const sg_phys: SgReader = (sg, i) => sg.phys[i]!;

/** `page_to_phys(sg_page(sg)) + sg->offset`: in the series sg_page() is a BUG where there is no page (captures: bug_sg_page). */
export const physOfPage: SgReader = (sg, i) => {
  if (sg.dev[i]) throw new Oops('kernel BUG: sg_page() of an entry without a page', 0n, 'sg_page');
  return sg.phys[i]!;
};
