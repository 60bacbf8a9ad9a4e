import type { FileReport } from './uses';

/** What is known of the files of a tree from the last audit, so that only what has changed is read again. */

export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** Whole milliseconds since 1970. */
  readonly mtime: number;
}

export interface CachedFile extends FileState {
  /** Absent when the file has none of the names. */
  readonly report?: FileReport;
}

/** By path from the top of the tree. */
export type AuditCache = Map<string, CachedFile>;

export const isSame = (known: CachedFile | undefined, now: FileState): known is CachedFile =>
  known?.size === now.size && known.mtime === now.mtime;

/** The same in columns: a tree has sixty thousand files, and this goes to disk and from thread to thread. */
export interface PackedCache {
  /** One a line. */
  readonly paths: string;
  readonly sizes: readonly number[];
  readonly mtimes: readonly number[];
  readonly reports: readonly FileReport[];
}

export function packCache(cache: AuditCache): PackedCache {
  const [sizes, mtimes, reports]: [number[], number[], FileReport[]] = [[], [], []];
  for (const { size, mtime, report } of cache.values()) {
    sizes.push(size);
    mtimes.push(mtime);
    if (report) reports.push(report);
  }
  return { paths: [...cache.keys()].join('\n'), sizes, mtimes, reports };
}

export function unpackCache({ paths, sizes, mtimes, reports }: PackedCache): AuditCache {
  const cache: AuditCache = new Map();
  if (sizes.length > 0) {
    for (const [i, path] of paths.split('\n').entries())
      cache.set(path, { size: sizes[i]!, mtime: mtimes[i]! });
  }
  for (const report of reports) {
    const known = cache.get(report.path);
    if (known) cache.set(report.path, { ...known, report });
  }
  return cache;
}

/** What the rules are, put here by scripts/lib/bundle.mjs: what other rules found is worth nothing. */
declare const AUDIT_RULES: string;
const RULES = typeof AUDIT_RULES === 'undefined' ? 'unbundled' : AUDIT_RULES;

/** The form of the text below. */
const VERSION = 1;

export function writeCache(cache: AuditCache): string {
  return JSON.stringify({ version: VERSION, rules: RULES, ...packCache(cache) });
}

/** @returns undefined for anything that these very rules did not write */
export function readCache(text: string): AuditCache | undefined {
  let read: Partial<PackedCache> & { readonly version?: unknown; readonly rules?: unknown };
  try {
    read = (JSON.parse(text) ?? {}) as typeof read;
  } catch {
    return undefined;
  }
  const { version, rules, paths, sizes, mtimes, reports } = read;
  if (version !== VERSION || rules !== RULES || typeof paths !== 'string') return undefined;
  if (!Array.isArray(sizes) || !Array.isArray(mtimes) || !Array.isArray(reports)) return undefined;
  return unpackCache({ paths, sizes, mtimes, reports: reports as FileReport[] });
}
