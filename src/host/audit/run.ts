import type * as vscode from 'vscode';
import type { AuditCache, AuditOutcome } from '../../reader/audit';
import { folderSource, WIDTH } from './folder-source';

/** Audits one folder: in threads where the extension host has them and a disk, otherwise slice by slice. */

/** The rules, and all that they need: read when somebody first audits. */
export const reader = () => import('../../reader/audit');

export interface AuditedFolder {
  /** The top of the tree that the folder is in. */
  readonly top: vscode.Uri;
  /** The folder, from there; empty when it is the top. */
  readonly under: string;
}

interface Options {
  readonly cache: AuditCache;
  readonly token: { readonly stopped: boolean };
  readonly progress: (done: number, total: number) => void;
  readonly log: vscode.LogOutputChannel;
}

export async function runAudit({ top, under }: AuditedFolder, options: Options): Promise<AuditOutcome> {
  const threads = top.scheme === 'file' ? await loadThreads(options.log) : undefined;
  if (threads) {
    const { problems, ...outcome } = await threads.auditFolder(top.fsPath, { under, ...options });
    for (const problem of problems) options.log.warn(`Audit: ${problem}`);
    return outcome;
  }
  const { auditTree } = await reader();
  return auditTree(tolerant(folderSource(top, under, options.token), options.log), {
    ...options,
    width: WIDTH,
  });
}

async function loadThreads(log: vscode.LogOutputChannel) {
  try {
    return await import('./threads');
  } catch (error) {
    log.info(`The audit runs without threads: ${String(error)}`);
    return undefined;
  }
}

type Source = ReturnType<typeof folderSource>;

/** A file that goes away or cannot be read is said, and left out. */
function tolerant(source: Source, log: vscode.LogOutputChannel): Source {
  const attempt =
    <T>(ask: (path: string) => Promise<T> | T) =>
    async (path: string): Promise<T | undefined> => {
      try {
        return await ask(path);
      } catch (error) {
        log.warn(`Audit: ${path}: ${String(error)}`);
        return undefined;
      }
    };
  return {
    ...source,
    state: attempt((path) => source.state(path)),
    read: attempt((path) => source.read(path)),
  };
}
