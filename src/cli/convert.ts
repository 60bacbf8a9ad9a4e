import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { RULE_SETS } from '../reader/convert';
import { HELPER_HEADERS } from '../reader/convert/known-helpers';
import { CliError, onlyArgument, type Output } from './output';
import { runOnTree } from './tree-run';

interface Options {
  readonly rules?: string;
  readonly diff?: boolean;
  readonly write?: boolean;
}

interface Converted {
  readonly path: string;
  readonly diff: string;
  readonly converted: number;
  readonly left: readonly { readonly rule: string; readonly line: number; readonly reason: string }[];
}

/** `convert TREE|FILE --rules series|modern [--diff] [--write]`: what the rules change, and what they leave alone. */
export async function convertFiles(args: string[], options: Options = {}): Promise<Output> {
  const rules = RULE_SETS.find((known) => known === options.rules);
  if (!rules) {
    const given = options.rules === undefined ? 'missing' : `"${options.rules}"`;
    throw new CliError(`--rules is ${given}: expected one of ${RULE_SETS.join(', ')}`, 2);
  }
  const target = onlyArgument(args, 'kernel tree or C file');
  const found = await stat(target).catch(() => undefined);
  if (!found) throw new CliError(`${target}: there is no such file or folder`);
  const isFile = found.isFile();
  if (isFile && !/\.[ch]$/.test(target)) throw new CliError(`${target}: this is no C file (.c, .h)`);
  const top = await topOf(isFile ? dirname(target) : target);
  const tree = top?.path ?? (isFile ? dirname(target) : target);
  const warnings: string[] = [];
  if (rules === 'modern' && !top) {
    warnings.push(`${target}: no include/linux/bvec.h above it, so every helper of today is taken to exist`);
  }
  const { results, problems, looked } = await runOnTree<Converted>(
    isFile ? tree : target,
    {
      kind: 'convert',
      rules,
      write: options.write ?? false,
      ...(rules === 'modern' && top ? { headers: top.headers } : {}),
    },
    isFile ? { paths: [[relative(tree, target) || basename(target)]] } : {},
  );
  if (looked === 0 && problems.length === 0) throw new CliError(`${target}: there is no .c or .h file`);
  const text = options.diff
    ? results.map((one) => one.diff).join('')
    : summary(results, options.write ?? false);
  return {
    text: text.trimEnd(),
    bytes: true,
    json: results.map(({ diff, ...one }) => (options.diff ? { ...one, diff: utf8(diff) } : one)),
    warnings: [...warnings, ...problems],
  };
}

/** The nearest folder at or above one that is the top of a kernel tree, and its headers with helpers. */
async function topOf(from: string): Promise<{ path: string; headers: string[] } | undefined> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const texts = await Promise.all(
      HELPER_HEADERS.map((header) => readFile(join(folder, header), 'latin1').catch(() => undefined)),
    );
    if (texts[0] !== undefined) return { path: folder, headers: texts.filter((text) => text !== undefined) };
    if (folder === dirname(folder)) return undefined;
  }
}

function summary(results: readonly Converted[], written: boolean): string {
  const lines = results.map(({ path, converted, left }) =>
    [
      `${path}: ${converted} ${written ? 'converted' : 'to convert'}${left.length > 0 ? `, ${left.length} left alone` : ''}`,
      ...left.map(({ line, rule, reason }) => `  ${path}:${line}: ${rule}: ${reason}`),
    ].join('\n'),
  );
  const sum = results.reduce((all, one) => all + one.converted, 0);
  const files = results.filter((one) => one.converted > 0).length;
  return [...lines, `${sum} places in ${files} files`].join('\n');
}

/** Files are read byte by byte; JSON is text. */
const utf8 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');
