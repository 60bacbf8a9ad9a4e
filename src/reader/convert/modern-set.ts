import type { CFile } from '../c-file';
import { bodyAround, hasEffects, operandStart, startsStatement, valueEnd, type Span } from '../expressions';
import { pageAccesses } from '../page-accesses';
import type { Conversion, LeftAlone, RuleResult } from './edit';
import { byReference, changes, notAddressable } from './operand';
import { wrappedCall } from './wrapped-call';

/**
 * Three statements that fill a bio_vec become `bvec_set_page(bv, page, len, offset)`: only where they stand together,
 * so that nothing happens between them.
 */

const RULE = 'bvec_set_page';
const MEMBERS = ['bv_page', 'bv_len', 'bv_offset'] as const;

interface Write {
  readonly target: Span;
  readonly operand: Span;
  readonly member: string;
  readonly value: Span;
  /** The token of the semicolon. */
  readonly end: number;
}

export function convertSets(file: CFile, known: (helper: string) => boolean): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  if (!known(RULE)) return { conversions, left };
  const { tokens } = file;
  for (const access of pageAccesses(file)) {
    const { use, operand, member, inFunction } = access;
    if (use !== 'write' || !operand) continue;
    const at = tokens.start(member);
    const writes = together(file, operand.first, file.compact(operand.first, member - 1));
    const reason =
      (inFunction?.startsWith('bvec_set_') ? `this is ${inFunction}() itself` : undefined) ??
      (writes.length === 3
        ? undefined
        : 'bv_page, bv_len and bv_offset are not written one after the other') ??
      changes(file, operand) ??
      (access.arrow ? undefined : notAddressable(file, operand)) ??
      entangled(file, writes, access.arrow) ??
      commented(file, writes);
    if (reason !== undefined) {
      left.push({ rule: RULE, at, reason });
      continue;
    }
    const bvec = `${byReference(access)}${file.slice(operand.first, operand.last)}`;
    const given = [bvec].concat(
      MEMBERS.map((name) => {
        const { first, last } = writes.find((one) => one.member === name)!.value;
        return file.slice(first, last);
      }),
    );
    const start = tokens.start(writes[0]!.target.first);
    const end = tokens.end(writes[2]!.end);
    // A line of a macro would need a backslash.
    const isMacro = tokens.kind(bodyAround(tokens, member)?.first ?? -1) === 'open';
    const text = isMacro
      ? `${RULE}(${given.join(', ')});`
      : wrappedCall(lineUpTo(file.text, start), RULE, given, ';');
    conversions.push({ rule: RULE, at, edits: [{ start, end, text }] });
  }
  return { conversions, left };
}

const lineUpTo = (text: string, at: number) => text.slice(text.lastIndexOf('\n', at - 1) + 1, at);

/** What somebody wrote between the statements has no place in one call. */
function commented({ text, tokens }: CFile, writes: readonly Write[]): string | undefined {
  const isBlank = (from: number, to: number) => text.slice(tokens.end(from), tokens.start(to)).trim() === '';
  const apart = writes.some(
    ({ end }, i) => i + 1 < writes.length && !isBlank(end, writes[i + 1]!.target.first),
  );
  return apart
    ? 'a comment or a directive stands between the three statements, and would be lost'
    : undefined;
}

/** The writes to members of one bio_vec that stand directly around one of them. */
function together(file: CFile, first: number, owner: string): Write[] {
  const around: Write[] = [];
  let at = first;
  // Backwards over at most two statements of the same kind, then forwards.
  for (let back = 0; back < 2; back++) {
    const start = statementBefore(file, at);
    if (start === undefined || !writeAt(file, start, owner)) break;
    at = start;
  }
  for (let write = writeAt(file, at, owner); write && around.length < 4;) {
    around.push(write);
    write = writeAt(file, write.end + 1, owner);
  }
  const whole = new Set(around.map((one) => one.member)).size === 3 && around.length === 3;
  return whole && isBlockStatement(file, around[0]!.target.first) ? around : [];
}

/** Whether a statement stands in a list of statements, and not alone behind an `if`. */
function isBlockStatement({ tokens }: CFile, first: number): boolean {
  return tokens.is(first - 1, ';') || tokens.is(first - 1, '{') || tokens.is(first - 1, '}');
}

function statementBefore({ tokens }: CFile, first: number): number | undefined {
  if (!tokens.is(first - 1, ';')) return undefined;
  let at = first - 2;
  while (at >= 0) {
    const mate = tokens.mate(at);
    if (mate >= 0 && mate < at) at = mate - 1;
    else if (tokens.is(at, ';') || tokens.is(at, '{') || tokens.kind(at) === 'open') return at + 1;
    else at--;
  }
  return undefined;
}

function writeAt(file: CFile, first: number, owner: string): Write | undefined {
  const { tokens } = file;
  for (let i = first + 2; i < first + 60 && !tokens.is(i, ';'); i++) {
    if (!tokens.is(i, '=')) continue;
    const member = tokens.text(i - 1);
    if (operandStart(tokens, i - 1) !== first || file.compact(first, i - 2) !== owner) return undefined;
    if (!(MEMBERS as readonly string[]).includes(member) || !startsStatement(tokens, first)) return undefined;
    const value = { first: i + 1, last: valueEnd(tokens, i + 1) };
    if (!tokens.is(value.last + 1, ';')) return undefined;
    return {
      target: { first, last: i - 1 },
      operand: { first, last: i - 3 },
      member,
      value,
      end: value.last + 1,
    };
  }
  return undefined;
}

/** Calls that only compute. */
const PURE = new Set([
  'virt_to_page',
  'pfn_to_page',
  'vmalloc_to_page',
  'sg_page',
  'offset_in_page',
  'offset_in_folio',
  'folio_size',
  'thp_size',
  'page_size',
  'sizeof',
  'min',
  'min_t',
  'max',
  'max_t',
]);

/** Why the values cannot be computed in another order, all before the first write. */
function entangled(file: CFile, writes: readonly Write[], arrow: boolean): string | undefined {
  const { operand } = writes[0]!;
  const owner = file.compact(operand.first, operand.last);
  const values = writes.map(({ value }) => file.compact(value.first, value.last));
  const own = new RegExp(`(?<![\\w.>])${owner.replace(/[^\w]/g, '\\$&')}(?:\\.|->)bv_(?:page|len|offset)\\b`);
  if (values.some((value) => own.test(value))) return 'a value is computed from what was just written';
  // Through two pointers it may be the same vector.
  if (arrow && values.slice(1).some((value) => /(?:\.|->)bv_(?:page|len|offset)\b/.test(value))) {
    return 'a value is computed from a vector that may be the one just written';
  }
  const working = writes.filter(({ value }) => hasEffects(file, value, PURE));
  return working.length > 1 ? 'more than one value does something, and their order would change' : undefined;
}
