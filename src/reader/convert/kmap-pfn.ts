import type { CFile } from '../c-file';
import { bodyAround, startsStatement, type Span } from '../expressions';
import { pageAccesses } from '../page-accesses';
import type { Conversion, Edit, LeftAlone, RuleResult } from './edit';

/**
 * `p = kmap_atomic(bv.bv_page)` with its `kunmap_atomic(p)` becomes the pair that maps a pfn. The series did that
 * where bios are copied by the block layer itself, and nowhere else.
 */

const RULE = 'kmap-pfn';
const WHERE = /(?:^|\/)(?:block\/bio\.c|include\/linux\/bio\.h)$/;

export function convertKmaps(file: CFile): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  if (!WHERE.test(file.path)) return { conversions, left };
  const { tokens } = file;
  for (const { use, operand, member } of pageAccesses(file)) {
    const call = operand ? operand.first - 2 : -1;
    if (use !== 'read' || !tokens.is(call, 'kmap_atomic') || tokens.mate(call + 1) !== member + 1) continue;
    const at = tokens.start(call);
    const ends = releases(file, call);
    if (typeof ends === 'string') left.push({ rule: RULE, at, reason: ends });
    else {
      const edits: Edit[] = [
        { start: at, end: tokens.end(call), text: 'kmap_atomic_pfn_t' },
        { start: tokens.start(member), end: tokens.end(member), text: 'bv_pfn' },
        ...ends.map((i) => ({ start: tokens.start(i), end: tokens.end(i), text: 'kunmap_atomic_pfn_t' })),
      ];
      conversions.push({ rule: RULE, at, edits });
    }
  }
  return { conversions, left };
}

/** The calls that release what a call maps, or why they cannot be told. */
function releases(file: CFile, call: number): readonly number[] | string {
  const { tokens } = file;
  const body = bodyAround(tokens, call);
  const target = call - 2;
  if (
    !body ||
    !tokens.is(call - 1, '=') ||
    tokens.kind(target) !== 'name' ||
    !startsStatement(tokens, target)
  ) {
    return 'the mapping is not kept in a variable, so its release cannot be told';
  }
  const name = tokens.text(target);
  const maps = within(file, 'kmap_atomic', body).filter(
    (i) => tokens.is(i - 1, '=') && tokens.is(i - 2, name),
  );
  if (maps.length !== 1) return `${name} holds more than one mapping`;
  const found = within(file, 'kunmap_atomic', body).filter(
    (i) => tokens.is(i + 2, name) && tokens.mate(i + 1) === i + 3,
  );
  return found.length === 0 ? `no kunmap_atomic(${name}) stands in the same function` : found;
}

function within(file: CFile, word: string, { first, last }: Span): readonly number[] {
  return file.at(word).filter((i) => i > first && i < last);
}
