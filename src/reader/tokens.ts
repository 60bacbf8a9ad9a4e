/**
 * C as a row of tokens. No grammar is needed to find an operand, and none stands in the way: the body of a macro
 * and a block handed to a macro are tokens like all others. Nothing is expanded, and no text makes it fail.
 */

/** `open` and `close` stand around the body of a `#define`; they have no text. */
export type TokenKind = 'name' | 'number' | 'quoted' | 'sign' | 'open' | 'close';
const KINDS: readonly TokenKind[] = ['name', 'number', 'quoted', 'sign', 'open', 'close'];
const NAME = 0;
const NUMBER = 1;
const QUOTED = 2;
const SIGN = 3;
const OPEN = 4;
const CLOSE = 5;

/** What a unit can start; anything else is a sign. */
const Unit = { Space: 1, Letter: 2, Digit: 3 };

const UNITS = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const text = String.fromCharCode(unit);
  if (unit <= 32) UNITS[unit] = Unit.Space;
  else if (/[A-Za-z_$]/.test(text)) UNITS[unit] = Unit.Letter;
  else if (/[0-9]/.test(text)) UNITS[unit] = Unit.Digit;
}

const LINE_FEED = 10;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const STAR = 42;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;

const SIGNS_OF_THREE = new Set(['<<=', '>>=', '...']);
const SIGNS_OF_TWO = new Set('-> ++ -- << >> <= >= == != && || += -= *= /= %= &= |= ^= ##'.split(' '));
const MATES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Columns, not objects: a big header has a million tokens. */
export class Tokens {
  private kinds: Uint8Array;
  private starts: Int32Array;
  private ends: Int32Array;
  private mates: Int32Array;
  private parents: Int32Array;
  private count = 0;

  /** @param size about how much of the source will be read */
  constructor(
    private readonly source: string,
    size: number,
  ) {
    const room = (size >> 2) + 16;
    this.kinds = new Uint8Array(room);
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
    this.mates = new Int32Array(room);
    this.parents = new Int32Array(room);
  }

  get length(): number {
    return this.count;
  }

  /** Past either end there is a `close`, so that looking around needs no care. */
  kind(i: number): TokenKind {
    return i < 0 || i >= this.count ? 'close' : KINDS[this.kinds[i]!]!;
  }

  start(i: number): number {
    return this.starts[i]!;
  }

  end(i: number): number {
    return this.ends[i]!;
  }

  text(i: number): string {
    return i < 0 || i >= this.count ? '' : this.source.slice(this.starts[i], this.ends[i]);
  }

  is(i: number, text: string): boolean {
    if (i < 0 || i >= this.count || this.ends[i]! - this.starts[i]! !== text.length) return false;
    return this.source.startsWith(text, this.starts[i]);
  }

  /** The bracket that belongs to this one, or -1. */
  mate(i: number): number {
    return i < 0 || i >= this.count ? -1 : this.mates[i]!;
  }

  /** The opening bracket (or `open`) that this token stands in, or -1. */
  parent(i: number): number {
    return i < 0 || i >= this.count ? -1 : this.parents[i]!;
  }

  /** The identifier that starts at this offset, or -1. */
  startingAt(offset: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    // Marks without text may stand before it.
    while (low < this.count && this.starts[low] === offset && this.kinds[low]! >= OPEN) low++;
    return this.starts[low] === offset && low < this.count && this.kinds[low] === NAME ? low : -1;
  }

  /** @returns the index of the new token */
  add(kind: number, start: number, end: number, parent: number): number {
    if (this.count === this.kinds.length) this.grow();
    const i = this.count++;
    this.kinds[i] = kind;
    this.starts[i] = start;
    this.ends[i] = end;
    this.mates[i] = -1;
    this.parents[i] = parent;
    return i;
  }

  marry(open: number, close: number): void {
    this.mates[open] = close;
    this.mates[close] = open;
    this.parents[close] = this.parents[open]!;
  }

  private grow(): void {
    const room = this.kinds.length * 2;
    const kinds = new Uint8Array(room);
    kinds.set(this.kinds);
    this.kinds = kinds;
    const wider = (old: Int32Array) => {
      const column = new Int32Array(room);
      column.set(old);
      return column;
    };
    this.starts = wider(this.starts);
    this.ends = wider(this.ends);
    this.mates = wider(this.mates);
    this.parents = wider(this.parents);
  }
}

/** A part of a text, the end exclusive. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** @param regions what to read, in order; everything else is left out */
export function lex(text: string, regions: readonly Region[]): Tokens {
  const size = regions.reduce((sum, { start, end }) => sum + end - start, 0);
  const tokens = new Tokens(text, size);
  for (const { start, end } of regions) new Lexer(text, tokens, start, end).run();
  return tokens;
}

class Lexer {
  /** Opening brackets that wait for their mates. */
  private brackets: number[] = [];
  /** How the brackets stood at each `#if`: its other branches start from there. */
  private readonly branches: number[][] = [];

  constructor(
    private readonly text: string,
    private readonly tokens: Tokens,
    private at: number,
    private readonly limit: number,
  ) {}

  run(): void {
    let lineStart = true;
    const { text, limit } = this;
    while (this.at < limit) {
      const unit = text.charCodeAt(this.at);
      if (unit === LINE_FEED) {
        lineStart = true;
        this.at++;
      } else if (unit === HASH && lineStart) this.directive();
      else if (this.skipQuiet(unit)) continue;
      else {
        lineStart = false;
        this.token(unit);
      }
    }
  }

  /** White space, comments and continuations. */
  private skipQuiet(unit: number): boolean {
    if (unit < 128 && UNITS[unit] === Unit.Space) {
      this.at++;
      return true;
    }
    const next = this.text.charCodeAt(this.at + 1);
    if (unit === SLASH && next === STAR) {
      const close = this.text.indexOf('*/', this.at + 2);
      this.at = close < 0 ? this.text.length : close + 2;
      return true;
    }
    if (unit === SLASH && next === SLASH) {
      this.at = this.endOfLine(this.at);
      return true;
    }
    if (unit !== BACKSLASH) return false;
    // Alone it means nothing in C; before the end of a line it joins two.
    this.at += next === 13 ? 3 : next === LINE_FEED ? 2 : 1;
    return true;
  }

  private token(unit: number): void {
    const { text } = this;
    const start = this.at;
    const parent = this.brackets.at(-1) ?? -1;
    const sort = unit < 128 ? UNITS[unit]! : Unit.Letter;
    if (sort === Unit.Letter || sort === Unit.Digit) {
      let end = start + 1;
      for (; end < text.length; end++) {
        const next = text.charCodeAt(end);
        if (next < 128 && UNITS[next]! < Unit.Letter && !(sort === Unit.Digit && next === DOT)) break;
      }
      this.at = end;
      this.tokens.add(sort === Unit.Letter ? NAME : NUMBER, start, end, parent);
    } else if (unit === QUOTE || unit === APOSTROPHE) {
      this.at = this.endOfQuoted(unit);
      this.tokens.add(QUOTED, start, this.at, parent);
    } else {
      const length = SIGNS_OF_THREE.has(text.slice(start, start + 3))
        ? 3
        : SIGNS_OF_TWO.has(text.slice(start, start + 2))
          ? 2
          : 1;
      this.at = start + length;
      const i = this.tokens.add(SIGN, start, this.at, parent);
      if (length === 1) this.bracket(text[start]!, i);
    }
  }

  private bracket(sign: string, i: number): void {
    if (sign === '(' || sign === '[' || sign === '{') {
      this.brackets.push(i);
      return;
    }
    const mate = MATES[sign];
    if (mate === undefined) return;
    // A brace closes what was left open before it; a parenthesis that has no mate is ignored.
    let from = this.brackets.length - 1;
    if (sign === '}')
      while (from >= 0 && !this.tokens.is(this.brackets[from]!, '{') && !this.isBody(from)) from--;
    if (from < 0 || !this.tokens.is(this.brackets[from]!, mate)) return;
    this.tokens.marry(this.brackets[from]!, i);
    this.brackets.length = from;
  }

  private isBody(from: number): boolean {
    return this.tokens.kind(this.brackets[from]!) === 'open';
  }

  /** A string that is not closed ends with its line, so one stray apostrophe does not hide the rest of the file. */
  private endOfQuoted(quote: number): number {
    const { text } = this;
    for (let i = this.at + 1; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === BACKSLASH) i++;
      else if (unit === quote) return i + 1;
      else if (unit === LINE_FEED) return i;
    }
    return text.length;
  }

  /** The end of the line that `from` is in, over continuations. */
  private endOfLine(from: number): number {
    const { text } = this;
    for (let at = from; ;) {
      const end = text.indexOf('\n', at);
      if (end < 0) return text.length;
      const last = text[end - 1] === '\r' ? end - 2 : end - 1;
      if (text[last] !== '\\') return end;
      at = end + 1;
    }
  }

  private directive(): void {
    const end = this.endOfLine(this.at);
    DEFINE.lastIndex = this.at;
    const define = DEFINE.exec(this.text);
    if (define && DEFINE.lastIndex <= end) {
      this.body(DEFINE.lastIndex, end);
      return;
    }
    this.branch(/^#[ \t]*(\w*)/.exec(this.text.slice(this.at, this.at + 20))?.[1] ?? '');
    // Only comments go on over the end of such a line.
    while (this.at < end) {
      if (!this.skipQuiet(this.text.charCodeAt(this.at))) this.at++;
    }
  }

  private branch(name: string): void {
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') this.branches.push([...this.brackets]);
    else if (name === 'else' || name === 'elif') this.brackets = [...(this.branches.at(-1) ?? this.brackets)];
    else if (name === 'endif') this.branches.pop();
  }

  /** The body of a macro is a world of its own: its brackets do not touch those around it. */
  private body(from: number, end: number): void {
    const outside = this.brackets;
    const open = this.tokens.add(OPEN, from, from, outside.at(-1) ?? -1);
    this.brackets = [open];
    this.at = from;
    while (this.at < end) {
      const unit = this.text.charCodeAt(this.at);
      if (!this.skipQuiet(unit)) this.token(unit);
    }
    const close = this.tokens.add(CLOSE, this.at, this.at, open);
    this.tokens.marry(open, close);
    this.brackets = outside;
  }
}

/** Up to the body: the name, and the parameters if a parenthesis follows it directly. */
const DEFINE = /#[ \t]*define[ \t]+[A-Za-z_$][\w$]*(?:\((?:[^()\n]|\\\r?\n)*\))?/y;
