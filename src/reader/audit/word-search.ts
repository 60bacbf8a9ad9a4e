/**
 * Looks for many words at once in bytes. A window as long as the shortest word slides over them, and most of the
 * time its last two bytes alone tell how far it may jump (Wu and Manber's way). Parts of longer names are found as
 * well: whoever asks looks again.
 */
export class WordSearch {
  private readonly window: number;
  /** How far to jump, by the last two bytes of the window. */
  private readonly jumps = new Uint8Array(1 << 16);
  /** Words whose window ends with these two bytes. */
  private readonly ending = new Map<number, number[]>();
  private readonly bytes: Uint8Array[];

  /** @param words at most 32, of ASCII letters and signs, each of at least two */
  constructor(words: readonly string[]) {
    if (words.length > 32) throw new RangeError(`${words.length} words, and 32 bits`);
    this.bytes = words.map((word) => Uint8Array.from(word, (unit) => unit.charCodeAt(0)));
    this.window = Math.min(...words.map((word) => word.length));
    this.jumps.fill(this.window - 1);
    for (const [index, word] of this.bytes.entries()) {
      for (let i = 0; i + 1 < this.window; i++) {
        const pair = (word[i]! << 8) | word[i + 1]!;
        const jump = this.window - 2 - i;
        this.jumps[pair] = Math.min(this.jumps[pair]!, jump);
        if (jump === 0) this.ending.set(pair, [...(this.ending.get(pair) ?? []), index]);
      }
    }
  }

  /** @returns a bit for each word that occurs; 0 when there is none */
  find(text: Uint8Array, length = text.length): number {
    const { jumps, window } = this;
    let found = 0;
    let at = window - 2;
    const end = length - 1;
    while (at < end) {
      const jump = jumps[(text[at]! << 8) | text[at + 1]!]!;
      if (jump > 0) at += jump;
      else {
        found |= this.matches(text, at, length);
        at++;
      }
    }
    return found;
  }

  private matches(text: Uint8Array, at: number, length: number): number {
    const start = at - this.window + 2;
    let found = 0;
    for (const index of this.ending.get((text[at]! << 8) | text[at + 1]!) ?? []) {
      const word = this.bytes[index]!;
      let i = 0;
      while (i < word.length && text[start + i] === word[i]) i++;
      if (i === word.length && start + i <= length) found |= 1 << index;
    }
    return found;
  }
}
