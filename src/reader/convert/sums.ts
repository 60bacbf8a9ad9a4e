import type { CFile } from '../c-file';
import { castBefore, endsOperand } from '../expressions';

/** `call(…) + offset`, where one call of a helper is to stand for the whole sum. */

/** Casts that leave a sum of bytes what it is. */
const BYTE_POINTERS = /^\((?:void|char|u8|uint8_t|__u8|unsigned char)\*\)$/;

/** Without either member there is no such sum. */
export interface Sum {
  /** The token that ends the sum. */
  readonly last?: number;
  /** Why the sum cannot be replaced as a whole. */
  readonly reason?: string;
}

/**
 * @param call the token of the called name
 * @param offset what has to be added, without white space
 */
export function sumAfter(file: CFile, call: number, offset: string): Sum {
  const { tokens } = file;
  const plus = tokens.mate(call + 1) + 1;
  if (plus === 0 || !tokens.is(plus, '+')) return {};
  let last = plus + 1;
  let text = file.compact(last, last);
  while (text.length < offset.length && last + 1 < tokens.length) text = file.compact(plus + 1, ++last);
  if (text !== offset) return {};
  if (/^(?:[*/%[(.]|->|\+\+|--)$/.test(tokens.text(last + 1))) {
    return { reason: 'the offset belongs to an operator behind it first' };
  }
  return isFree(file, call) ? { last } : { reason: 'an operator in front takes the call before the sum' };
}

/** Whether nothing in front of the call binds tighter than the sum. */
function isFree(file: CFile, call: number): boolean {
  const { tokens } = file;
  const before = call - 1;
  const cast = castBefore(tokens, before);
  if (cast) {
    return BYTE_POINTERS.test(file.compact(cast.first, cast.last)) && !isOperator(file, cast.first - 1);
  }
  return !isOperator(file, before);
}

function isOperator({ tokens }: CFile, i: number): boolean {
  const text = tokens.text(i);
  if (text === '&') return !endsOperand(tokens, i - 1);
  return /^(?:[-+*/%~!.]|\+\+|--|->|sizeof)$/.test(text);
}
