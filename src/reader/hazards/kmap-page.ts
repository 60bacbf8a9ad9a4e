import { placeOf, type Hazard } from './hazard';
import { callsWithVectorPage, PAGE_WORDS } from './vector-page';

const CALLS = new Set(['kmap', 'kmap_atomic', 'kmap_local_page']);

export const kmapPage: Hazard = {
  code: 'kmap-page',
  severity: 'error',
  why: 'A page of a vector is mapped: memory without struct page needs a mapping by pfn, such as kmap_atomic_pfn_t().',
  entry: 'kmap_atomic',
  words: PAGE_WORDS,
  find: (file) =>
    callsWithVectorPage(file, CALLS).map((call) => placeOf(file, call, file.tokens.mate(call + 1))),
};
