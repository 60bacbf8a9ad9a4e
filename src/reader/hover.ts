import { lookup } from '../catalogue';
import type { CatalogueEntry, EntryVariant } from '../catalogue';
import type { CParser } from './c-parser';
import type { KernelTree } from './kernel-version';
import { pieceAround, type Piece } from './large/piece';
import { isLocalName } from './locals';
import { nameOf } from './name-at';
import type { NameRole } from './name-at';
import { recognise } from './recognise';
import { wordAt, type Word } from './scan';
import { holderOf } from './structure-of';
import type { Holder } from './structure-of';

export interface Hover {
  readonly entry: CatalogueEntry;
  /** Set when the name has another contract here: show its text in place of the entry's. */
  readonly variant?: EntryVariant;
  /** UTF-16 offset of the name's first unit. */
  readonly start: number;
  /** UTF-16 offset just after the name. */
  readonly end: number;
  readonly role: NameRole;
}

export interface HoverOptions {
  /** Path of the file; tells KVM's `pfn_t` from the block layer's. */
  readonly path?: string;
  /** The kernel tree the file is in, if that is known. */
  readonly tree?: KernelTree;
}

/**
 * What the catalogue says about the name at a place in a C file.
 *
 * The file is parsed only when the word is in the catalogue, and the parser keeps the tree for the next call. Of a
 * very long file only the function around the place is parsed.
 *
 * @param offset UTF-16 units from the start of `text`; any number is accepted
 * @returns undefined when there is no name, no entry, or the name is not the kernel's
 */
export function hoverAt(
  parser: CParser,
  text: string,
  offset: number,
  options: HoverOptions = {},
): Hover | undefined {
  const word = wordAt(text, offset);
  const entry = word && lookup(word.name);
  const piece = entry && pieceAround(text, word.start);
  if (!piece) return undefined;
  const found = hoverInPiece(parser, piece, entry, word, options);
  return found && { ...found, start: word.start, end: word.end };
}

function hoverInPiece(
  parser: CParser,
  { text, shift }: Piece,
  entry: CatalogueEntry,
  word: Word,
  options: HoverOptions,
): Pick<Hover, 'entry' | 'variant' | 'role'> | undefined {
  const tree = parser.treeOf(text);
  const name = nameOf(tree, text, { ...word, start: word.start - shift, end: word.end - shift });
  if (!name) return undefined;
  const recognised = recognise(entry, name, { text, ...options });
  if (!recognised) return undefined;
  if (name.role === 'member' && !isOurMember(entry, holderOf(tree, name.start))) return undefined;
  // A member is reached through its structure, so no variable can stand before it.
  const canBeHidden = name.role === 'call' || name.role === 'use';
  if (canBeHidden && isLocalName(tree, text, name.name, name.start)) return undefined;
  return { ...recognised, role: name.role };
}

function isOurMember({ match }: CatalogueEntry, holder: Holder): boolean {
  if (!match?.memberOf) return true;
  if (holder.struct !== undefined) return match.memberOf.includes(holder.struct);
  return match.through === undefined || (holder.name !== undefined && match.through.includes(holder.name));
}
