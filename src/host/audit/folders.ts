import * as vscode from 'vscode';
import type { AuditedFolder } from './run';

/** Kernel trees are not deeper. */
const DEEPEST = 24;

/** The folder from the top of the kernel tree that it is in, so that subsystems keep their names in a part of a tree. */
export async function inItsTree(folder: vscode.Uri): Promise<AuditedFolder> {
  const { treeOfMakefile } = await import('../../reader');
  const names: string[] = [];
  let up = folder;
  for (let levels = 0; levels <= DEEPEST; levels++) {
    if (treeOfMakefile(await textOf(vscode.Uri.joinPath(up, 'Makefile'))))
      return { top: up, under: names.join('/') };
    const parent = vscode.Uri.joinPath(up, '..');
    if (parent.path === up.path) break;
    names.unshift(up.path.split('/').at(-1)!);
    up = parent;
  }
  return { top: folder, under: '' };
}

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}

/** What to audit: the folder that was clicked, or the workspace's; where there are several, somebody says which. */
export async function foldersToAudit(clicked?: unknown): Promise<readonly vscode.Uri[] | undefined> {
  if (clicked instanceof vscode.Uri) return [clicked];
  const folders = vscode.workspace.workspaceFolders ?? [];
  const other = { label: vscode.l10n.t('$(folder-opened) Another folder…'), uris: undefined };
  const picks = [
    ...(folders.length > 1
      ? [{ label: vscode.l10n.t('$(root-folder) All folders'), uris: folders.map((one) => one.uri) }]
      : []),
    ...folders.map(({ name, uri }) => ({
      label: `$(folder) ${name}`,
      description: uri.scheme === 'file' ? uri.fsPath : uri.path,
      uris: [uri],
    })),
    other,
  ];
  const picked =
    folders.length === 0
      ? other
      : await vscode.window.showQuickPick(picks, {
          title: vscode.l10n.t('Audit for struct page'),
          placeHolder: vscode.l10n.t('Which kernel tree, or which part of one?'),
        });
  if (!picked) return undefined;
  if (picked.uris) return picked.uris;
  return vscode.window.showOpenDialog({
    title: vscode.l10n.t('Audit for struct page'),
    openLabel: vscode.l10n.t('Audit'),
    canSelectFiles: false,
    canSelectFolders: true,
  });
}
