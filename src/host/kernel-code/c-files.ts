import * as vscode from 'vscode';

/** How many folders are listed at once. */
const AT_ONCE = 16;

/**
 * The C files under a folder, in the order of their paths folder by folder. Links and hidden folders are left out,
 * as the command line leaves them out. Works on every file system that VS Code can show.
 */
export async function* cFilesUnder(
  top: vscode.Uri,
  isCancelled: () => boolean,
): AsyncGenerator<vscode.Uri[]> {
  const folders = [top];
  while (folders.length > 0 && !isCancelled()) {
    const some = folders.splice(-AT_ONCE);
    const listed = await Promise.all(some.map((folder) => list(folder)));
    for (const { files, folders: below } of listed) {
      folders.push(...below);
      if (files.length > 0) yield files;
    }
  }
}

async function list(folder: vscode.Uri): Promise<{ files: vscode.Uri[]; folders: vscode.Uri[] }> {
  const files: vscode.Uri[] = [];
  const folders: vscode.Uri[] = [];
  let entries: [string, vscode.FileType][] = [];
  try {
    entries = await vscode.workspace.fs.readDirectory(folder);
  } catch {
    // It has gone, or may not be read: nothing in it can be converted.
  }
  for (const [name, type] of entries) {
    if (type === vscode.FileType.Directory && !name.startsWith('.'))
      folders.push(vscode.Uri.joinPath(folder, name));
    if (type === vscode.FileType.File && /\.[ch]$/.test(name)) files.push(vscode.Uri.joinPath(folder, name));
  }
  return { files, folders };
}
