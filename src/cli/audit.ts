import { stat } from 'node:fs/promises';
import { AUDIT_FORMATS, formatAudit, reportOf, type FileReport } from '../reader/audit';
import { CliError, onlyArgument, type Output } from './output';
import { runOnTree } from './tree-run';

/** `audit TREE [--format json|csv|sarif|md]`: the struct page habits of a kernel tree. */
export async function audit(args: string[], options: { readonly format?: string } = {}): Promise<Output> {
  const wanted = options.format ?? 'md';
  const format = AUDIT_FORMATS.find((known) => known === wanted);
  if (!format) throw new CliError(`--format ${wanted}: expected one of ${AUDIT_FORMATS.join(', ')}`, 2);
  const tree = onlyArgument(args, 'folder with kernel sources');
  await mustBeFolder(tree);
  const { results, problems, looked } = await runOnTree<FileReport>(tree, { kind: 'audit' });
  if (looked === 0) throw new CliError(`${tree}: there is no .c or .h file; name the top of a kernel tree`);
  const report = reportOf(results, looked, false);
  return { text: formatAudit(report, format), json: report, warnings: problems };
}

async function mustBeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CliError(`${path}: there is no such folder`);
  if (!found.isDirectory())
    throw new CliError(`${path}: this is a file; audit takes the folder of a kernel tree`);
}
