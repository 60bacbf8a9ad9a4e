import type { CFile } from './c-file';
import {
  endsOperand,
  functionAround,
  operandStart,
  startsStatement,
  valueEnd,
  type Span,
} from './expressions';

/** Every place in a file that reaches the page of a bio_vec by its member. */

export type PageUse =
  | 'read'
  | 'write'
  /** Written where the value of the assignment is used as well. */
  | 'write-used'
  /** `bv_page++`, `bv_page += n`. */
  | 'step'
  /** `&bv->bv_page`. */
  | 'address'
  /** `.bv_page = …` in braces. */
  | 'initialiser'
  /** Inside `sizeof` or `typeof`: nothing is read. */
  | 'type';

export interface PageAccess {
  readonly use: PageUse;
  /** The token of the member's name. */
  readonly member: number;
  /** What is left of the dot or arrow; an initialiser has nothing there. */
  readonly operand?: Span;
  readonly arrow: boolean;
  /** What is written. */
  readonly value?: Span;
  /** The function around it. */
  readonly inFunction?: string;
}

export const BV_PAGE = 'bv_page';

const COMPOUND = /^(?:[-+*/%&|^]|<<|>>)=$/;
const NOT_EVALUATED = new Set(['sizeof', 'typeof', '__typeof__', 'offsetof', 'sizeof_field', 'FIELD_SIZEOF']);
const KEPT = new WeakMap<CFile, readonly PageAccess[]>();

/** In the order of the text. Declarations of the member are none. */
export function pageAccesses(file: CFile): readonly PageAccess[] {
  const known = KEPT.get(file);
  if (known) return known;
  const found = file.at(BV_PAGE).flatMap((member) => accessAt(file, member) ?? []);
  KEPT.set(file, found);
  return found;
}

function accessAt(file: CFile, member: number): PageAccess | undefined {
  const { tokens } = file;
  const arrow = tokens.is(member - 1, '->');
  if (!arrow && !tokens.is(member - 1, '.')) return undefined;
  const around = functionAround(tokens, member);
  const inFunction = around === undefined ? {} : { inFunction: around };
  const last = member - 2;
  if (!arrow && !endsOperand(tokens, last)) {
    if (!tokens.is(member + 1, '=')) return undefined;
    const value = { first: member + 2, last: valueEnd(tokens, member + 2) };
    return { use: 'initialiser', member, arrow, value, ...inFunction };
  }
  const first = operandStart(tokens, last);
  if (first < 0) return undefined;
  const access = { member, arrow, operand: { first, last }, ...inFunction };
  if (tokens.is(member + 1, '=')) {
    const value = { first: member + 2, last: valueEnd(tokens, member + 2) };
    return { ...access, use: startsStatement(tokens, first) ? 'write' : 'write-used', value };
  }
  return { ...access, use: otherUse(file, first, member) };
}

function otherUse({ tokens }: CFile, first: number, member: number): PageUse {
  const after = tokens.text(member + 1);
  const before = tokens.text(first - 1);
  if (COMPOUND.test(after) || [after, before].some((sign) => sign === '++' || sign === '--')) return 'step';
  if (before === '&' && !endsOperand(tokens, first - 2)) return 'address';
  for (let up = tokens.parent(member); tokens.is(up, '('); up = tokens.parent(up)) {
    if (NOT_EVALUATED.has(tokens.text(up - 1))) return 'type';
  }
  return before === 'sizeof' ? 'type' : 'read';
}
