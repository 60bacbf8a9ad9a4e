import type { Node, Tree } from 'web-tree-sitter';
import { countArguments, isCode, nextCode, wordAt } from './scan';
import type { Word } from './scan';
import { isDeclaredByTag, textRole } from './text-role';
import { ownerOf, treeRole } from './tree-role';

/**
 * What a name does where it stands.
 *
 * - `type`: names a type · `call`: is called · `member`: after `.` or `->` · `initialiser`: `.name =`
 * - `field`: declares a member of a structure · `declaration`: declares a variable or a parameter
 * - `definition`: declares or defines a function, a macro, a typedef or an enumerator
 * - `use`: any other use of a value, a flag or a macro · `other`: labels and the like
 */
export type NameRole =
  'type' | 'call' | 'member' | 'initialiser' | 'field' | 'declaration' | 'definition' | 'use' | 'other';

export interface NameAt extends Word {
  readonly role: NameRole;
  /** Arguments of the call or parameters of the definition, where a parenthesis follows. */
  readonly args?: number;
  /** False while the parenthesis is still open, so more arguments may come. */
  readonly argsClosed?: boolean;
  /** Tag of the structure that a field or an initialiser belongs to, where the file says it. */
  readonly owner?: string;
}

const NAME_NODES = new Set(['identifier', 'field_identifier', 'type_identifier', 'statement_identifier']);
const QUIET_NODES =
  /^(comment|string_literal|string_content|char_literal|character|escape_sequence|system_lib_string)$/;

/**
 * The name at a place in a C file, and its role there.
 *
 * @param tree the tree of exactly this `text`
 * @param offset UTF-16 units from the start; the end of a word counts as on it
 * @returns undefined in comments, strings, character constants, `#error` and `#include` lines, and on keywords
 */
export function nameAt(tree: Tree, text: string, offset: number): NameAt | undefined {
  const word = wordAt(text, offset);
  return word && nameOf(tree, text, word);
}

/** The same as `nameAt`, for a word that has been found already. */
export function nameOf(tree: Tree, text: string, word: Word): NameAt | undefined {
  if (!isCode(text, word.start)) return undefined;
  const node = tree.rootNode.descendantForIndex(word.start, word.end);
  if (!node || QUIET_NODES.test(node.type)) return undefined;
  if (node.type === 'preproc_arg') return inDirective(node, text, word);
  const exact = NAME_NODES.has(node.type) && node.startIndex === word.start && node.endIndex === word.end;
  if (exact && !node.parent?.isError) {
    const told = treeRole(node);
    const role = told === 'use' && isDeclaredByTag(text, word.start) ? 'declaration' : told;
    const owner = role === 'field' || role === 'initialiser' ? ownerOf(node, role) : undefined;
    return complete(text, word, role, owner);
  }
  // Inside a syntax error the tree has let go; the text around the word still tells most of it.
  if (node.isError || node.parent?.isError) return complete(text, word, textRole(text, word));
  return undefined;
}

/** A word in the body of a macro, or after `#undef`; other directives hold no code. */
function inDirective(node: Node, text: string, word: Word): NameAt | undefined {
  const directive = node.parent;
  if (directive?.type === 'preproc_call') {
    const isUndef = directive.childForFieldName('directive')?.text === '#undef';
    return isUndef ? { ...word, role: 'use' } : undefined;
  }
  const parameters = directive?.childForFieldName('parameters');
  const isParameter = parameters?.namedChildren.some((one) => one.text === word.name) ?? false;
  // A body starts like a statement, whatever stands before it.
  const start = node.startIndex;
  const body = text.slice(start, node.endIndex);
  const role = textRole(body, { ...word, start: word.start - start, end: word.end - start });
  const isVariable = isParameter && role !== 'member' && role !== 'initialiser';
  return complete(text, word, isVariable ? 'declaration' : role);
}

function complete(text: string, word: Word, role: NameRole, owner?: string): NameAt {
  const name = owner === undefined ? { ...word, role } : { ...word, role, owner };
  const open = nextCode(text, word.end);
  if ((role !== 'call' && role !== 'definition' && role !== 'member') || text[open] !== '(') return name;
  const { count, closed } = countArguments(text, open);
  return { ...name, args: count, argsClosed: closed };
}
