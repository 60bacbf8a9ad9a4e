import { isIdentifierPart, nextCode, previousCode, wordAt } from './scan';
import type { Word } from './scan';
import type { NameRole } from './name-at';

/**
 * The role of a word told from the text around it alone. Macro bodies need this (the grammar keeps them as one
 * opaque piece), and so does code inside a syntax error.
 */

const TAGS = new Set(['struct', 'union', 'enum']);
const QUALIFIERS = new Set([
  'const',
  'volatile',
  'static',
  'extern',
  'inline',
  'unsigned',
  'signed',
  'register',
]);
const NOT_A_TYPE = new Set([
  'return',
  'case',
  'goto',
  'else',
  'do',
  'sizeof',
  'typeof',
  'if',
  'while',
  'switch',
]);

/** Macros whose last argument is the name of a member. */
export const MEMBER_MACROS = new Set([
  'offsetof',
  'offsetofend',
  'container_of',
  'sizeof_field',
  'FIELD_SIZEOF',
]);
const MEMBER_MACRO_BEFORE = new RegExp(`\\b(?:${[...MEMBER_MACROS].join('|')})\\s*\\([^;{}]*,\\s*$`);

/** `struct page *` and the like: what follows is a declared name, in any context. */
const TAGGED_TYPE_BEFORE = /\b(?:struct|union|enum)\s+\w+[\s*]*$/;

/**
 * Whether the text before a name can only declare it. After an open parenthesis the tree takes
 * `struct page *name` for a product; the keyword shows that it is none.
 */
export function isDeclaredByTag(text: string, start: number): boolean {
  return TAGGED_TYPE_BEFORE.test(text.slice(Math.max(0, start - 100), start));
}

/** @param word a word of `text` that stands in code */
export function textRole(text: string, word: Word): NameRole {
  const before = previousCode(text, word.start);
  const after = text[nextCode(text, word.end)];
  if (text[before] === '>' && text[before - 1] === '-') return 'member';
  if (text[before] === '.' && text[before - 1] !== '.') {
    const operand = text[previousCode(text, before)];
    return isIdentifierPart(operand) || operand === ')' || operand === ']' ? 'member' : 'initialiser';
  }
  const wordBefore = wordEndingAt(text, before);
  if (wordBefore && TAGS.has(wordBefore)) return 'type';
  if (MEMBER_MACRO_BEFORE.test(text.slice(Math.max(0, word.start - 200), word.start))) return 'member';
  const declares = followsType(text, before);
  if (after === '(') return declares ? 'definition' : 'call';
  if (declares && (after === undefined || ';=,)[:'.includes(after))) return 'declaration';
  if (startsDeclaration(text, before, wordBefore) && namesType(text, word.end)) return 'type';
  return 'use';
}

function wordEndingAt(text: string, last: number): string | undefined {
  return last >= 0 && isIdentifierPart(text[last]) ? wordAt(text, last + 1)?.name : undefined;
}

/** Whether the text up to `last` ends in a type, with or without stars: `struct page *`, `__pfn_t`. */
function followsType(text: string, last: number): boolean {
  let at = last;
  let stars = 0;
  while (at >= 0 && text[at] === '*') {
    at = previousCode(text, at);
    stars++;
  }
  const type = at >= 0 && isIdentifierPart(text[at]) ? wordAt(text, at + 1) : undefined;
  if (!type || NOT_A_TYPE.has(type.name)) return false;
  if (stars === 0) return true;
  // `a * b` is a product unless `a` stands where a declaration can start.
  const beforeType = previousCode(text, type.start);
  return startsDeclaration(text, beforeType, wordEndingAt(text, beforeType));
}

/** Whether a declaration can start after `last`. */
function startsDeclaration(text: string, last: number, wordBefore: string | undefined): boolean {
  if (wordBefore !== undefined) return TAGS.has(wordBefore) || QUALIFIERS.has(wordBefore);
  return last < 0 || ';{}(,'.includes(text[last] as string);
}

/** Whether what follows `end` is a declared name: `pfn`, `*pfn`. */
function namesType(text: string, end: number): boolean {
  let at = nextCode(text, end);
  while (text[at] === '*') at = nextCode(text, at + 1);
  return isIdentifierPart(text[at]);
}
