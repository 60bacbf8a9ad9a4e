import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError, type Output } from '../output';
import type { Case } from './case';
import { capturesUnder, checkFile } from './files';
import { readLeftOut, reasonFor } from './left-out';

interface Failure {
  readonly file: string;
  readonly name: string;
  readonly expected: string;
  readonly got: string;
}

/** `agree DIR…`: the simulator against what real kernels printed. Ends with 1 if anything differs that is not left out. */
export async function agree(args: string[], options: { readonly leftOut?: string } = {}): Promise<Output> {
  if (args.length === 0) throw new CliError('expected at least one directory with captures', 2);
  const counts = { agree: 0, total: 0, files: 0 };
  const failures: Failure[] = [];
  const failing = new Map<string, number>();
  const leftOut = new Map<string, { file: string; reason: string; cases: number }>();
  const leaveOut = (file: string, reason: string) => {
    const key = `${file} ${reason}`;
    const entry = leftOut.get(key) ?? { file, reason, cases: 0 };
    entry.cases++;
    leftOut.set(key, entry);
  };
  for (const path of args) {
    const isFile = await stat(path).then(
      (s) => s.isFile(),
      () => {
        throw new CliError(`${path}: there is no such directory`);
      },
    );
    const known = await readLeftOut(isFile ? dirname(path) : path, options.leftOut);
    const files = isFile ? [path] : await capturesUnder(path);
    if (files.length === 0)
      throw new CliError(`${path}: no captures in it: expected traces/*.txt, *.trace.txt or tables`);
    for (const file of files) {
      const { cases, unmodelled } = await checkFile(file);
      if (unmodelled !== undefined) leaveOut(file, unmodelled);
      if (cases.length > 0) counts.files++;
      for (const one of cases) {
        const reason = one.agrees ? undefined : reasonFor(known, file, one.name);
        if (reason !== undefined) leaveOut(file, reason);
        else count(file, one);
      }
    }
  }
  return {
    text: [
      ...failures.map(
        (f) => `${f.file}: ${f.name}${others(f.file)}\n  kernel:    ${f.expected}\n  simulator: ${f.got}`,
      ),
      ...[...leftOut.values()].map(
        (l) => `left out: ${l.file}${l.cases > 1 ? ` (${l.cases} cases)` : ''}: ${l.reason}`,
      ),
      `agreement: ${counts.agree}/${counts.total}`,
    ].join('\n'),
    json: { ...counts, failures, leftOut: [...leftOut.values()] },
    code: counts.agree === counts.total ? 0 : 1,
  };

  function count(file: string, { name, agrees, expected = '', got = '' }: Case): void {
    counts.total++;
    if (agrees) counts.agree++;
    else {
      const before = failing.get(file) ?? 0;
      failing.set(file, before + 1);
      // The first difference tells; those after it mostly follow from it.
      if (before === 0) failures.push({ file, name, expected, got });
    }
  }

  function others(file: string): string {
    const more = failing.get(file)! - 1;
    return more > 0 ? ` (and ${more} more)` : '';
  }
}
