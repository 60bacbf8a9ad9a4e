import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CParser, hoverAt, hoverMarkdown, treeOfMakefile, type KernelTree } from '../reader';
import { CliError, onlyArgument, readText, type Output } from './output';

/** `hover FILE:LINE:COL`: the hover the editor would show there. */
export async function hover(args: string[]): Promise<Output> {
  const place = /^(?<file>.+):(?<line>\d+):(?<column>\d+)$/.exec(
    onlyArgument(args, 'place FILE:LINE:COL'),
  )?.groups;
  if (!place) throw new CliError('expected FILE:LINE:COL, line and column from 1', 2);
  const path = place['file']!;
  const text = await readText(path);
  const offset = offsetOf(text, Number(place['line']), Number(place['column']), path);
  const parser = await CParser.create({
    runtime: await readFile(join(__dirname, 'web-tree-sitter.wasm')),
    grammar: await readFile(join(__dirname, 'tree-sitter-c.wasm')),
  });
  const tree = await treeAbove(dirname(resolve(path)));
  const inTree = tree ? { tree } : {};
  const found = hoverAt(parser, text, offset, { path, ...inTree });
  parser.dispose();
  if (!found) throw new CliError(`${args[0]!}: no kernel name that Bioscope knows stands there`);
  const markdown = hoverMarkdown(found, inTree);
  const { entry, variant, role, start, end } = found;
  return {
    text: markdown,
    json: { name: entry.name, role, start, end, entry, ...(variant ? { variant } : {}), markdown },
  };
}

/** The kernel of the nearest Makefile that names one, from a folder upwards. */
async function treeAbove(folder: string): Promise<KernelTree | undefined> {
  const makefile = await readFile(join(folder, 'Makefile'), 'utf8').catch(() => '');
  const parent = dirname(folder);
  return treeOfMakefile(makefile) ?? (parent === folder ? undefined : treeAbove(parent));
}

function offsetOf(text: string, line: number, column: number, path: string): number {
  const lines = text.split('\n');
  const wanted = lines[line - 1];
  if (wanted === undefined) throw new CliError(`${path} has ${lines.length} lines, no line ${line}`);
  if (column < 1 || column > wanted.length + 1) {
    throw new CliError(`${path}:${line} has ${wanted.length} characters, no column ${column}`);
  }
  return lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0) + column - 1;
}
