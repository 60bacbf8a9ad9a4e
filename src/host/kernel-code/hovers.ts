import * as vscode from 'vscode';
import type { Session } from '../session';
import { commandUri } from './command-uri';
import { numberMarkdown } from './hover-number';
import type { KernelTrees } from './kernel-trees';
import { reader, type LazyParser } from './lazy-reader';

/** Explains kernel names in C. */
export class KernelHovers implements vscode.HoverProvider {
  constructor(
    private readonly parser: LazyParser,
    private readonly trees: KernelTrees,
    private readonly session: Session,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!vscode.workspace.getConfiguration('bioscope', document).get('hover.enabled', true)) return undefined;
    const parser = await this.parser.load();
    if (!parser || token.isCancellationRequested) return undefined;
    const { hoverAt, hoverMarkdown, numberInCall } = await reader();
    const [text, offset] = [document.getText(), document.offsetAt(position)];
    const number = numberInCall(parser, text, offset);
    if (number) {
      const shown = await numberMarkdown(number, this.session.document?.machine);
      return shown === undefined ? undefined : this.hover(document, number, new vscode.MarkdownString(shown));
    }
    const tree = await this.trees.of(document.uri);
    const inTree = tree ? { tree } : {};
    const found = hoverAt(parser, text, offset, { path: document.uri.path, ...inTree });
    if (!found || token.isCancellationRequested) return undefined;
    const around = await this.trees.treeAround(document.uri);
    const markdown = new vscode.MarkdownString(
      hoverMarkdown(found, {
        pictureUri: (picture, name) => commandUri('showPicture', picture, name),
        ...(around
          ? { definitionUri: (name) => commandUri('goToDefinition', document.uri.toString(), name) }
          : {}),
        ...inTree,
      }),
    );
    // Two commands and no other; HTML stays off.
    markdown.isTrusted = { enabledCommands: ['bioscope.showPicture', 'bioscope.goToDefinition'] };
    return this.hover(document, found, markdown);
  }

  private hover(
    document: vscode.TextDocument,
    { start, end }: { readonly start: number; readonly end: number },
    markdown: vscode.MarkdownString,
  ): vscode.Hover {
    return new vscode.Hover(markdown, new vscode.Range(document.positionAt(start), document.positionAt(end)));
  }
}
