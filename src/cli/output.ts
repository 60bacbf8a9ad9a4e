import { readFile } from 'node:fs/promises';

/** What a verb answers: the same facts for people and for programs. */
export interface Output {
  readonly text: string;
  /** The units of `text` are bytes of files, whatever encoding those have. */
  readonly bytes?: boolean;
  /** Plain JSON: 64-bit numbers are hexadecimal text. */
  readonly json: unknown;
  readonly warnings?: readonly string[];
  /** The exit code; 0 if absent. */
  readonly code?: 0 | 1;
}

/** Something the user can put right. Its message is one clear line (or one a problem). */
export class CliError extends Error {
  constructor(
    message: string,
    readonly code: 1 | 2 = 1,
  ) {
    super(message);
  }
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new CliError(`${path}: ${reason}`);
  }
}

/** The only argument of a verb that takes one. */
export function onlyArgument(args: readonly string[], what: string): string {
  if (args.length !== 1) throw new CliError(`expected one ${what}, got ${args.length}`, 2);
  return args[0]!;
}
