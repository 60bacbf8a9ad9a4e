import { reportOf, type AuditFolder, type FileReport } from '../reader/audit';
import { runOnTree } from './tree-run';
import { cFilesUnder } from './tree-walk';

/** What the extension on Node and the command line both run. */
export const auditFolder: AuditFolder = async (top, { under, ...options }) => {
  const problems: string[] = [];
  const paths = cFilesUnder(top, under, (problem) => problems.push(problem));
  const run = await runOnTree<FileReport>(top, { kind: 'audit' }, { ...options, paths });
  problems.push(...run.problems);
  return { report: reportOf(run.results, run.looked, run.cancelled), read: run.read, problems };
};
