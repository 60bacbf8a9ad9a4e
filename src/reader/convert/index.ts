import type { CFile } from '../c-file';
import { convertAccesses } from './bvec-page';
import { applyEdits, overlap, type Conversion, type LeftAlone, type RuleResult } from './edit';
import { convertKmaps } from './kmap-pfn';
import { convertCopies } from './modern-copies';
import { convertSets } from './modern-set';
import { convertBvecSums } from './modern-sums';
import { convertSgPhys, convertSgPhysSums, convertSgVirt } from './sg-phys';

export { applyEdits } from './edit';
export type { Conversion, Edit, LeftAlone } from './edit';

/** `series`: what the patches of 2015 did. `modern`: today's helpers, where one is exactly the same. */
export const RULE_SETS = ['series', 'modern'] as const;
export type RuleSet = (typeof RULE_SETS)[number];

/** Which helpers the kernel has that the file belongs to. */
export type KnownHelper = (name: string) => boolean;

type Rule = (file: CFile, known: KnownHelper) => RuleResult;

const RULES: Readonly<Record<RuleSet, readonly Rule[]>> = {
  series: [convertKmaps, convertAccesses, convertSgPhys],
  modern: [convertSets, convertBvecSums, convertCopies, convertSgPhysSums, convertSgVirt],
};

/** A file without any of these has nothing to convert. */
export const CONVERTED_WORDS = ['bv_page', 'sg_page'] as const;

/** What converting one file comes to. */
export interface FileConversion {
  /** The converted text; the very same when there was nothing to do. */
  readonly text: string;
  readonly conversions: readonly Conversion[];
  readonly left: readonly LeftAlone[];
}

/** What a set of rules says of a file, in the order of its text. */
export function conversionsOf(file: CFile, rules: RuleSet, known: KnownHelper = () => true): RuleResult {
  const conversions: Conversion[] = [];
  const left: LeftAlone[] = [];
  for (const rule of RULES[rules]) {
    const result = rule(file, known);
    left.push(...result.left);
    for (const one of result.conversions) {
      // Of two that want the same text, the earlier one is the better fit.
      if (!conversions.some((other) => overlap(one, other))) conversions.push(one);
    }
  }
  conversions.sort((a, b) => a.at - b.at);
  left.sort((a, b) => a.at - b.at);
  return { conversions, left };
}

/** Converts one C file. Nothing but the converted expressions changes, white space neither. */
export function convert(file: CFile, rules: RuleSet, known?: KnownHelper): FileConversion {
  const { conversions, left } = conversionsOf(file, rules, known);
  const edits = conversions.flatMap((one) => one.edits);
  return { text: edits.length === 0 ? file.text : applyEdits(file.text, edits), conversions, left };
}
