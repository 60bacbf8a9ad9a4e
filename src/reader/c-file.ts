import { lex, type Region, type Tokens } from './tokens';

/** One C file, read once: its tokens, and where words stand among them. Every hazard and every rule asks it. */
export class CFile {
  private made: Tokens | undefined;
  private readonly places = new Map<string, readonly number[]>();

  /**
   * @param path with forward slashes, as far as it is known
   * @param regions what to read of it, where the rest is known not to matter
   */
  constructor(
    readonly text: string,
    readonly path = '',
    private readonly regions: readonly Region[] = [{ start: 0, end: text.length }],
  ) {}

  /** Reading costs time, so it waits until a word is really there. */
  get tokens(): Tokens {
    return (this.made ??= lex(this.text, this.regions));
  }

  /** The tokens that are this identifier; comments and strings have none. */
  at(word: string): readonly number[] {
    const known = this.places.get(word);
    if (known) return known;
    const found: number[] = [];
    for (const { start, end } of this.regions) {
      const part = this.text.slice(start, end);
      for (let at = part.indexOf(word); at >= 0; at = part.indexOf(word, at + word.length)) {
        const token = this.tokens.startingAt(start + at);
        if (token >= 0 && this.tokens.end(token) === start + at + word.length) found.push(token);
      }
    }
    this.places.set(word, found);
    return found;
  }

  /** Whether the file has a word at all, be it in a comment. */
  mentions(word: string): boolean {
    return new RegExp(`\\b${word}\\b`).test(this.text);
  }

  /** The text from one token to another, both included. */
  slice(first: number, last: number): string {
    return this.text.slice(this.tokens.start(first), this.tokens.end(last));
  }

  /** The same without white space and comments: two spellings of one expression are then equal. */
  compact(first: number, last: number): string {
    const { tokens } = this;
    let joined = '';
    for (let i = first; i <= last; i++) {
      const next = tokens.text(i);
      joined += /\w$/.test(joined) && /^\w/.test(next) ? ` ${next}` : next;
    }
    return joined;
  }
}
