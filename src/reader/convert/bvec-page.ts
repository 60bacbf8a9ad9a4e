import type { CFile } from '../c-file';
import { pageAccesses, type PageAccess } from '../page-accesses';
import type { Conversion, Edit, LeftAlone, RuleResult } from './edit';
import { byReference, notAddressable } from './operand';

/** `bv->bv_page` becomes `bvec_page(bv)`, and `bv->bv_page = page` becomes `bvec_set_page(bv, page)`. */

const RULE = 'bvec-page';

/** The helpers themselves have to touch the member. */
const HELPERS = new Set(['bvec_page', 'bvec_set_page', 'bvec_set_folio', 'bvec_set_virt']);

const REASONS: Readonly<Partial<Record<PageAccess['use'], string>>> = {
  'write-used': 'the value of the assignment is used, and bvec_set_page() returns nothing',
  step: 'the page is counted on, which no helper does: the page may not exist',
  address: 'the address of the member is taken, and a helper returns no member',
  initialiser:
    'no call can stand for a designator: write .bv_pfn = page_to_pfn_t(…) once the member has its new type',
  type: 'the member stands in sizeof or typeof, where nothing is read',
};

export function convertAccesses(file: CFile): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  for (const access of pageAccesses(file)) {
    const at = file.tokens.start(access.member);
    const reason = refusal(file, access);
    if (reason !== undefined) left.push({ rule: RULE, at, reason });
    else conversions.push({ rule: RULE, at, edits: editsOf(file, access) });
  }
  return { conversions, left };
}

function refusal(file: CFile, access: PageAccess): string | undefined {
  if (access.inFunction !== undefined && HELPERS.has(access.inFunction)) {
    return `this is ${access.inFunction}() itself`;
  }
  const { operand, use } = access;
  return REASONS[use] ?? (operand && !access.arrow ? notAddressable(file, operand) : undefined);
}

function editsOf(file: CFile, access: PageAccess): Edit[] {
  const { tokens } = file;
  const { member, value } = access;
  const operand = access.operand!;
  const start = tokens.start(operand.first);
  const end = tokens.end(operand.last);
  if (!value) {
    return [
      { start, end: start, text: `bvec_page(${byReference(access)}` },
      { start: end, end: tokens.end(member), text: ')' },
    ];
  }
  const last = tokens.end(value.last);
  return [
    { start, end: start, text: `bvec_set_page(${byReference(access)}` },
    { start: end, end: tokens.end(member + 1), text: ',' },
    { start: last, end: last, text: ')' },
  ];
}
