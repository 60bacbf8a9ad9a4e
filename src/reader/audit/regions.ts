import { isIdentifierPart } from '../scan';
import type { Region } from '../tokens';

/**
 * The functions and definitions that hold certain words. Kernel style ends each with a brace at the left margin, so
 * they are found without reading what lies between; most of a big driver never has to be read.
 */
export function regionsAround(text: string, words: readonly string[]): Region[] {
  const found: Region[] = [];
  for (const offset of places(text, words)) {
    const last = found.at(-1);
    if (last && offset < last.end) continue;
    const start = startBefore(text, offset);
    const close = text.indexOf('\n}', offset);
    const end = close < 0 ? text.length : endOfLine(text, close + 2);
    if (last && start <= last.end) found[found.length - 1] = { start: last.start, end };
    else found.push({ start, end });
  }
  return found;
}

function places(text: string, words: readonly string[]): number[] {
  const found: number[] = [];
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      if (!isIdentifierPart(text[at - 1]) && !isIdentifierPart(text[at + word.length])) found.push(at);
    }
  }
  return found.sort((a, b) => a - b);
}

function startBefore(text: string, offset: number): number {
  const close = text.lastIndexOf('\n}', offset);
  if (close < 0) return 0;
  // A brace inside a comment ends nothing.
  const comment = text.lastIndexOf('/*', close);
  if (comment >= 0 && text.lastIndexOf('*/', close) < comment) return startBefore(text, comment - 1);
  return close + 2;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}
