import * as vscode from 'vscode';
import type { KernelTree, KnownHelper, TreeVersion } from '../../reader';
import { reader } from './lazy-reader';

/** Kernel trees are not deeper, and a folder that is no tree is not searched up to the root of a slow host. */
const DEEPEST = 24;

/** A folder whose Makefile names a kernel. */
export interface FoundTree {
  readonly root: vscode.Uri;
  readonly tree: KernelTree;
}

/**
 * Which kernel a file belongs to: what the setting says, or else the nearest Makefile above the file that has a
 * kernel's VERSION and PATCHLEVEL. Reads through `workspace.fs`, so it works wherever the folder is.
 */
export class KernelTrees implements vscode.Disposable {
  /** By folder. A Makefile that is saved may be any folder's nearest, so saving one forgets all. */
  private readonly known = new Map<string, Promise<FoundTree | undefined>>();
  /** By the top of a tree; saving a header forgets all. */
  private readonly helpers = new Map<string, Promise<KnownHelper>>();
  private readonly onSave = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    if (uri.path.endsWith('/Makefile')) this.known.clear();
    if (uri.path.endsWith('.h')) this.helpers.clear();
  });

  async of(uri: vscode.Uri): Promise<KernelTree | undefined> {
    const forced = vscode.workspace.getConfiguration('bioscope', uri).get<string>('kernelVersion', 'auto');
    const { TREE_VERSIONS, treeOfVersion } = await reader();
    const version: TreeVersion | undefined = TREE_VERSIONS.find((one) => one === forced);
    return version ? treeOfVersion(version) : (await this.treeAround(uri))?.tree;
  }

  /** The tree that a file or folder is in, whatever the setting says of its version. */
  async treeAround(uri: vscode.Uri): Promise<FoundTree | undefined> {
    // A file has no Makefile below it, so starting at the file itself costs one look, and a folder may be the top.
    return uri.scheme === 'untitled' ? undefined : this.above(uri, DEEPEST);
  }

  /** Which of today's helpers a tree has; all of them where its headers are not there. */
  async helpersOf(root: vscode.Uri): Promise<KnownHelper> {
    const key = root.toString();
    const made = this.helpers.get(key) ?? this.readHelpers(root);
    this.helpers.set(key, made);
    return made;
  }

  dispose(): void {
    this.onSave.dispose();
  }

  private async readHelpers(root: vscode.Uri): Promise<KnownHelper> {
    const { HELPER_HEADERS, knownHelpers } = await reader();
    const texts = await Promise.all(HELPER_HEADERS.map((path) => read(vscode.Uri.joinPath(root, path))));
    return texts[0] === '' ? () => true : knownHelpers(texts);
  }

  private above(folder: vscode.Uri, levels: number): Promise<FoundTree | undefined> {
    const key = folder.toString();
    const known = this.known.get(key);
    if (known) return known;
    const search = this.search(folder, levels);
    this.known.set(key, search);
    return search;
  }

  private async search(root: vscode.Uri, levels: number): Promise<FoundTree | undefined> {
    const { treeOfMakefile } = await reader();
    const tree = treeOfMakefile(await read(vscode.Uri.joinPath(root, 'Makefile')));
    const parent = vscode.Uri.joinPath(root, '..');
    if (tree) return { root, tree };
    return levels === 0 || parent.path === root.path ? undefined : this.above(parent, levels - 1);
  }
}

async function read(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return ''; // There is none, or it cannot be read: the next folder may have one.
  }
}
