import type { CFile } from '../c-file';
import { argumentsOf } from '../expressions';
import { BV_PAGE, pageAccesses } from '../page-accesses';

/** Expressions that give the page of a bio_vec or of a bio. */

const PAGE_CALLS = ['bvec_page', 'bio_page', 'bvec_iter_page', 'bio_iter_page', 'mp_bvec_iter_page'];

/** Words of which a file needs at least one to name such a page. */
export const PAGE_WORDS = [BV_PAGE, ...PAGE_CALLS];

export interface VectorPage {
  readonly first: number;
  readonly last: number;
}

const KEPT = new WeakMap<CFile, readonly VectorPage[]>();

export function vectorPages(file: CFile): readonly VectorPage[] {
  const known = KEPT.get(file);
  if (known) return known;
  const { tokens } = file;
  const reads = pageAccesses(file).filter(({ use }) => use === 'read' || use === 'step');
  const members = reads.map(({ operand, member }) => ({ first: operand!.first, last: member }));
  const calls = PAGE_CALLS.flatMap((name) => file.at(name))
    .filter((i) => argumentsOf(tokens, i + 1) !== undefined)
    .map((i) => ({ first: i, last: tokens.mate(i + 1) }));
  const found = [...members, ...calls];
  KEPT.set(file, found);
  return found;
}

/** Calls of one of these functions whose first argument is such a page, perhaps with something added. */
export function callsWithVectorPage(file: CFile, names: ReadonlySet<string>): readonly number[] {
  const { tokens } = file;
  return vectorPages(file)
    .filter(({ first }) => tokens.is(first - 1, '(') && names.has(tokens.text(first - 2)))
    .map(({ first }) => first - 2);
}
