import type { CatalogueEntry, EntryKind, EntryVariant, VariantCondition } from '../catalogue';
import { lineOfTree } from './kernel-version';
import type { KernelTree } from './kernel-version';
import type { NameAt, NameRole } from './name-at';

/** Whether a name in a file is the catalogue's name, and in which of its meanings. */

const CALLABLE: readonly NameRole[] = ['call', 'use', 'definition'];
const IN_STRUCTURE: readonly NameRole[] = ['member', 'initialiser', 'field'];

/** Where in C a name of each kind can stand. A member called like one of our functions is not ours. */
const ROLES: Readonly<Record<EntryKind, readonly NameRole[]>> = {
  type: ['type', 'use', 'definition'],
  function: CALLABLE,
  macro: CALLABLE,
  flag: ['use', 'definition'],
  config: ['use', 'definition'],
  member: IN_STRUCTURE,
  op: IN_STRUCTURE,
};

export interface FileFacts {
  readonly text: string;
  /** Path or URI path of the file, if it has one; any separator. */
  readonly path?: string;
  /** The kernel tree the file is in, if that is known. */
  readonly tree?: KernelTree;
}

export interface Recognised {
  readonly entry: CatalogueEntry;
  /** Set when the name has another contract here than the entry's main text describes. */
  readonly variant?: EntryVariant;
}

/** @returns undefined when the name only looks like ours */
export function recognise(entry: CatalogueEntry, name: NameAt, file: FileFacts): Recognised | undefined {
  if (!ROLES[entry.kind].includes(name.role)) return undefined;
  const path = file.path?.replaceAll('\\', '/');
  const { match } = entry;
  if (path !== undefined && matches(match?.notIn, path)) return undefined;
  if (match?.onlyIn && !matches(match.onlyIn, path)) return undefined;
  if (name.owner !== undefined && match?.memberOf && !match.memberOf.includes(name.owner)) return undefined;
  if (match?.tag && !endsWithWord(file.text.slice(Math.max(0, name.start - 40), name.start), match.tag)) {
    return undefined;
  }
  const variant =
    entry.variants?.find((one) => holds(one.when, name, file.text, path)) ?? variantOfTree(entry, name, file);
  if (variant) return { entry, variant };
  const isCalled = name.role === 'call' || name.role === 'definition';
  if (isCalled && match?.args !== undefined && (name.args ?? 0) > match.args) return undefined;
  return { entry };
}

/** Without a closed list of arguments the tree decides: 6.12 knows one bvec_set_page(), and it is not the series'. */
function variantOfTree(entry: CatalogueEntry, name: NameAt, { tree }: FileFacts): EntryVariant | undefined {
  if (!tree || name.argsClosed || lineOfTree(entry.signatures, tree)) return undefined;
  const there = entry.variants?.filter(({ signatures }) => lineOfTree(signatures, tree)) ?? [];
  return there.length === 1 ? there[0] : undefined;
}

function matches(patterns: readonly string[] | undefined, path: string | undefined): boolean {
  return path !== undefined && (patterns?.some((pattern) => new RegExp(pattern).test(path)) ?? false);
}

function endsWithWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\s+$`).test(text);
}

function holds(when: VariantCondition, name: NameAt, text: string, path: string | undefined): boolean {
  if (when.minArgs !== undefined && (name.args === undefined || name.args < when.minArgs)) return false;
  // While a call is being typed it may still grow.
  if (when.maxArgs !== undefined && (!name.argsClosed || (name.args ?? 0) > when.maxArgs)) return false;
  if (when.path === undefined && when.text === undefined) return true;
  return matches(when.path, path) || (when.text !== undefined && new RegExp(when.text).test(text));
}
