import * as vscode from 'vscode';
import type { AuditReport } from '../../reader/audit';
import { inItsTree } from './folders';
import { reader, runAudit, type AuditedFolder } from './run';
import type { AuditStore } from './store';

/** One audited folder, and what came of it. */
export interface Audited extends AuditedFolder {
  /** What somebody asked for: the folder itself. */
  readonly folder: vscode.Uri;
  readonly report: AuditReport;
}

/** What the workspace remembers of it; the files' own reports are in the store. */
export interface RememberedAudit {
  readonly folder: string;
  readonly top: string;
  readonly under: string;
  readonly cancelled: boolean;
}

/** For tests and scripts: what an audit came to. */
export interface AuditSummary {
  readonly looked: number;
  /** How many of these had to be read; the others had not changed since the last audit. */
  readonly read: number;
  readonly cancelled: boolean;
}

interface Options {
  readonly store: AuditStore;
  readonly token: { readonly stopped: boolean };
  readonly progress: vscode.Progress<{ message?: string; increment?: number }>;
  readonly log: vscode.LogOutputChannel;
}

/** Audits a folder with what the last audit of it left behind, and leaves the same for the next. */
export async function auditOf(
  folder: vscode.Uri,
  { store, token, progress, log }: Options,
): Promise<{ audited: Audited; summary: AuditSummary }> {
  const started = performance.now();
  const inTree = await inItsTree(folder);
  const cache = await store.load(folder);
  let told = 0;
  const outcome = await runAudit(inTree, {
    cache,
    token,
    log,
    progress: (done, total) => {
      const percent = total === 0 ? 0 : Math.floor((100 * done) / total);
      progress.report({
        message: vscode.l10n.t('{0} of {1} files', done.toLocaleString(), total.toLocaleString()),
        increment: Math.max(0, percent - told),
      });
      told = Math.max(told, percent);
    },
  });
  await store.save(folder, cache);
  const { report, read } = outcome;
  const { looked, cancelled } = report;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  log.info(`Audit of ${folder.path}: ${looked} files, ${read} of them read, in ${seconds} s`);
  return { audited: { ...inTree, folder, report }, summary: { looked, read, cancelled } };
}

/** What was shown before the window was closed, without looking at any file. */
export async function remembered(audit: RememberedAudit, store: AuditStore): Promise<Audited | undefined> {
  const folder = vscode.Uri.parse(audit.folder);
  const cache = await store.load(folder);
  if (cache.size === 0) return undefined;
  const { reportOf } = await reader();
  const reports = [...cache.values()].flatMap(({ report }) => report ?? []);
  const report = reportOf(reports, cache.size, audit.cancelled);
  return { folder, top: vscode.Uri.parse(audit.top), under: audit.under, report };
}

export function rememberedOf({ folder, top, under, report }: Audited): RememberedAudit {
  return { folder: folder.toString(), top: top.toString(), under, cancelled: report.cancelled };
}
