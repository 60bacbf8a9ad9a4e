import type { CFile } from '../c-file';
import { pageAccesses } from '../page-accesses';
import type { Conversion, LeftAlone, RuleResult } from './edit';
import { byReference, changes, isConstant, notAddressable } from './operand';
import { sumAfter } from './sums';

/** Sums that a helper of today computes: the page's address, and `bv_offset` added to it. */
const HELPERS: Readonly<Record<string, string>> = {
  page_address: 'bvec_virt',
  kmap_local_page: 'bvec_kmap_local',
  page_to_phys: 'bvec_phys',
};

/** These take a pointer to a bio_vec that may be changed. */
const NOT_CONST = new Set(['bvec_virt', 'bvec_kmap_local']);

export function convertBvecSums(file: CFile, known: (helper: string) => boolean): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  const { tokens } = file;
  for (const access of pageAccesses(file)) {
    const { operand, member, use } = access;
    if (use !== 'read' || !operand || !tokens.is(operand.first - 1, '(')) continue;
    const call = operand.first - 2;
    const helper = HELPERS[tokens.text(call)];
    if (helper === undefined || !known(helper) || tokens.mate(call + 1) !== member + 1) continue;
    const compact = file.compact(operand.first, operand.last);
    const sum = sumAfter(file, call, `${compact}${access.arrow ? '->' : '.'}bv_offset`);
    if (sum.last === undefined && sum.reason === undefined) continue;
    const at = tokens.start(call);
    const reason =
      (access.inFunction === helper ? `this is ${helper}() itself` : undefined) ??
      sum.reason ??
      changes(file, operand) ??
      (access.arrow ? undefined : notAddressable(file, operand)) ??
      (NOT_CONST.has(helper) ? isConstant(file, access) : undefined);
    if (reason !== undefined) {
      left.push({ rule: helper, at, reason });
      continue;
    }
    const text = `${helper}(${byReference(access)}${file.slice(operand.first, operand.last)})`;
    conversions.push({ rule: helper, at, edits: [{ start: at, end: tokens.end(sum.last!), text }] });
  }
  return { conversions, left };
}
