import type { CParser } from './c-parser';
import { pieceAround } from './large/piece';
import { isCode } from './scan';

/** A number that the code hands to a helper which takes a frame number, an address or a frame word. */
export interface NumberInCall {
  /** The number as it is written, without a suffix. */
  readonly digits: string;
  readonly is: 'pfn' | 'physical address' | 'word';
  /** The helper, letter for letter. */
  readonly helper: string;
  readonly dev: boolean;
  readonly map: boolean;
  readonly start: number;
  readonly end: number;
}

/** What the first argument of each helper is. */
const FIRST_ARGUMENT: Readonly<Record<string, NumberInCall['is']>> = {
  pfn_to_pfn_t: 'pfn',
  __pfn_to_pfn_t: 'pfn',
  __pfn_to_phys: 'pfn',
  pfn_to_page: 'pfn',
  pfn_valid: 'pfn',
  PFN_PHYS: 'pfn',
  kmap_local_pfn: 'pfn',
  kmap_atomic_pfn: 'pfn',
  phys_to_pfn_t: 'physical address',
  PHYS_PFN: 'physical address',
  PFN_DOWN: 'physical address',
  phys_to_virt: 'physical address',
  __va: 'physical address',
};

/** Members that hold the word of a `__pfn_t` or `pfn_t`, by posting. */
const WORDS = new Set(['val', 'data']);
const WORD_TYPES = new Set(['__pfn_t', 'pfn_t']);

const NUMBER = /^(0x[0-9a-f]+|\d+)(?:u|l|ul|ll|ull|lu|llu)?$/i;

/**
 * The number at a place, if a helper of the catalogue says what it is.
 *
 * @param offset UTF-16 units; the end of the number counts as on it
 * @returns undefined for every other number: most numbers in C are no frames
 */
export function numberInCall(parser: CParser, text: string, offset: number): NumberInCall | undefined {
  if (!/[0-9a-fx]/i.test(text.slice(Math.max(0, offset - 1), offset + 1))) return undefined;
  const piece = pieceAround(text, offset);
  const found = piece && numberInPiece(parser, piece.text, offset - piece.shift);
  return found && { ...found, start: found.start + piece.shift, end: found.end + piece.shift };
}

function numberInPiece(parser: CParser, text: string, offset: number): NumberInCall | undefined {
  if (!isCode(text, offset)) return undefined;
  const root = parser.treeOf(text).rootNode;
  const at = [offset, offset - 1].map((place) => root.descendantForIndex(Math.max(0, place)));
  const node = at.find((one) => one?.type === 'number_literal');
  const digits = NUMBER.exec(node?.text ?? '')?.[1];
  const list = node?.parent;
  if (!node || digits === undefined || !list) return undefined;
  const place = { digits, start: node.startIndex, end: node.endIndex };
  if (list.type === 'initializer_pair') {
    const member = list.childForFieldName('designator')?.text.slice(1) ?? '';
    const holder = list.parent?.parent;
    const type =
      (holder?.type === 'init_declarator' ? holder.parent : holder)?.childForFieldName('type')?.text ?? '';
    if (!WORDS.has(member) || !WORD_TYPES.has(type)) return undefined;
    return { ...place, is: 'word', helper: type, dev: false, map: false };
  }
  const call = list.type === 'argument_list' ? list.parent : undefined;
  const helper = call?.childForFieldName('function')?.text ?? '';
  const is = Object.hasOwn(FIRST_ARGUMENT, helper) ? FIRST_ARGUMENT[helper] : undefined;
  if (is === undefined || list.namedChildren[0]?.id !== node.id) return undefined;
  const flags = list.namedChildren[1]?.text ?? '';
  return { ...place, is, helper, dev: /\bPFN_DEV\b/.test(flags), map: /\bPFN_MAP\b/.test(flags) };
}
