import type { Region } from '../tokens';

/**
 * A long text in pieces that can be read one after the other, with time for others in between. Kernel style ends each
 * function with a brace at the left margin: pieces end there, so that no piece holds half a function.
 */

/** UTF-16 units. A shorter text is one piece. */
export const LONGEST_SLICE = 1 << 17;
const SLICE = 1 << 15;

export interface Slice extends Region {
  /** No function ends in it for so long that reading it would keep others waiting: it is not read. */
  readonly tooLong: boolean;
}

export function* slicesOf(text: string): Generator<Slice> {
  for (let start = 0; start < text.length;) {
    const left = text.length - start;
    const end = left <= LONGEST_SLICE && start === 0 ? text.length : cutBehind(text, start + SLICE);
    yield { start, end, tooLong: end - start > LONGEST_SLICE };
    start = end;
  }
}

/** Just behind the first line from an offset on that ends a function; the end of the text when none does. */
function cutBehind(text: string, from: number): number {
  let close = text.indexOf('\n}', from);
  while (close >= 0) {
    const comment = text.lastIndexOf('/*', close);
    // A brace inside a comment ends nothing.
    if (comment < 0 || text.lastIndexOf('*/', close) > comment) {
      const end = text.indexOf('\n', close + 2);
      return end < 0 ? text.length : end + 1;
    }
    const over = text.indexOf('*/', close);
    close = over < 0 ? -1 : text.indexOf('\n}', over);
  }
  return text.length;
}

/** Why a slice is not read, in a sentence. */
export function tooLongReason({ start, end }: Region): string {
  const kilobytes = Math.round((end - start) / 1024);
  return `no function ends in these ${kilobytes} KB, and reading so much at once would keep the editor waiting`;
}
