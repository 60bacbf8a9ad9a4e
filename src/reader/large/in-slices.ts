import { CFile } from '../c-file';
import { conversionsOf, CONVERTED_WORDS, type KnownHelper, type RuleSet } from '../convert';
import type { Conversion, LeftAlone, RuleResult } from '../convert/edit';
import { findHazards, HAZARD_WORDS, type Finding } from '../hazards';
import type { Region } from '../tokens';
import { slicesOf, tooLongReason } from './slices';

/** Hazards and conversions of a file of any size, a slice a step: whoever asks decides when to go on. */

const wordsOf = (words: readonly string[]) => new RegExp(`\\b(?:${words.join('|')})\\b`);
const HAZARDOUS = wordsOf(HAZARD_WORDS);
const CONVERTIBLE = wordsOf(CONVERTED_WORDS);

export interface HazardsOfSlice {
  readonly findings: readonly Finding[];
  /** What was not read, and why. */
  readonly skipped?: Region & { readonly reason: string };
}

export function* hazardsInSlices(text: string, path: string): Generator<HazardsOfSlice> {
  for (const slice of slicesOf(text)) {
    if (!HAZARDOUS.test(text.slice(slice.start, slice.end))) yield { findings: [] };
    else if (slice.tooLong) {
      yield { findings: [], skipped: { start: slice.start, end: slice.end, reason: tooLongReason(slice) } };
    } else yield { findings: findHazards(new CFile(text, path, [slice])) };
  }
}

export function* conversionsInSlices(
  text: string,
  path: string,
  rules: RuleSet,
  known?: KnownHelper,
): Generator<RuleResult> {
  const nothing: { conversions: readonly Conversion[]; left: readonly LeftAlone[] } = {
    conversions: [],
    left: [],
  };
  for (const slice of slicesOf(text)) {
    if (!CONVERTIBLE.test(text.slice(slice.start, slice.end))) yield nothing;
    else if (slice.tooLong) {
      const at = slice.start + text.slice(slice.start).search(CONVERTIBLE);
      yield { conversions: [], left: [{ rule: 'size', at, reason: tooLongReason(slice) }] };
    } else yield conversionsOf(new CFile(text, path, [slice]), rules, known);
  }
}
