/** For a hover, the part of a very long file that it needs. */

/** A longer text is not parsed as a whole, which takes a second for 6 MB. UTF-16 units. */
const WHOLE = 1 << 19;
/** How far the function around a place may reach to either side. */
const REACH = 1 << 17;
const HEAD = 1 << 16;

export interface Piece {
  readonly text: string;
  /** What to add to an offset in the piece. */
  readonly shift: number;
}

/**
 * The text that has to be parsed to know a place: all of it, or the function around it, with the file's `#include`
 * lines before it, which tell whose file it is.
 *
 * @returns undefined where the function around it is too long
 */
export function pieceAround(text: string, offset: number): Piece | undefined {
  if (text.length <= WHOLE) return { text, shift: 0 };
  const before = text.lastIndexOf('\n}', offset - 1);
  const start = before < 0 ? 0 : text.indexOf('\n', before + 1) + 1;
  const close = text.indexOf('\n}', offset);
  const end = close < 0 ? text.length : close + 2;
  if (start > offset || offset - start > REACH || end - offset > REACH) return undefined;
  const includes = text.slice(0, Math.min(HEAD, start)).match(/^[ \t]*#[ \t]*include\b.*$/gm) ?? [];
  const head = includes.map((line) => `${line}\n`).join('');
  return { text: head + text.slice(start, end), shift: start - head.length };
}
