import * as vscode from 'vscode';
import type { Hover } from '../../reader';
import { isOwnC } from './c-documents';
import type { KernelTrees } from './kernel-trees';
import { reader, type LazyParser } from './lazy-reader';

/** From a name of the catalogue to its declaration in the same tree; a few known files are looked at, never the tree. */
export class Definitions implements vscode.DefinitionProvider {
  constructor(
    private readonly parser: LazyParser,
    private readonly trees: KernelTrees,
  ) {}

  async provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Location | undefined> {
    if (!isOwnC(document)) return undefined;
    const found = await this.nameAt(document, position);
    return found && !token.isCancellationRequested ? this.find(document.uri, found.entry.name) : undefined;
  }

  /** The catalogue's name at a place, if it is the kernel's there. */
  async nameAt(document: vscode.TextDocument, position: vscode.Position): Promise<Hover | undefined> {
    const [parser, { hoverAt }] = await Promise.all([this.parser.load(), reader()]);
    const tree = await this.trees.of(document.uri);
    const options = { path: document.uri.path, ...(tree ? { tree } : {}) };
    return parser && hoverAt(parser, document.getText(), document.offsetAt(position), options);
  }

  /** The declaration in the tree that a file is in. */
  async find(uri: vscode.Uri, name: string): Promise<vscode.Location | undefined> {
    const { definitionFiles, definitionIn, lookup } = await reader();
    const entry = lookup(name);
    const around = await this.trees.treeAround(uri);
    if (!entry || !around) return undefined;
    for (const path of definitionFiles(entry, around.tree)) {
      const file = vscode.Uri.joinPath(around.root, path);
      const exists = await vscode.workspace.fs.stat(file).then(
        () => true,
        () => false,
      );
      if (!exists) continue;
      const document = await vscode.workspace.openTextDocument(file);
      const place = definitionIn(document.getText(), entry);
      if (place) return new vscode.Location(file, document.positionAt(place.start));
    }
    return undefined;
  }

  /** "Go to definition in this tree", from a hover. */
  async show(uri?: unknown, name?: unknown): Promise<void> {
    if (typeof uri !== 'string' || typeof name !== 'string') return;
    const found = await this.find(vscode.Uri.parse(uri, true), name);
    if (found) await vscode.window.showTextDocument(found.uri, { selection: found.range });
    else {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} is not declared where Bioscope knows it from; this tree may not have it.', name),
      );
    }
  }
}
