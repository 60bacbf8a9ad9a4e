import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { CliError, readText } from '../output';

const LeftOutSchema = v.array(
  v.strictObject({
    /** How the path ends. */
    file: v.pipe(v.string(), v.minLength(1)),
    /** The start of the case's name; all cases of the file if absent. */
    case: v.optional(v.string()),
    reason: v.pipe(v.string(), v.minLength(20, 'a reason of at least 20 letters')),
  }),
);
export type LeftOut = v.InferOutput<typeof LeftOutSchema>;

/**
 * What is known not to agree, and why: the file that is given, or `left-out.json` in the directory or beside it, if there
 * is one.
 */
export async function readLeftOut(directory: string, given?: string): Promise<LeftOut> {
  if (given !== undefined) return parse(await readText(given), given);
  for (const path of [join(directory, 'left-out.json'), join(dirname(directory), 'left-out.json')]) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return parse(text, path);
  }
  return [];
}

function parse(text: string, path: string): LeftOut {
  const json = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new CliError(`${path}:1: expected JSON: ${String(error)}`);
    }
  })();
  const read = v.safeParse(LeftOutSchema, json);
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw new CliError(
    `${path}: ${v.getDotPath(issue) ?? 'list'}: ${issue.message}; expected [{ file, case?, reason }]`,
  );
}

/** Why a case is left out; `undefined`: it is not. */
export function reasonFor(leftOut: LeftOut, file: string, name: string): string | undefined {
  return leftOut.find((l) => file.endsWith(l.file) && (l.case === undefined || name.startsWith(l.case)))
    ?.reason;
}
