import type { PfnLayout } from '../layout';
import { constructs, constructsFromPage, hasPage, toPage, toPfn, toPhys, type Helper } from './helper';

/** The helpers of the two union postings, v2 and v3. Their results follow from the union; their text was not found. */
export function unionHelpers(layout: PfnLayout): readonly Helper[] {
  const about = { source: layout.source, reconstructed: true } as const;
  return [
    { ...about, name: 'page_to_pfn_t', call: ({ pfn }, ground) => constructsFromPage(layout, pfn, ground) },
    {
      ...about,
      name: 'a driver naming its own memory',
      call: (subject, ground) => constructs(layout, subject, ground),
    },
    { ...about, name: '__pfn_t_has_page', call: (subject, ground) => hasPage(layout, subject, ground) },
    { ...about, name: '__pfn_t_to_pfn', call: (subject, ground) => toPfn(layout, subject, ground) },
    { ...about, name: '__pfn_t_to_page', call: (subject, ground) => toPage(layout, subject, ground) },
    { ...about, name: '__pfn_t_to_phys', call: (subject, ground) => toPhys(layout, subject, ground) },
    { ...about, name: 'bvec_page', call: (subject, ground) => toPage(layout, subject, ground) },
  ];
}
