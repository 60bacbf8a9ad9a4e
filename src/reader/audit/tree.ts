import { reportOf, type AuditReport } from './report';
import { auditFile, type FileReport } from './uses';

/** An audit of a whole tree. Where files come from is the caller's business: this room knows no file system. */

export interface FileEntry {
  /** From the top of the tree, with forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
}

/** Says whether somebody has lost interest; looked at between files. */
export interface StopToken {
  readonly stopped: boolean;
}

export interface AuditSource {
  /** The C files of the tree. */
  list(): Promise<readonly FileEntry[]> | readonly FileEntry[];
  /** The content of a file; undefined when it cannot be read any more. */
  read(path: string): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  decode(bytes: Uint8Array): string;
}

/** What is known of files from the last audit, by path. Plain data: the caller keeps it where it likes. */
export type AuditCache = Map<string, CachedFile>;

export interface CachedFile {
  readonly size: number;
  readonly mtime: number;
  /** Absent when the file has none of the names. */
  readonly report?: FileReport;
}

export interface AuditOptions {
  /** Files that have not changed since are not read again. Brought up to date by the audit. */
  readonly cache?: AuditCache;
  readonly token?: StopToken;
  readonly progress?: (done: number, total: number) => void;
}

/** Files between two reports of progress. */
const STEP = 256;

export async function auditTree(source: AuditSource, options: AuditOptions = {}): Promise<AuditReport> {
  const { cache, token, progress } = options;
  const entries = await source.list();
  const reports: FileReport[] = [];
  let looked = 0;
  for (const entry of entries) {
    if (token?.stopped) break;
    const report = await reportOn(source, entry, cache);
    if (report) reports.push(report);
    if (++looked % STEP === 0) progress?.(looked, entries.length);
  }
  const cancelled = looked < entries.length;
  progress?.(looked, entries.length);
  if (cache && !cancelled) forget(cache, entries);
  return reportOf(reports, looked, cancelled);
}

async function reportOn(
  source: AuditSource,
  { path, size, mtime }: FileEntry,
  cache: AuditCache | undefined,
): Promise<FileReport | undefined> {
  const known = cache?.get(path);
  if (known?.size === size && known.mtime === mtime) return known.report;
  const bytes = await source.read(path);
  if (!bytes) return undefined;
  const report = auditFile(path, bytes, (some) => source.decode(some));
  cache?.set(path, { size, mtime, ...(report ? { report } : {}) });
  return report;
}

/** Files that are gone need no place in the cache. */
function forget(cache: AuditCache, entries: readonly FileEntry[]): void {
  const there = new Set(entries.map((entry) => entry.path));
  for (const path of cache.keys()) if (!there.has(path)) cache.delete(path);
}
