import type { CatalogueEntry } from '../catalogue';
import { CFile } from './c-file';
import { lineOfTree, type KernelTree } from './kernel-version';
import type { Region } from './tokens';

/** Where a name of the catalogue is declared in a kernel tree, and where in the text of such a file. */

const PATH = /\b((?:include|block|mm|fs|kernel|lib|drivers|arch)\/[\w./-]*(?:\.[ch]|Kconfig))\b/g;
/** Where a declaration may have moved since the catalogue's sources; a few, so that looking costs nothing. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'include/linux/blk_types.h': ['include/linux/bvec.h'],
  'include/linux/bio.h': ['include/linux/bvec.h', 'include/linux/blk_types.h'],
  'include/linux/highmem.h': ['include/linux/highmem-internal.h'],
  'include/linux/dma-mapping.h': ['include/linux/dma-map-ops.h', 'include/asm-generic/dma-mapping-common.h'],
};
const MOST_FILES = 10;

/** The files to look in, the likeliest first, by their paths from the top of the tree. */
export function definitionFiles(entry: CatalogueEntry, tree?: KernelTree): readonly string[] {
  const every = [entry, ...(entry.variants ?? [])];
  const signatures = every.flatMap((one) => one.signatures);
  const own = tree && lineOfTree(signatures, tree);
  const texts = [
    ...(own ? [own.source] : []),
    ...signatures.map(({ source }) => source),
    ...every.flatMap(({ sources }) => sources.map(({ what }) => what)),
  ];
  const named = texts.flatMap((text) => [...text.matchAll(PATH)].map((match) => match[1]!));
  const paths = [...named, ...named.flatMap((path) => BESIDE[path] ?? [])];
  return [...new Set(paths)].slice(0, MOST_FILES);
}

/** The name where a file declares or defines it; a definition before a declaration. */
export function definitionIn(text: string, entry: CatalogueEntry): Region | undefined {
  const { name, kind, match } = entry;
  if (kind === 'config') return optionIn(text, name.replace(/^CONFIG_/, ''));
  if (!text.includes(name)) return undefined;
  const macro = new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${name}\\b`, 'm').exec(text);
  if (macro && kind !== 'member' && kind !== 'op') {
    const end = macro.index + macro[0].length;
    return { start: end - name.length, end };
  }
  const file = new CFile(text);
  const places = file.at(name);
  const at =
    kind === 'member' || kind === 'op'
      ? places.find((i) => isField(file, i, match?.memberOf))
      : (places.find((i) => isDefinition(file, i)) ?? places.find((i) => isDeclaration(file, i)));
  return at === undefined ? undefined : { start: file.tokens.start(at), end: file.tokens.end(at) };
}

function optionIn(text: string, option: string): Region | undefined {
  const line = new RegExp(`^[ \\t]*(?:menu)?config[ \\t]+${option}$`, 'm').exec(text);
  if (!line) return undefined;
  const end = line.index + line[0].length;
  return { start: end - option.length, end };
}

/** A member in the braces of a structure: its own, when the entry says which. */
function isField({ tokens }: CFile, i: number, owners: readonly string[] | undefined): boolean {
  const isPointer = tokens.is(i - 1, '*') && tokens.is(i + 1, ')') && tokens.is(i + 2, '(');
  let open = tokens.parent(isPointer ? tokens.parent(i) : i);
  if (!isPointer && !/^(?:;|,|:|\[)$/.test(tokens.text(i + 1))) return false;
  if (!isPointer && tokens.kind(i - 1) !== 'name' && !/^[*,]$/.test(tokens.text(i - 1))) return false;
  for (; tokens.is(open, '{'); open = tokens.parent(open)) {
    const isTagged = tokens.kind(open - 1) === 'name' && /^(?:struct|union)$/.test(tokens.text(open - 2));
    if (isTagged) return owners?.includes(tokens.text(open - 1)) ?? true;
    // A nameless one inside belongs to the one around it.
    if (!/^(?:struct|union)$/.test(tokens.text(open - 1))) return false;
  }
  return false;
}

function isDefinition(file: CFile, i: number): boolean {
  const { tokens } = file;
  if (tokens.parent(i) >= 0) return isEnumerator(file, i);
  if (/^(?:struct|union|enum)$/.test(tokens.text(i - 1))) return tokens.is(i + 1, '{');
  if (tokens.is(i + 1, '(')) return tokens.is(tokens.mate(i + 1) + 1, '{');
  return tokens.is(i + 1, ';') && isTypedef(file, i);
}

function isDeclaration(file: CFile, i: number): boolean {
  const { tokens } = file;
  const isOuter = tokens.parent(i) < 0 && (tokens.kind(i - 1) === 'name' || tokens.is(i - 1, '*'));
  return isOuter && tokens.is(i + 1, '(') && !tokens.is(i - 1, 'return');
}

function isEnumerator({ tokens }: CFile, i: number): boolean {
  const open = tokens.parent(i);
  const isEnum = tokens.is(open, '{') && (tokens.is(open - 1, 'enum') || tokens.is(open - 2, 'enum'));
  return isEnum && (tokens.is(i - 1, '{') || tokens.is(i - 1, ','));
}

function isTypedef({ tokens }: CFile, i: number): boolean {
  for (let at = i - 1; at >= 0 && !tokens.is(at, ';'); at--) {
    if (tokens.is(at, 'typedef')) return true;
    if (tokens.is(at, '}') && tokens.mate(at) >= 0) at = tokens.mate(at);
  }
  return false;
}
