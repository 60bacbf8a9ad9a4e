import * as vscode from 'vscode';
import type { KernelTree, TreeVersion } from '../reader';

/** Kernel trees are not deeper, and a folder that is no tree is not searched up to the root of a slow host. */
const DEEPEST = 24;

/**
 * Which kernel a file belongs to: what the setting says, or else the nearest Makefile above the file that has a
 * kernel's VERSION and PATCHLEVEL. Reads through `workspace.fs`, so it works wherever the folder is.
 */
export class KernelTrees implements vscode.Disposable {
  /** By folder. A Makefile that is saved may be any folder's nearest, so saving one forgets all. */
  private readonly known = new Map<string, Promise<KernelTree | undefined>>();
  private readonly onSave = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    if (uri.path.endsWith('/Makefile')) this.known.clear();
  });

  async of(uri: vscode.Uri): Promise<KernelTree | undefined> {
    const forced = vscode.workspace.getConfiguration('bioscope', uri).get<string>('kernelVersion', 'auto');
    const { TREE_VERSIONS, treeOfVersion } = await import('../reader');
    const version: TreeVersion | undefined = TREE_VERSIONS.find((one) => one === forced);
    if (version) return treeOfVersion(version);
    return uri.scheme === 'untitled' ? undefined : this.above(vscode.Uri.joinPath(uri, '..'), DEEPEST);
  }

  dispose(): void {
    this.onSave.dispose();
  }

  private above(folder: vscode.Uri, levels: number): Promise<KernelTree | undefined> {
    const key = folder.toString();
    const known = this.known.get(key);
    if (known) return known;
    const search = this.search(folder, levels);
    this.known.set(key, search);
    return search;
  }

  private async search(folder: vscode.Uri, levels: number): Promise<KernelTree | undefined> {
    const { treeOfMakefile } = await import('../reader');
    const found = treeOfMakefile(await read(vscode.Uri.joinPath(folder, 'Makefile')));
    const parent = vscode.Uri.joinPath(folder, '..');
    if (found || levels === 0 || parent.path === folder.path) return found;
    return this.above(parent, levels - 1);
  }
}

async function read(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return ''; // There is none, or it cannot be read: the next folder may have one.
  }
}
