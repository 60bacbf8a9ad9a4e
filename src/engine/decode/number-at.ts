/** A number as logs and sources print one: hexadecimal digits, with or without 0x, underscores, a C suffix. */
const NUMBER = /(?<![\w.])(?:0x[0-9a-f][0-9a-f_]*|[0-9a-f]+)(?:u?l{0,2})(?![\w])/gi;

/** Letters alone are a word, unless they are as many as only a number has: "add", but deadbeef. */
const looksLikeNumber = (text: string): boolean => /\d/.test(text) || text.length >= 8;

/** The number in a line of text that holds or touches column `column` (from 0), as written. */
export function numberAt(line: string, column: number): string | undefined {
  // A number is short; far ends of a long line cannot touch it.
  const from = Math.max(0, column - 100);
  const near = line.slice(from, column + 100);
  for (const match of near.matchAll(NUMBER)) {
    const start = from + match.index;
    if (column >= start && column <= start + match[0].length && looksLikeNumber(match[0])) return match[0];
  }
  return undefined;
}
