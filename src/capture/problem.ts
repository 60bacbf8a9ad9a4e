/** Why a capture could not be read: where, what was expected, what to do. Lines count from 1. */
export interface CaptureProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type Captured<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly CaptureProblem[] }
  | { readonly ok: false; readonly problems: readonly CaptureProblem[] };

/** `iomem.txt:3: expected …`, the form compilers use, so that terminals make it a link. */
export function formatProblem(problem: CaptureProblem): string {
  return `${problem.file}:${problem.line}: ${problem.message}`;
}
