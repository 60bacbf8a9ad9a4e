import type { CFile } from '../c-file';
import { argumentsOf, functionAround, type Span } from '../expressions';
import { BV_PAGE } from '../page-accesses';
import type { Conversion, LeftAlone, RuleResult } from './edit';
import { changes } from './operand';

/** Copies from, to and over exactly one whole vector. */

interface Copy {
  readonly helper: string;
  /** What each argument is; `other` is handed on. */
  readonly takes: readonly ('page' | 'offset' | 'len' | 'other')[];
  /** How the helper's arguments stand. */
  readonly gives: (bvec: string, other: string) => string;
}

const COPIES: Readonly<Record<string, Copy>> = {
  memcpy_from_page: {
    helper: 'memcpy_from_bvec',
    takes: ['other', 'page', 'offset', 'len'],
    gives: (bvec, other) => `${other}, ${bvec}`,
  },
  memcpy_to_page: {
    helper: 'memcpy_to_bvec',
    takes: ['page', 'offset', 'other', 'len'],
    gives: (bvec, other) => `${bvec}, ${other}`,
  },
  memzero_page: {
    helper: 'memzero_bvec',
    takes: ['page', 'offset', 'len'],
    gives: (bvec) => bvec,
  },
};

const MEMBERS = { page: BV_PAGE, offset: 'bv_offset', len: 'bv_len' };

export function convertCopies(file: CFile, known: (helper: string) => boolean): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  const { tokens } = file;
  for (const [name, copy] of Object.entries(COPIES)) {
    if (!known(copy.helper)) continue;
    for (const call of file.at(name)) {
      const given = argumentsOf(tokens, call + 1);
      if (given?.length !== copy.takes.length) continue;
      const bvec = sameVector(file, copy, given);
      if (!bvec) continue;
      const at = tokens.start(call);
      const itself =
        functionAround(tokens, call) === copy.helper ? `this is ${copy.helper}() itself` : undefined;
      const reason = itself ?? changes(file, bvec.span);
      if (reason !== undefined) {
        left.push({ rule: copy.helper, at, reason });
        continue;
      }
      const other = given[copy.takes.indexOf('other')];
      const text = `${copy.helper}(${copy.gives(bvec.text, other ? file.slice(other.first, other.last) : '')})`;
      conversions.push({
        rule: copy.helper,
        at,
        edits: [{ start: at, end: tokens.end(tokens.mate(call + 1)), text }],
      });
    }
  }
  return { conversions, left };
}

/** The one bio_vec whose page, offset and length are handed over; undefined if they are not all of one. */
function sameVector(
  file: CFile,
  copy: Copy,
  given: readonly Span[],
): { readonly span: Span; readonly text: string } | undefined {
  const { tokens } = file;
  let found: { span: Span; text: string; compact: string } | undefined;
  for (const [i, takes] of copy.takes.entries()) {
    if (takes === 'other') continue;
    const { first, last } = given[i]!;
    const arrow = tokens.is(last - 1, '->');
    if (!tokens.is(last, MEMBERS[takes]) || (!arrow && !tokens.is(last - 1, '.')) || last - 2 < first)
      return undefined;
    const text = `${arrow ? '' : '&'}${file.slice(first, last - 2)}`;
    const compact = `${arrow ? '' : '&'}${file.compact(first, last - 2)}`;
    found ??= { span: { first, last: last - 2 }, text, compact };
    if (found.compact !== compact) return undefined;
  }
  return found;
}
