/**
 * A small language for workloads. A line is a statement; `#` begins a comment. Sizes take k, M, G (of 1024); numbers are plain.
 *
 *   device NAME                    the disk that what follows is for
 *   seed N                         for everything random that follows (1 if never said)
 *   sequential read|write COUNT [of SIZE] [from OFFSET] [OPTIONS]
 *   random read|write COUNT [of SIZE] within SIZE [from OFFSET] [zipf SKEW] [OPTIONS]
 *   mixed COUNT [of SIZE] within SIZE [from OFFSET] [zipf SKEW] reads PERCENT [OPTIONS]
 *   write|read OFFSET [of SIZE] [OPTIONS]       one I/O
 *   discard OFFSET of SIZE
 *   flush                          an empty flush
 *   repeat N { ... }               the statements in it, N times; what is random goes on
 *
 * OPTIONS: `sync`, `fua`, `meta`, `ahead`; `fsync every N`: a flush after each N I/Os; `batch N`: N submitted together.
 */
export type Statement =
  | { readonly kind: 'device'; readonly name: string; readonly line: number }
  | { readonly kind: 'seed'; readonly seed: number; readonly line: number }
  | { readonly kind: 'flush'; readonly line: number }
  | { readonly kind: 'discard'; readonly offset: number; readonly size: number; readonly line: number }
  | IoStatement
  | {
      readonly kind: 'repeat';
      readonly times: number;
      readonly body: readonly Statement[];
      readonly line: number;
    };

/** I/Os of one kind. Bytes. */
export interface IoStatement {
  readonly kind: 'io';
  readonly pattern: 'sequential' | 'random' | 'one';
  /** Percent of reads. */
  readonly reads: number;
  readonly count: number;
  readonly size: number;
  readonly from: number;
  readonly within: number;
  /** 0: every place is as likely as another. */
  readonly zipf: number;
  readonly flags: readonly ('sync' | 'fua' | 'meta' | 'rahead')[];
  /** A flush after so many; 0: none. */
  readonly fsyncEvery: number;
  readonly batch: number;
  readonly line: number;
}

export interface ScriptProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export type ParsedScript =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly problems: readonly ScriptProblem[] };

/** I/Os that one statement may stand for, and bytes that one I/O may have (BIO_MAX_PAGES). */
const MOST = 1_000_000;
const LARGEST = 256 * 4096;
const DEEPEST = 8;

class Problem extends Error {}

/** Reads a script. Never throws; every problem has its line and what was expected there. */
export function parseScript(text: string): ParsedScript {
  const problems: ScriptProblem[] = [];
  const root: Statement[] = [];
  const open: { readonly body: Statement[]; readonly times: number; readonly line: number }[] = [];
  for (const [i, row] of text.split(/\r?\n/).entries()) {
    const line = i + 1;
    const words = row
      .replace(/#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    const into = open.at(-1)?.body ?? root;
    try {
      if (words[0] === '}' && words.length === 1) {
        const block = open.pop();
        if (!block) throw new Problem('there is no repeat that this } ends');
        (open.at(-1)?.body ?? root).push({
          kind: 'repeat',
          times: block.times,
          body: block.body,
          line: block.line,
        });
      } else if (words[0] === 'repeat') {
        const [, times, brace] = words;
        if (brace !== '{' || words.length !== 3) throw new Problem('expected "repeat N {"');
        if (open.length >= DEEPEST) throw new Problem(`repeats in repeats: at most ${DEEPEST}`);
        open.push({ body: [], times: whole(times, 'how often'), line });
      } else into.push(new Words(words, line).statement());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problems.push({ line, message: error.message });
    }
  }
  for (const { line } of open) problems.push({ line, message: 'expected a line "}" that ends this repeat' });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, statements: root };
}

/** The words of one line, taken one after another. */
class Words {
  private at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly line: number,
  ) {}

  statement(): Statement {
    const { line } = this;
    const word = this.take('a statement');
    switch (word) {
      case 'device':
        return this.end({ kind: 'device', name: this.name(), line });
      case 'seed':
        return this.end({ kind: 'seed', seed: whole(this.take('a number'), 'a seed'), line });
      case 'flush':
        return this.end({ kind: 'flush', line });
      case 'discard': {
        const offset = bytes(this.take('an offset'), 'an offset');
        this.expect('of');
        return this.end({ kind: 'discard', offset, size: bytes(this.take('a size'), 'a size'), line });
      }
      case 'read':
      case 'write': {
        const from = bytes(this.take('an offset'), 'an offset');
        return this.io({ pattern: 'one', reads: word === 'read' ? 100 : 0, count: 1, from });
      }
      case 'sequential':
      case 'random': {
        const direction = this.take('read or write');
        if (direction !== 'read' && direction !== 'write')
          throw new Problem(`expected "read" or "write" after "${word}", not "${direction}"`);
        return this.io({
          pattern: word,
          reads: direction === 'read' ? 100 : 0,
          count: this.count(),
          from: 0,
        });
      }
      case 'mixed':
        return this.io({ pattern: 'random', reads: -1, count: this.count(), from: 0 });
      default:
        throw new Problem(
          `"${word}" is no statement: expected device, seed, sequential, random, mixed, read, write, discard, flush or repeat`,
        );
    }
  }

  private io(start: Pick<IoStatement, 'pattern' | 'reads' | 'count' | 'from'>): IoStatement {
    const io = { size: 4096, within: 0, zipf: 0, fsyncEvery: 0, batch: 1, ...start };
    const flags: IoStatement['flags'][number][] = [];
    for (let word = this.next(); word !== undefined; word = this.next()) {
      switch (word) {
        case 'of':
          io.size = bytes(this.take('a size'), 'a size');
          break;
        case 'from':
          io.from = bytes(this.take('an offset'), 'an offset');
          break;
        case 'within':
          io.within = bytes(this.take('a size'), 'a size');
          break;
        case 'zipf':
          io.zipf = number(this.take('a skew'), 'a skew, such as 1.2', 10);
          break;
        case 'reads':
          io.reads = whole(this.take('a percentage'), 'a percentage', 100);
          break;
        case 'batch':
          io.batch = Math.max(1, whole(this.take('a number'), 'how many together', 1024));
          break;
        case 'fsync':
          this.expect('every');
          io.fsyncEvery = whole(this.take('a number'), 'after how many I/Os');
          break;
        case 'sync':
        case 'fua':
        case 'meta':
          flags.push(word);
          break;
        case 'ahead':
          flags.push('rahead');
          break;
        default:
          throw new Problem(
            `"${word}" is not expected here: of, from, within, zipf, reads, batch, fsync every, sync, fua, meta or ahead`,
          );
      }
    }
    if (io.reads < 0) throw new Problem('mixed needs "reads PERCENT"');
    if (io.size === 0 || io.size > LARGEST)
      throw new Problem(`one I/O has from 512 bytes to ${LARGEST / 1024}k`);
    if (io.pattern === 'random' && io.within < io.size)
      throw new Problem(`expected "within SIZE", of ${io.size} bytes at least: where the I/Os go`);
    return { kind: 'io', ...io, flags, line: this.line };
  }

  private count(): number {
    const count = whole(this.take('a number'), 'how many I/Os', MOST);
    if (count === 0) throw new Problem('expected how many I/Os: at least 1');
    return count;
  }

  private name(): string {
    const name = this.take('the name of a disk');
    if (!/^[a-z][a-z0-9_.-]*$/i.test(name))
      throw new Problem(`"${name}" is no name of a disk, such as "tier0"`);
    return name;
  }

  private next(): string | undefined {
    return this.words[this.at++];
  }

  private take(what: string): string {
    const word = this.next();
    if (word === undefined) throw new Problem(`expected ${what} at the end of the line`);
    return word;
  }

  private expect(word: string): void {
    const got = this.take(`"${word}"`);
    if (got !== word) throw new Problem(`expected "${word}", not "${got}"`);
  }

  private end<T>(statement: T): T {
    const more = this.next();
    if (more !== undefined) throw new Problem(`"${more}" is not expected here: the line should end`);
    return statement;
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes, a multiple of 512. */
function bytes(word: string, what: string): number {
  const [, digits, unit = ''] = /^(\d{1,15})([kmgt]?)$/i.exec(word) ?? [];
  const value = Number(digits) * UNITS[unit.toLowerCase()]!;
  if (digits === undefined || value > 2 ** 50)
    throw new Problem(`expected ${what}, such as 4k or 1M, not "${word}"`);
  if (value % 512 !== 0) throw new Problem(`${word}: ${what} is a multiple of 512 bytes`);
  return value;
}

function whole(word: string | undefined, what: string, most = MOST): number {
  if (word === undefined || !/^\d{1,10}$/.test(word))
    throw new Problem(`expected ${what}, not "${word ?? ''}"`);
  const value = Number(word);
  if (value > most) throw new Problem(`${word} is too much: ${what} is ${most} at most`);
  return value;
}

function number(word: string, what: string, most: number): number {
  const value = Number(word);
  if (!/^\d+(\.\d+)?$/.test(word) || value > most) throw new Problem(`expected ${what}, not "${word}"`);
  return value;
}
