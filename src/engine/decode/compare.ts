import { PAGE_OFFSET_0, X86_32, X86_PAE } from '../memory/address-space';
import { pfnLayouts } from '../pfn';
import { helpersOf, plainHelpers, subjectOf, type Helper } from '../pfn/helpers';
import type { Encoded, PfnFlags, PfnLayout } from '../pfn/layout';
import { resultText, type HelperResult } from '../pfn/result';
import { flagsFor, hex, placeOf, type Machine } from './place';

/** What one helper gives for the page. */
interface HelperRow {
  readonly name: string;
  readonly result: HelperResult;
  /** The result in one line. */
  readonly gives: string;
  readonly reconstructed: boolean;
  readonly source: string;
}

/** One version: the word that names the page in it, and what its helpers make of that word. */
interface VersionRows {
  readonly title: string;
  readonly reconstructed: boolean;
  /** Absent where a version has no `__pfn_t`. */
  readonly encoded?: Encoded;
  readonly helpers: readonly HelperRow[];
}

/** A kind of kernel in which a version has no word for the same pfn. */
interface Elsewhere {
  readonly space: string;
  readonly layout: string;
  readonly reconstructed: boolean;
  readonly refusal: Exclude<Encoded, { word: bigint }>;
}

/** One page frame through every version: what users asked of bvec_page(), sg_page() and their like. */
export interface Comparison {
  readonly title: string;
  readonly about: string;
  readonly versions: readonly VersionRows[];
  readonly elsewhere: readonly Elsewhere[];
}

/** `pfn` as a driver (page-less, or its own pages) or the page allocator would name it on this machine. */
export function compareHelpers(machine: Machine, pfn: bigint): Comparison {
  const { ground } = machine;
  const place = placeOf(machine, pfn);
  const flags = flagsFor(place.ok ? place.extent.page : 'none');
  const rows = (helpers: readonly Helper[], subject: Parameters<Helper['call']>[0]) =>
    helpers.map((helper): HelperRow => {
      const result = helper.call(subject, ground);
      const { name, source, reconstructed = false } = helper;
      return { name, result, gives: resultText(result), reconstructed, source };
    });
  return {
    title: `pfn ${hex(pfn)}`,
    about: place.ok ? place.about : `${place.why}; it is taken for a page without struct page`,
    versions: [
      {
        title: '4.1 and today',
        reconstructed: false,
        helpers: rows(plainHelpers, { pfn, flags, word: pfn }),
      },
      ...pfnLayouts.map((layout) => ({
        title: `${layout.id} (${layout.when})`,
        reconstructed: layout.reconstructed,
        encoded: layout.encode(pfn, flags, ground.space),
        helpers: rows(helpersOf(layout), subjectOf(layout, pfn, flags, ground)),
      })),
    ],
    elsewhere: pfnLayouts.flatMap((layout) => refusals(layout, pfn, flags)),
  };
}

/** Kernels that could have such a pfn, and in which the layout cannot say it. */
function refusals(layout: PfnLayout, pfn: bigint, flags: PfnFlags): Elsewhere[] {
  return [X86_32, X86_PAE, PAGE_OFFSET_0].flatMap((space) => {
    if (pfn >> BigInt(space.physBits - 12) !== 0n) return [];
    const made = layout.encode(pfn, flags, space);
    if ('word' in made) return [];
    return [{ space: space.id, layout: layout.id, reconstructed: layout.reconstructed, refusal: made }];
  });
}
