import { CFile } from '../c-file';
import { CONVERTED_WORDS, convert } from '../convert';
import { findHazards, HAZARD_WORDS, HAZARDS } from '../hazards';
import { placesOf, READY_WORDS, type UsePlace } from './places';
import { regionsAround } from './regions';
import { WordSearch } from './word-search';

/** What one file has to say in an audit: how often it uses which name, its hazards, what could be converted. */

const WORDS = [...new Set([...HAZARD_WORDS, ...READY_WORDS])];

/** A short word would make the search slow; where it matters it is called. */
const SEARCH = new WordSearch(WORDS.map((word) => (word.length < 5 ? `${word}(` : word)));

const CONVERTED = bitsOf(CONVERTED_WORDS);
const HAZARD_BITS = HAZARDS.map((hazard) => bitsOf(hazard.words));

function bitsOf(words: readonly string[]): number {
  return words.reduce((bits, word) => bits | (1 << WORDS.indexOf(word)), 0);
}

export interface AuditFinding {
  /** The code of the hazard. */
  readonly code: string;
  /** From 1, like editors count; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly detail?: string;
}

/** Plain data: it can be kept, and sent from a worker. */
export interface FileReport {
  readonly path: string;
  /** How often each name stands in code. */
  readonly uses: Readonly<Record<string, number>>;
  /** Each of these uses, in the order of the text. */
  readonly places: readonly UsePlace[];
  readonly findings: readonly AuditFinding[];
  /** Places that the rules of the series convert. */
  readonly convertible: number;
}

/** @returns undefined for a file that has none of the names */
export function auditFile(
  path: string,
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => string,
): FileReport | undefined {
  const present = SEARCH.find(bytes);
  if (present === 0) return undefined;
  const text = decode(bytes);
  const names = WORDS.filter((_word, i) => (present & (1 << i)) !== 0);
  const file = new CFile(text, path, regionsAround(text, names));
  const uses: Record<string, number> = {};
  const tokens: number[] = [];
  let really = 0;
  for (const [i, word] of WORDS.entries()) {
    const found = (present & (1 << i)) === 0 ? [] : file.at(word);
    if (found.length === 0) continue;
    uses[word] = found.length;
    tokens.push(...found);
    really |= 1 << i;
  }
  if (really === 0) return undefined;
  const possible = HAZARDS.filter((_hazard, i) => (HAZARD_BITS[i]! & really) !== 0);
  const hazards = findHazards(file, possible);
  const lines = new Lines(file.text);
  const findings = hazards.map(({ hazard, start, end, detail }): AuditFinding => {
    const [from, to] = [lines.at(start), lines.at(end)];
    const place = { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
    return { code: hazard.code, ...place, ...(detail === undefined ? {} : { detail }) };
  });
  tokens.sort((a, b) => a - b);
  const places = placesOf(file, tokens, hazards, (offset) => lines.at(offset));
  const convertible = (really & CONVERTED) === 0 ? 0 : convert(file, 'series').conversions.length;
  return { path, uses, places, findings, convertible };
}

/** Lines and columns of offsets that mostly grow. */
class Lines {
  private line = 1;
  private start = 0;

  constructor(private readonly text: string) {}

  at(offset: number): { readonly line: number; readonly column: number } {
    if (offset < this.start) [this.line, this.start] = [1, 0];
    for (let end = this.text.indexOf('\n', this.start); end >= 0 && end < offset;) {
      this.line++;
      this.start = end + 1;
      end = this.text.indexOf('\n', this.start);
    }
    return { line: this.line, column: offset - this.start + 1 };
  }
}
