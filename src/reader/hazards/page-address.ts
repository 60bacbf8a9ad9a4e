import { placeOf, type Hazard } from './hazard';
import { callsWithVectorPage, PAGE_WORDS } from './vector-page';

const CALLS = new Set(['page_address', 'lowmem_page_address', 'page_to_virt']);

export const pageAddress: Hazard = {
  code: 'page-address',
  severity: 'error',
  why: 'The address is computed from the page: for memory without struct page there is none to compute it from.',
  entry: 'bvec_page',
  words: PAGE_WORDS,
  find: (file) =>
    callsWithVectorPage(file, CALLS).map((call) => placeOf(file, call, file.tokens.mate(call + 1))),
};
