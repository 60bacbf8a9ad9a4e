import { pfn_to_page } from '../../memory/address-space';
import { Oops } from '../../oops';
import type { Encoded, PfnFlags, PfnLayout } from '../layout';
import { bool, pagePointer, value, wordOf, type Ground, type HelperResult } from '../result';

/** One page frame as a layout has it: the same for every helper, which takes of it what its C takes. */
export interface Subject {
  readonly pfn: bigint;
  readonly flags: PfnFlags;
  readonly word: bigint;
}

/** A kernel helper of one version. The name is the kernel's; where a call needs more to be told, it is in words. */
export interface Helper {
  readonly name: string;
  readonly source: string;
  readonly reconstructed?: boolean;
  call(subject: Subject, ground: Ground): HelperResult;
}

/** A subject made of a pfn: its word is what the C computes, lost or not. */
export function subjectOf(layout: PfnLayout, pfn: bigint, flags: PfnFlags, ground: Ground): Subject {
  return { pfn, flags, word: computed(layout.encode(pfn, flags, ground.space)) };
}

export const computed = (made: Encoded): bigint => ('word' in made ? made.word : made.computes);
const loss = (made: Encoded): string | undefined => ('word' in made ? undefined : made.cannot);

/** A constructor from a pfn and flags. */
export const constructs = (
  layout: PfnLayout,
  { pfn, flags }: Pick<Subject, 'pfn' | 'flags'>,
  ground: Ground,
): HelperResult => {
  const made = layout.encode(pfn, flags, ground.space);
  return wordOf(computed(made), loss(made));
};

/** A constructor from the `struct page *` of the pfn: there may be none, and then the pointer was made up. */
export function constructsFromPage(layout: PfnLayout, pfn: bigint, ground: Ground): HelperResult {
  const made = layout.encode(pfn, {}, ground.space);
  const none = ground.hasPage(pfn) ? undefined : 'there is no struct page to make it of';
  return wordOf(computed(made), none ?? loss(made));
}

/** `*_has_page`. */
export const hasPage = (layout: PfnLayout, { word }: Subject, ground: Ground): HelperResult =>
  bool(layout.decode(word, ground.space).hasPage);

/** `*_to_pfn`. */
export const toPfn = (layout: PfnLayout, { word }: Subject, ground: Ground): HelperResult =>
  value('pfn', layout.decode(word, ground.space).pfn);

/** `*_to_phys`. */
export const toPhys = (layout: PfnLayout, { word }: Subject, ground: Ground): HelperResult =>
  value('phys', layout.decode(word, ground.space).phys);

/** `*_to_page`: NULL where the word says there is none, else a pointer that nobody checked. */
export function toPage(layout: PfnLayout, { word }: Subject, ground: Ground): HelperResult {
  const { hasPage, page, pfn } = layout.decode(word, ground.space);
  return hasPage ? pagePointer(page, pfn, ground) : { is: 'NULL' };
}

/** `pfn_to_page` without any question. */
export const pageOf = (pfn: bigint, ground: Ground): HelperResult =>
  pagePointer(pfn_to_page(pfn, ground.space), pfn, ground);

/** Runs what may BUG. */
export function guarded(run: () => HelperResult): HelperResult {
  try {
    return run();
  } catch (error) {
    if (error instanceof Oops) return { is: 'BUG', message: error.message };
    throw error;
  }
}
