import type { CFile } from '../c-file';
import { argumentsOf, functionAround } from '../expressions';
import type { Conversion, LeftAlone, RuleResult } from './edit';
import { changes, memberOf } from './operand';
import { sumAfter } from './sums';

/**
 * `page_to_phys(sg_page(sg)) + sg->offset` becomes `sg_phys(sg)`, which needs no page. Without the offset it becomes
 * `(sg_phys(sg) - sg->offset)`: the series masked there, which is the same only while the offset is inside the page.
 */
export function convertSgPhys(file: CFile): RuleResult {
  return convertSums(file, 'page_to_phys', 'sg_phys', true);
}

/** The same for sums alone. */
export function convertSgPhysSums(file: CFile): RuleResult {
  return convertSums(file, 'page_to_phys', 'sg_phys', false);
}

/** `page_address(sg_page(sg)) + sg->offset` becomes `sg_virt(sg)`. */
export function convertSgVirt(file: CFile): RuleResult {
  return convertSums(file, 'page_address', 'sg_virt', false);
}

function convertSums(file: CFile, outer: string, helper: string, withoutOffset: boolean): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  const { tokens } = file;
  for (const inner of file.at('sg_page')) {
    const call = inner - 2;
    if (!tokens.is(call, outer) || !tokens.is(inner - 1, '(')) continue;
    const [sg, ...more] = argumentsOf(tokens, inner + 1) ?? [];
    if (!sg || more.length > 0 || tokens.mate(inner - 1) !== tokens.mate(inner + 1) + 1) continue;
    const at = tokens.start(call);
    const offset = memberOf(file, sg, 'offset');
    const sum = sumAfter(file, call, offset.compact);
    if (sum.last === undefined && sum.reason === undefined && !withoutOffset) continue;
    const itself = functionAround(tokens, call) === helper ? `this is ${helper}() itself` : undefined;
    const reason = itself ?? sum.reason ?? changes(file, sg);
    if (reason !== undefined) {
      left.push({ rule: helper, at, reason });
      continue;
    }
    const entry = file.slice(sg.first, sg.last);
    const text = sum.last === undefined ? `(sg_phys(${entry}) - ${offset.text})` : `${helper}(${entry})`;
    const end = tokens.end(sum.last ?? tokens.mate(call + 1));
    conversions.push({ rule: helper, at, edits: [{ start: at, end, text }] });
  }
  return { conversions, left };
}
