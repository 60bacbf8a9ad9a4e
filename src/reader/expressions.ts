import type { CFile } from './c-file';
import type { Tokens } from './tokens';

/** Where expressions start and end in a row of tokens: just enough of C's grammar to move one. */

/** A run of tokens, both ends included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Names before a parenthesis that call nothing. */
const NO_CALL = new Set(['return', 'if', 'while', 'for', 'switch', 'case', 'else', 'do', 'goto', 'in']);

/** Keywords that a statement can follow directly. */
const BEFORE_STATEMENT = new Set(['else', 'do']);
const TAKES_CONDITION = /^(?:if|while|for|switch|\w*for_each\w*|\w*for_every\w*|while_\w+)$/;

/**
 * The start of the postfix expression that ends with `last`: `a->b[i].c` for a `last` on `c`.
 *
 * @returns -1 where none ends
 */
export function operandStart(tokens: Tokens, last: number): number {
  let i = last;
  for (;;) {
    const kind = tokens.kind(i);
    if (tokens.is(i, ']')) {
      i = tokens.mate(i) - 1;
      if (i < 0 || !endsOperand(tokens, i)) return -1;
      continue;
    }
    if (tokens.is(i, ')')) {
      const open = tokens.mate(i);
      if (open < 0) return -1;
      if (!endsOperand(tokens, open - 1) || isCondition(tokens, open)) return open;
      i = open - 1;
      continue;
    }
    if (tokens.is(i, '++') || tokens.is(i, '--')) {
      if (!endsOperand(tokens, i - 1)) return -1;
      i--;
      continue;
    }
    if (kind !== 'name' && kind !== 'quoted') return -1;
    const before = i - 1;
    if (!tokens.is(before, '.') && !tokens.is(before, '->')) return i;
    if (!endsOperand(tokens, before - 1)) return -1;
    i = before - 1;
  }
}

/** Whether an operand can end here, so that a sign after it is binary. */
export function endsOperand(tokens: Tokens, i: number): boolean {
  const kind = tokens.kind(i);
  if (kind === 'number' || kind === 'quoted') return true;
  if (kind === 'name') return !NO_CALL.has(tokens.text(i));
  return tokens.is(i, ']') || (tokens.is(i, ')') && !isConditionEnd(tokens, i));
}

/** `if (…)` and `bio_for_each_segment(…)` end no operand. */
function isConditionEnd(tokens: Tokens, close: number): boolean {
  const open = tokens.mate(close);
  return open >= 0 && isCondition(tokens, open);
}

function isCondition(tokens: Tokens, open: number): boolean {
  return tokens.kind(open - 1) === 'name' && TAKES_CONDITION.test(tokens.text(open - 1));
}

/** Whether a parenthesis closes a cast, such as `(char *)`. */
export function castBefore(tokens: Tokens, close: number): Span | undefined {
  const open = tokens.is(close, ')') ? tokens.mate(close) : -1;
  if (open < 0 || open === close - 1 || endsOperand(tokens, open - 1)) return undefined;
  for (let i = open + 1; i < close; i++) {
    if (tokens.kind(i) !== 'name' && !tokens.is(i, '*')) return undefined;
  }
  return { first: open, last: close };
}

/** Whether a statement starts with this token. */
export function startsStatement(tokens: Tokens, first: number): boolean {
  const before = first - 1;
  if (tokens.kind(before) === 'open') return true;
  if (tokens.is(before, ';') || tokens.is(before, '{') || tokens.is(before, '}')) {
    return !inForHeader(tokens, first);
  }
  if (tokens.kind(before) === 'name') return BEFORE_STATEMENT.has(tokens.text(before));
  if (tokens.is(before, ':')) return !isConditional(tokens, before);
  if (tokens.is(before, ')'))
    return isConditionEnd(tokens, before) && tokens.parent(before) === tokens.parent(first);
  // A statement without a semicolon, handed to a macro that iterates.
  return isMacroArgument(tokens, first);
}

/** Whether the colon belongs to a `?`, and not to a label or a case. */
function isConditional(tokens: Tokens, colon: number): boolean {
  for (let i = colon - 1; i >= 0; i--) {
    if (tokens.is(i, '?')) return true;
    if (tokens.is(i, ';') || tokens.is(i, '{') || tokens.is(i, '}') || tokens.kind(i) === 'open')
      return false;
  }
  return false;
}

function inForHeader(tokens: Tokens, first: number): boolean {
  return tokens.is(tokens.parent(first), '(');
}

/** `iterate(i, v, v.x = y, …)`: an assignment that is a whole argument of something that looks like a macro. */
function isMacroArgument(tokens: Tokens, first: number): boolean {
  const open = tokens.parent(first);
  if (!tokens.is(open, '(') || !tokens.is(first - 1, ',')) return false;
  return tokens.kind(open - 1) === 'name' && TAKES_STATEMENTS.test(tokens.text(open - 1));
}

const TAKES_STATEMENTS = /^(?:iterate_\w+|\w*for_each\w*)$/;

/** The last token of the assigned expression that starts at `first`. */
export function valueEnd(tokens: Tokens, first: number): number {
  let i = first;
  while (i < tokens.length) {
    if (tokens.kind(i) === 'close' || tokens.kind(i) === 'open') break;
    if (tokens.is(i, ';') || tokens.is(i, ',') || /^[)\]}]$/.test(tokens.text(i))) break;
    const mate = tokens.mate(i);
    i = (mate > i ? mate : i) + 1;
  }
  return i - 1;
}

/** The arguments of the call whose parenthesis opens at `open`; undefined while it is not closed. */
export function argumentsOf(tokens: Tokens, open: number): readonly Span[] | undefined {
  const close = tokens.is(open, '(') ? tokens.mate(open) : -1;
  if (close < 0) return undefined;
  const found: Span[] = [];
  let first = open + 1;
  for (let i = open + 1; i <= close; i++) {
    if (i === close || tokens.is(i, ',')) {
      if (i > first) found.push({ first, last: i - 1 });
      else if (i < close || found.length > 0) return undefined;
      first = i + 1;
    } else {
      const mate = tokens.mate(i);
      if (mate > i) i = mate;
    }
  }
  return found;
}

/**
 * The outermost braces (or the body of a macro) around a token.
 *
 * @returns undefined outside of both
 */
export function bodyAround(tokens: Tokens, token: number): Span | undefined {
  let found = -1;
  for (let up = tokens.parent(token); up >= 0; up = tokens.parent(up)) {
    const isBody = tokens.kind(up) === 'open';
    if (isBody || tokens.is(up, '{')) found = up;
    if (isBody) break;
  }
  if (found < 0) return undefined;
  const last = tokens.mate(found);
  return { first: found, last: last < 0 ? tokens.length - 1 : last };
}

/** The name of the function whose body holds a token; a macro has none. */
export function functionAround(tokens: Tokens, token: number): string | undefined {
  const body = bodyAround(tokens, token);
  if (!body || !tokens.is(body.first - 1, ')')) return undefined;
  const open = tokens.mate(body.first - 1);
  return tokens.kind(open - 1) === 'name' ? tokens.text(open - 1) : undefined;
}

/**
 * Whether one of the tokens changes something: then an expression must not be moved, dropped or written twice.
 *
 * @param pure calls that only compute
 */
export function hasEffects(file: CFile, { first, last }: Span, pure?: ReadonlySet<string>): boolean {
  const { tokens } = file;
  for (let i = first; i <= last; i++) {
    const text = tokens.text(i);
    if (text === '++' || text === '--' || text === '{') return true;
    if (/^(?:[-+*/%&|^]|<<|>>)?=$/.test(text)) return true;
    const calls = text === '(' && i > first && tokens.kind(i - 1) === 'name';
    if (calls && !pure?.has(tokens.text(i - 1))) return true;
  }
  return false;
}
