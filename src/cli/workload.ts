import { basename, extname } from 'node:path';
import { readTraceFile, traceCase } from '../capture/trace';
import { formatProblem } from '../capture/problem';
import { generateWorkload } from '../model/script/generate';
import { parseScript } from '../model/script/parse';
import { printScript } from '../model/script/print';
import { openDocument } from './document';
import { CliError, readText, type Output } from './output';

/**
 * `workload FILE --machine SPEC`: a script as the I/Os of that machine. `workload TRACE`: what a trace's tasks did, as a script.
 */
export async function workload(args: string[], options: { readonly machine?: string }): Promise<Output> {
  const [path] = args;
  if (path === undefined) throw new CliError('expected a script, or a trace to make one of', 2);
  const text = await readText(path);
  if (options.machine === undefined) return fromTrace(text, path);
  const { machine } = (await openDocument(options.machine)).document;
  const parsed = parseScript(text);
  if (!parsed.ok)
    throw new CliError(parsed.problems.map(({ line, message }) => `${path}:${line}: ${message}`).join('\n'));
  const { ios } = generateWorkload(parsed.statements, machine, 1_000_000);
  return { text: ios.map((io) => JSON.stringify(io)).join('\n'), json: ios };
}

function fromTrace(text: string, path: string): Output {
  const trace = readTraceFile(text, path);
  if (!trace.ok)
    throw new CliError(
      `${trace.problems.map(formatProblem)[0] ?? path}\nA script needs --machine SPEC; without it, expected a trace`,
    );
  const name = basename(path, extname(path));
  const made = traceCase(trace.value, {
    name,
    kernel: { flavour: '6.12' },
    beside: [],
    siblings: [],
    pmemPages: true,
  });
  if (typeof made === 'string') throw new CliError(`${path}: ${made}`);
  const script = printScript(made.ios);
  return { text: script.trimEnd(), json: { script: script.trimEnd().split('\n') } };
}
