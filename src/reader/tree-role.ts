import type { Node } from 'web-tree-sitter';
import { MEMBER_MACROS } from './text-role';
import type { NameRole } from './name-at';

/** The role of a name told from its place in the syntax tree. */

const DECLARATORS = new Set([
  'pointer_declarator',
  'array_declarator',
  'parenthesized_declarator',
  'init_declarator',
  'function_declarator',
  'attributed_declarator',
]);

/** @param node an identifier, field_identifier, type_identifier or statement_identifier */
export function treeRole(node: Node): NameRole {
  const parent = node.parent;
  if (!parent) return 'other';
  switch (node.type) {
    case 'statement_identifier':
      return 'other';
    case 'field_identifier':
      if (parent.type === 'field_expression' || parent.type === 'offsetof_expression') return 'member';
      return parent.type === 'field_designator' ? 'initialiser' : 'field';
    case 'type_identifier':
      return isField(parent, 'declarator', node) ? 'definition' : 'type';
    default:
      return identifierRole(node, parent);
  }
}

function identifierRole(node: Node, parent: Node): NameRole {
  switch (parent.type) {
    case 'call_expression':
      return isField(parent, 'function', node) ? 'call' : 'use';
    case 'argument_list':
      return isMemberArgument(node, parent) ? 'member' : 'use';
    case 'preproc_def':
    case 'preproc_function_def':
    case 'enumerator':
      return isField(parent, 'name', node) ? 'definition' : 'use';
    case 'preproc_params':
    case 'parameter_list':
      return 'declaration';
    case 'attribute':
    case 'goto_statement':
      return 'other';
    default:
      return declaratorRole(node);
  }
}

/** Climbs from a name through its stars, brackets and parentheses to what declares it. */
function declaratorRole(node: Node): NameRole {
  let child = node;
  let isFunction = false;
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (DECLARATORS.has(parent.type)) {
      if (!isDeclarator(parent, child)) return 'use';
      // `(*name)(int)` declares a variable: only a name next to the parameter list is a function.
      if (parent.type === 'function_declarator') isFunction ||= child.type !== 'parenthesized_declarator';
      child = parent;
      continue;
    }
    switch (parent.type) {
      case 'parameter_declaration':
        return isDeclarator(parent, child) ? 'declaration' : 'use';
      case 'declaration':
        if (!isDeclarator(parent, child)) return 'use';
        return isFunction ? 'definition' : 'declaration';
      case 'function_definition':
        return isDeclarator(parent, child) ? 'definition' : 'use';
      case 'type_definition':
        return 'definition';
      case 'field_declaration':
        return 'field';
      default:
        return 'use';
    }
  }
  return 'use';
}

function isDeclarator(parent: Node, child: Node): boolean {
  if (parent.type === 'parenthesized_declarator' || parent.type === 'attributed_declarator') return true;
  return isField(parent, 'declarator', child);
}

function isField(parent: Node, field: string, child: Node): boolean {
  return parent.childrenForFieldName(field).some((one) => one.id === child.id);
}

/** `bv_page` in `container_of(x, struct bio_vec, bv_page)`: the grammar takes it for a variable. */
function isMemberArgument(node: Node, list: Node): boolean {
  const called = list.parent?.childForFieldName('function');
  if (!called || !MEMBER_MACROS.has(called.text)) return false;
  return list.namedChildren.at(-1)?.id === node.id;
}

/**
 * The structure that a declared or initialised member belongs to, where the text around it says so.
 *
 * @param node the member's name, in the role `field` or `initialiser`
 */
export function ownerOf(node: Node, role: NameRole): string | undefined {
  if (role === 'field') {
    for (let up = node.parent; up; up = up.parent) {
      // An anonymous union or structure is part of the one around it.
      if (up.type === 'struct_specifier' || up.type === 'union_specifier') {
        const tag = up.childForFieldName('name');
        if (tag) return tag.text;
      }
    }
    return undefined;
  }
  const list = node.parent?.parent?.parent;
  const holder = list?.type === 'initializer_list' ? list.parent : undefined;
  if (holder?.type === 'compound_literal_expression') {
    return holder.childForFieldName('type')?.descendantsOfType('type_identifier')[0]?.text;
  }
  if (holder?.type !== 'init_declarator') return undefined;
  const type = holder.parent?.childForFieldName('type');
  return type?.type === 'struct_specifier' ? type.childForFieldName('name')?.text : undefined;
}
