import type { Node, Tree } from 'web-tree-sitter';
import { nameOf } from './name-at';
import { wordAt } from './scan';

const SCOPES = new Set(['compound_statement', 'for_statement', 'function_definition']);

/**
 * Whether a name at a place means a variable or a parameter of the file itself. A local called `bio_page` has
 * nothing to do with the kernel's `bio_page`.
 *
 * @param offset UTF-16 units; where the name is used
 */
export function isLocalName(tree: Tree, text: string, name: string, offset: number): boolean {
  const enclosing = enclosingFunction(tree, offset);
  const from = enclosing ? 0 : startOfBlock(text, offset);
  for (
    let at = text.indexOf(name, from);
    at >= 0 && at <= offset;
    at = text.indexOf(name, at + name.length)
  ) {
    const word = wordAt(text, at);
    if (!word || word.name !== name || word.start !== at) continue;
    const found = nameOf(tree, text, word);
    if (found?.role !== 'declaration') continue;
    if (!isDirectiveText(tree, at) && reaches(tree, text, at, offset)) return true;
  }
  return false;
}

function enclosingFunction(tree: Tree, offset: number): Node | undefined {
  for (let up = tree.rootNode.descendantForIndex(offset); up; up = up.parent) {
    if (up.type === 'function_definition') return up;
  }
  return undefined;
}

/** A macro's parameters end with the macro. */
function isDirectiveText(tree: Tree, at: number): boolean {
  const type = tree.rootNode.descendantForIndex(at)?.parent?.type ?? '';
  return type.startsWith('preproc_') && !/^preproc_(if|ifdef|else|elif|elifdef)$/.test(type);
}

/** Whether a declaration at `at` is still in force at `offset`. */
function reaches(tree: Tree, text: string, at: number, offset: number): boolean {
  for (let up = tree.rootNode.descendantForIndex(at); up; up = up.parent) {
    if (SCOPES.has(up.type)) return up.startIndex <= offset && offset <= up.endIndex;
    // A parameter of a prototype, or of a function pointer, ends with it.
    if (up.type === 'declaration' || up.type === 'field_declaration' || up.type === 'type_definition') {
      const inList = hasAncestor(tree, at, 'parameter_list', up);
      if (inList) return up.startIndex <= offset && offset <= up.endIndex;
    }
    // In broken text there is no tree of scopes; kernel style closes a function at the left margin.
    if (up.isError) return startOfBlock(text, offset) <= at;
  }
  return true;
}

function hasAncestor(tree: Tree, at: number, type: string, until: Node): boolean {
  for (let up = tree.rootNode.descendantForIndex(at); up && up.id !== until.id; up = up.parent) {
    if (up.type === type) return true;
  }
  return false;
}

/** Offset after the last `}` at the left margin before `offset`. */
function startOfBlock(text: string, offset: number): number {
  const close = text.lastIndexOf('\n}', offset - 1);
  return close < 0 ? 0 : close + 2;
}
