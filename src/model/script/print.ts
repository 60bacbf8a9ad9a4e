import type { Io } from '../workload-spec';

/** A workload as a script: what an imported trace did, to be changed and run again. Buffers are not told. */
export function printScript(workload: readonly Io[]): string {
  const lines: string[] = [];
  let device = '';
  for (const io of workload) {
    if (io.device !== device) lines.push(`device ${(device = io.device)}`);
    lines.push(statementOf(io));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function statementOf({ op, sector, sectors = 0, vecs, flags = [] }: Io): string {
  const size = vecs.reduce((sum, { len }) => sum + len, 0);
  if (op === 'discard') return `discard ${sector * 512} of ${sectors * 512}`;
  if (flags.includes('flush') && size === 0) return 'flush';
  const said = flags.flatMap((flag) =>
    flag === 'rahead' ? ['ahead'] : /^(?:sync|fua|meta)$/.test(flag) ? [flag] : [],
  );
  const one = [op, sector * 512, 'of', size, ...said].join(' ');
  // A write with a flush first is two statements.
  return flags.includes('flush') ? `flush\n${one}` : one;
}
