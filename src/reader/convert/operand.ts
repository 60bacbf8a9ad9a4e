import type { CFile } from '../c-file';
import type { PageAccess } from '../page-accesses';
import { hasEffects, operandStart, type Span } from '../expressions';

/** Macros that are a compound literal or an element of an array: `&` in front of a use of them is legal. */
const LVALUE_MACROS = new Set([
  'bio_iovec',
  'bio_iter_iovec',
  'bvec_iter_bvec',
  'mp_bvec_iter_bvec',
  'bio_iovec_idx',
  'bio_inline_vecs',
]);

/** Why no `&` can be put in front of an operand; undefined when it can. */
export function notAddressable(file: CFile, { first, last }: Span): string | undefined {
  const { tokens } = file;
  if (!tokens.is(last, ')')) return undefined;
  const open = tokens.mate(last);
  if (open === first) return undefined;
  const called = tokens.text(open - 1);
  if (LVALUE_MACROS.has(called)) return undefined;
  return `${called}() may return a copy, and a copy has no address`;
}

/** How an access hands its bio_vec to a helper: `&` for a structure, nothing for a pointer. */
export function byReference(access: PageAccess): string {
  return access.arrow ? '' : '&';
}

/** A member of what a pointer expression points to, as it stands in a file and without white space. */
export function memberOf(
  file: CFile,
  { first, last }: Span,
  member: string,
): { readonly text: string; readonly compact: string } {
  const { tokens } = file;
  if (tokens.is(first, '&') && operandStart(tokens, last) === first + 1) {
    const text = `${file.slice(first + 1, last)}.${member}`;
    return { text, compact: `${file.compact(first + 1, last)}.${member}` };
  }
  const isPostfix = operandStart(tokens, last) === first;
  const wrap = (text: string) => (isPostfix ? `${text}->${member}` : `(${text})->${member}`);
  return { text: wrap(file.slice(first, last)), compact: wrap(file.compact(first, last)) };
}

/** Why an expression cannot be written twice or dropped; undefined when it can. */
export function changes(file: CFile, span: Span): string | undefined {
  return hasEffects(file, span) ? 'the operand does something when it is evaluated' : undefined;
}

/** Why a bio_vec cannot be handed to a function that may change it; undefined when nothing says so. */
export function isConstant(file: CFile, access: PageAccess): string | undefined {
  const { tokens } = file;
  const { first } = access.operand!;
  const name = tokens.text(first);
  for (const i of file.at(name)) {
    let before = i - 1;
    while (tokens.is(before, '*')) before--;
    const isOurs = tokens.is(before, 'bio_vec') && tokens.is(before - 1, 'struct');
    if (isOurs && (tokens.is(before - 2, 'const') || tokens.is(before + 1, 'const'))) {
      return `${name} is declared const, and the helper takes what may change`;
    }
  }
  // What is reached through another structure may be const without this file saying so.
  if (/^(?:iter|i|iov_iter|p|from|to)$/.test(name) && tokens.is(first + 1, '->')) {
    return `${file.compact(first, access.operand!.last)} may be const`;
  }
  return undefined;
}
