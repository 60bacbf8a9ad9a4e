import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { treeOfMakefile } from '../reader';
import { AUDIT_FORMATS, formatAudit, readCache, writeCache, type AuditCache } from '../reader/audit';
import { auditFolder } from './audit-folder';
import { CliError, onlyArgument, type Output } from './output';
import { progressOn } from './progress';

interface Options {
  readonly format?: string;
  readonly cache?: string;
  readonly progress?: boolean;
}

/** `audit TREE [--format json|csv|sarif|md] [--cache FILE] [--progress]`: the struct page habits of a kernel tree. */
export async function audit(args: string[], options: Options = {}): Promise<Output> {
  const wanted = options.format ?? 'md';
  const format = AUDIT_FORMATS.find((known) => known === wanted);
  if (!format) throw new CliError(`--format ${wanted}: expected one of ${AUDIT_FORMATS.join(', ')}`, 2);
  const folder = onlyArgument(args, 'folder with kernel sources');
  await mustBeFolder(folder);
  const top = await topOf(resolve(folder));
  const cache = options.cache === undefined ? undefined : await cacheIn(options.cache);
  const bar = progressOn(process.stderr, options.progress ?? false);
  const { report, problems } = await auditFolder(top, {
    under: relative(top, resolve(folder)).replaceAll(sep, '/'),
    ...(cache ? { cache } : {}),
    ...(bar ? { progress: bar.show } : {}),
  });
  bar?.end();
  if (report.looked === 0)
    throw new CliError(`${folder}: there is no .c or .h file; name the top of a kernel tree`);
  if (cache) await writeFile(options.cache!, writeCache(cache));
  return { text: formatAudit(report, format), json: report, warnings: problems };
}

async function mustBeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CliError(`${path}: there is no such folder`);
  if (!found.isDirectory())
    throw new CliError(`${path}: this is a file; audit takes the folder of a kernel tree`);
}

/** A part of a kernel tree is named from the tree's top, so that its subsystems keep their names. */
async function topOf(folder: string): Promise<string> {
  for (let up = folder; ; up = dirname(up)) {
    const makefile = await readFile(join(up, 'Makefile'), 'utf8').catch(() => '');
    if (treeOfMakefile(makefile)) return up;
    if (up === dirname(up)) return folder;
  }
}

/** A file that is not there yet, or that other rules wrote, is an empty cache; anything else is left alone. */
async function cacheIn(path: string): Promise<AuditCache> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new CliError(`--cache ${path}: ${message}`);
  });
  if (text !== '' && !text.startsWith('{"version":'))
    throw new CliError(`--cache ${path}: this is no cache of an audit; name another file`);
  return readCache(text) ?? new Map();
}
