/**
 * Plain reading of C text, without a tree: where words start, what is comment, how many arguments stand
 * between two parentheses. It works on half-typed text too, which is when a tree is least help.
 */

const IDENTIFIER_START = /[A-Za-z_]/;
const IDENTIFIER_PART = /[A-Za-z0-9_]/;

/** How far `countArguments` reads before it gives up on a closing parenthesis, in UTF-16 units. */
const ARGUMENT_REACH = 4000;

export interface Word {
  readonly name: string;
  /** UTF-16 offset of the first unit. */
  readonly start: number;
  /** UTF-16 offset just after the last unit. */
  readonly end: number;
}

export function isIdentifierPart(unit: string | undefined): boolean {
  return unit !== undefined && IDENTIFIER_PART.test(unit);
}

/**
 * The identifier that holds `offset` or ends right at it.
 *
 * @param offset UTF-16 units from the start of `text`; any number is accepted
 * @returns undefined where there is none, and on numbers such as `0x10`
 */
export function wordAt(text: string, offset: number): Word | undefined {
  if (!Number.isInteger(offset) || offset < 0 || offset > text.length) return undefined;
  let start = offset;
  while (start > 0 && isIdentifierPart(text[start - 1])) start--;
  let end = offset;
  while (end < text.length && isIdentifierPart(text[end])) end++;
  const first = text[start];
  if (start === end || first === undefined || !IDENTIFIER_START.test(first)) return undefined;
  return { name: text.slice(start, end), start, end };
}

/**
 * Whether `offset` is code: outside comments, strings and character constants.
 *
 * A string or constant that is not closed ends with its line, as a compiler would report it, so one stray
 * apostrophe does not hide the rest of the file.
 */
export function isCode(text: string, offset: number): boolean {
  let at = 0;
  while (at < offset) {
    const end = endOfQuiet(text, at);
    if (end > offset) return false;
    at = end > at ? end : at + 1;
  }
  return true;
}

/** End of the comment, string or constant that starts at `at`; `at` itself when none starts there. */
function endOfQuiet(text: string, at: number): number {
  const unit = text[at];
  if (unit === '/' && text[at + 1] === '*') {
    const close = text.indexOf('*/', at + 2);
    return close < 0 ? text.length + 1 : close + 2;
  }
  if (unit === '/' && text[at + 1] === '/') return endOfLine(text, at + 2);
  if (unit !== '"' && unit !== "'") return at;
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === unit) return i + 1;
    else if (text[i] === '\n') return i;
  }
  return text.length + 1;
}

/** End of the line that `at` is in, over backslash continuations; past the text on the last line. */
function endOfLine(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n') return i;
  }
  return text.length + 1;
}

/** Offset of the next unit from `at` on that is no white space, continuation or comment; may be the length. */
export function nextCode(text: string, at: number): number {
  let i = at;
  while (i < text.length) {
    const unit = text[i];
    if (unit === ' ' || unit === '\t' || unit === '\n' || unit === '\r' || unit === '\\') i++;
    else if (unit === '/' && (text[i + 1] === '*' || text[i + 1] === '/')) i = endOfQuiet(text, i);
    else return i;
  }
  return text.length;
}

/** Offset of the last unit before `at` that is no white space or continuation; -1 when there is none. */
export function previousCode(text: string, at: number): number {
  let i = at - 1;
  while (i >= 0 && /[\s\\]/.test(text[i] as string)) i--;
  return i;
}

export interface ArgumentCount {
  /** A comma promises an argument, so `f(a,` counts two. */
  readonly count: number;
  /** False while the closing parenthesis has not been typed. */
  readonly closed: boolean;
}

/**
 * Counts the arguments of a call or the parameters of a declaration.
 *
 * @param open offset of the opening parenthesis
 */
export function countArguments(text: string, open: number): ArgumentCount {
  const limit = Math.min(text.length, open + ARGUMENT_REACH);
  const nested: string[] = [];
  let commas = 0;
  let only = '';
  let i = nextCode(text, open + 1);
  while (i < limit) {
    const unit = text[i] as string;
    if (nested.length === 0) {
      if (unit === ')') return { count: only === '' || only === 'void' ? 0 : commas + 1, closed: true };
      if (unit === ';' || unit === '}' || (unit === '{' && !opensValue(text, i))) break;
      if (unit === ',') commas++;
    }
    if (unit === '(' || unit === '[' || unit === '{') nested.push(unit);
    else if (unit === ')' || unit === ']' || unit === '}') nested.pop();
    const quiet = endOfQuiet(text, i);
    const next = quiet > i ? quiet : i + 1;
    if (only.length < 8) only += text.slice(i, next);
    i = nextCode(text, next);
  }
  return { count: only === '' ? 0 : commas + 1, closed: false };
}

/** Whether a brace opens a compound literal or a statement expression, and not the next block. */
function opensValue(text: string, brace: number): boolean {
  const before = text[previousCode(text, brace)];
  return before === ')' || before === '(' || before === '=' || before === ',';
}
