import { collect } from '../../src/capture/collect';
import { crossCheck } from '../../src/capture/cross-check';
import { joinMachine } from '../../src/capture/join';
import { formatProblem, type CaptureProblem } from '../../src/capture/problem';
import { readCapture, type Part } from '../../src/capture/recognise';
import { reportText } from '../../src/capture/report';
import { capture } from './captures';

/** A value as text, an object or array of plain values on one line: short, and each change is one line. */
export function shownValue(value: unknown, indent = ''): string {
  if (value instanceof Map) return shownValue(Object.fromEntries(value as Map<string, unknown>), indent);
  const plain = (v: unknown) => typeof v !== 'object' || v === null;
  if (plain(value) || Object.values(value as object).every(plain)) return JSON.stringify(value);
  const next = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((item) => next + shownValue(item, next)).join(',\n')}\n${indent}]`;
  const lines = Object.entries(value as object).map(
    ([key, item]) => `${next}${JSON.stringify(key)}: ${shownValue(item, next)}`,
  );
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

export interface ReadAll {
  readonly parts: Part[];
  readonly warnings: CaptureProblem[];
  readonly refusals: string[];
}

/** Reads captures by their path below test/agreement/captures; a file is called by its name alone. */
export function readAll(paths: readonly string[]): ReadAll {
  const all: ReadAll = { parts: [], warnings: [], refusals: [] };
  for (const path of paths) {
    const read = readCapture(capture(path), path.split('/').at(-1)!);
    if (read.ok) {
      all.parts.push(...read.value);
      all.warnings.push(...read.warnings);
    } else all.refusals.push(...read.problems.map(formatProblem));
  }
  return all;
}

/** The machine that captures make together, and its cross-check. */
export function joinedGolden(name: string, paths: readonly string[]): string {
  const { parts, warnings, refusals } = readAll(paths);
  const collected = collect(parts);
  const facts = joinMachine(collected);
  const refused = refusals.length > 0 ? `Refused\n${refusals.map((line) => `  ${line}`).join('\n')}\n\n` : '';
  return `${refused}${reportText(name, crossCheck(facts, collected), collected, warnings)}\n${shownValue(facts)}\n`;
}
