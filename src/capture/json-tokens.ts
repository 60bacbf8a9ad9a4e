/** A token of JSON: punctuation, or a value with its text. `bad` carries why it is none. */
export interface JsonToken {
  readonly kind: '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'number' | 'word' | 'end' | 'bad';
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const SPACE = /[ \t\r\n\uFEFF]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const WORD = /(?:true|false|null)(?!\w)/y;

/** The tokens of a text, one after another. JSON.parse cannot be used: it rounds 64-bit numbers. */
export class JsonTokens {
  private at = 0;
  private line = 1;
  private counted = 0;

  constructor(private readonly text: string) {}

  next(): JsonToken {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
    this.countLines();
    const first = this.text[this.at];
    if (first === undefined) return this.token('end', '');
    if ('{}[],:'.includes(first)) return this.token(first as ',', first);
    if (first === '"') return this.string();
    const number = this.match(NUMBER);
    if (number !== undefined) return this.token('number', number);
    const word = this.match(WORD);
    return word === undefined
      ? this.token('bad', this.text.slice(this.at, this.at + 40))
      : this.token('word', word);
  }

  private string(): JsonToken {
    let end = this.at + 1;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (Number.isNaN(code) || code < 32) return this.token('bad', 'a text in quotes that does not end');
      if (code === 34) break;
      end += code === 92 ? 2 : 1;
    }
    const raw = this.text.slice(this.at, end + 1);
    try {
      const decoded = JSON.parse(raw) as string;
      this.at = end + 1;
      return { kind: 'string', text: decoded, line: this.line };
    } catch {
      return this.token('bad', raw);
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  private token(kind: JsonToken['kind'], text: string): JsonToken {
    this.at += text.length;
    return { kind, text, line: this.line };
  }

  private countLines(): void {
    for (; this.counted < this.at; this.counted++) if (this.text.charCodeAt(this.counted) === 10) this.line++;
  }
}
