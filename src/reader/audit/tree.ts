import { isSame, type AuditCache, type FileState } from './cache';
import { reportOf, type AuditReport } from './report';
import { auditFile, type FileReport } from './uses';

/** An audit of a whole tree. Where files come from is the caller's business: this room knows no file system. */

/** Says whether somebody has lost interest; looked at between files. */
export interface StopToken {
  readonly stopped: boolean;
}

export interface AuditSource {
  /** The C files of the tree: paths from its top, with forward slashes. */
  list(): Promise<readonly string[]> | readonly string[];
  /** Asked only where there is a cache; undefined when the file is gone. */
  state(path: string): Promise<FileState | undefined> | FileState | undefined;
  /** The content of a file; undefined when it cannot be read any more. */
  read(path: string): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  decode(bytes: Uint8Array): string;
}

export interface AuditOptions {
  /** Files that have not changed since are not read again. Brought up to date by the audit. */
  readonly cache?: AuditCache;
  readonly token?: StopToken;
  readonly progress?: (done: number, total: number) => void;
  /** How many files are asked for at once: a far file system answers slowly, but many at a time. */
  readonly width?: number;
}

export interface AuditOutcome {
  readonly report: AuditReport;
  /** How many files had to be read; the others were known. */
  readonly read: number;
}

/** Files between two reports of progress. */
const STEP = 256;

export async function auditTree(source: AuditSource, options: AuditOptions = {}): Promise<AuditOutcome> {
  const { cache, token, progress, width = 1 } = options;
  const paths = await source.list();
  // A list that was stopped is not whole.
  const listed = !token?.stopped;
  const reports: FileReport[] = [];
  let [next, looked, read] = [0, 0, 0];

  const reportOn = async (path: string): Promise<FileReport | undefined> => {
    const state = cache && (await source.state(path));
    const known = cache?.get(path);
    if (state && isSame(known, state)) return known.report;
    const bytes = await source.read(path);
    if (!bytes) return undefined;
    read++;
    const report = auditFile(path, bytes, (some) => source.decode(some));
    if (state) cache?.set(path, { ...state, ...(report ? { report } : {}) });
    return report;
  };
  const work = async () => {
    while (next < paths.length && !token?.stopped) {
      const report = await reportOn(paths[next++]!);
      if (report) reports.push(report);
      if (++looked % STEP === 0) progress?.(looked, paths.length);
    }
  };
  await Promise.all(Array.from({ length: width }, work));

  const cancelled = !listed || looked < paths.length;
  progress?.(looked, paths.length);
  if (cache && !cancelled) forgetOthers(cache, paths);
  return { report: reportOf(reports, looked, cancelled), read };
}

/** Files that are gone need no place in the cache. */
export function forgetOthers(cache: AuditCache, paths: readonly string[]): void {
  if (cache.size === paths.length) return;
  const there = new Set(paths);
  for (const path of cache.keys()) if (!there.has(path)) cache.delete(path);
}
