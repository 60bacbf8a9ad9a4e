import type { CatalogueEntry } from '../entry';
import { AFTER_41_BY_61, at61, at612, recalled, tree61, tree612 } from '../sources';

const MM = 'include/linux/mm.h';

/** Folios: what stands in the place of a page in newer kernels. */
export const folioEntries: readonly CatalogueEntry[] = [
  {
    name: 'folio_address',
    kind: 'function',
    meaning: 'Kernel address of a folio’s first byte.',
    signatures: [
      at61(MM, 'void *folio_address(const struct folio *folio)'),
      at612(MM, 'void *folio_address(const struct folio *folio)'),
    ],
    pageBacked: 'page_address() of its first page.',
    pageLess: 'Has none to give: memory without pages makes no folio.',
    errors: [{ value: 'NULL', when: 'highmem' }],
    history: { introduced: '5.16', today: 'In use.' },
    sources: [tree61(MM), tree612(MM), recalled('5.16', AFTER_41_BY_61)],
    picture: 'memory-map',
    match: { args: 1 },
  },
  {
    name: 'page_folio',
    kind: 'macro',
    meaning: 'The folio a page belongs to.',
    signatures: [
      at61('include/linux/page-flags.h', '#define page_folio(p)'),
      at612('include/linux/page-flags.h', '#define page_folio(p)'),
    ],
    pageBacked: 'Never NULL for a page.',
    pageLess: 'page_folio(bvec_page(bv)) is the modern shape of the old habit.',
    context: 'Hold a reference, or the answer may change.',
    errors: [],
    history: { introduced: '5.16', today: 'In use.' },
    sources: [
      tree61('include/linux/page-flags.h'),
      tree612('include/linux/page-flags.h'),
      recalled('5.16', AFTER_41_BY_61),
    ],
    picture: 'memory-map',
    match: { args: 1 },
  },
  {
    name: 'folio_page',
    kind: 'macro',
    meaning: 'Page n of a folio.',
    signatures: [
      at61('include/linux/page-flags.h', '#define folio_page(folio, n)'),
      at612('include/linux/page-flags.h', '#define folio_page(folio, n)'),
    ],
    pageBacked: 'How bvec_set_folio() comes to its page.',
    pageLess: 'Counts pages inside a folio, so both exist.',
    errors: [],
    history: { introduced: '5.16', today: 'In use.' },
    sources: [
      tree61('include/linux/page-flags.h'),
      tree612('include/linux/page-flags.h'),
      recalled('5.16', AFTER_41_BY_61),
    ],
    picture: 'memory-map',
    match: { args: 2 },
  },
  {
    name: 'folio_pfn',
    kind: 'function',
    meaning: 'Frame number of a folio’s first page.',
    signatures: [
      at61(MM, 'unsigned long folio_pfn(struct folio *folio)'),
      at612(MM, 'unsigned long folio_pfn(struct folio *folio)'),
    ],
    pageBacked: 'page_to_pfn() of its first page.',
    pageLess: 'The other direction, pfn_folio(), is as blind to missing pages as pfn_to_page().',
    errors: [],
    history: { introduced: '5.16', today: 'In use.' },
    sources: [tree61(MM), tree612(MM), recalled('5.16', AFTER_41_BY_61)],
    picture: 'memory-map',
    match: { args: 1 },
  },
];
