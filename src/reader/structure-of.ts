import type { Node, Tree } from 'web-tree-sitter';

/** What a member is reached through: `limits` in `q->limits.max_sectors`, `ops` in `ops->map_page`. */
export interface Holder {
  readonly name?: string;
  /** Tag of its structure, where the function itself declares it: `struct sample_ops *ops`. */
  readonly struct?: string;
}

/** The holder of the member whose name starts at `offset`; empty where the text does not say. */
export function holderOf(tree: Tree, offset: number): Holder {
  let holder = tree.rootNode.descendantForIndex(offset)?.parent?.childForFieldName('argument');
  if (holder?.type === 'subscript_expression') holder = holder.childForFieldName('argument');
  if (holder?.type === 'field_expression') return named(holder.childForFieldName('field')?.text);
  if (holder?.type !== 'identifier') return {};
  const type = declaredType(holder, holder.text);
  const tag = type?.type === 'struct_specifier' ? type.childForFieldName('name')?.text : undefined;
  return { ...named(holder.text), ...(tag === undefined ? {} : { struct: tag }) };
}

const named = (name: string | undefined): Holder => (name === undefined ? {} : { name });

/** The type a variable was last declared with, from the blocks around its use outwards to the parameters. */
function declaredType(use: Node, name: string): Node | undefined {
  for (let block = use.parent; block; block = block.parent) {
    const found = declarationsIn(block)
      .filter((one) => one.startIndex < use.startIndex && declares(one, name))
      .at(-1);
    if (found) return found.childForFieldName('type') ?? undefined;
    if (block.type === 'function_definition') return undefined;
  }
  return undefined;
}

function declarationsIn(block: Node): Node[] {
  if (block.type === 'compound_statement' || block.type === 'for_statement') {
    return block.namedChildren.filter((one) => one.type === 'declaration');
  }
  return block.type === 'function_definition' ? block.descendantsOfType('parameter_declaration') : [];
}

/** Whether one of the declared names is this one; `*a, b[4] = { 0 }` declares two. */
function declares(declaration: Node, name: string): boolean {
  return declaration.childrenForFieldName('declarator').some((declarator) => {
    let inner: Node | null = declarator;
    while (inner && inner.type !== 'identifier') {
      inner = inner.childForFieldName('declarator') ?? inner.namedChildren[0] ?? null;
    }
    return inner?.text === name;
  });
}
