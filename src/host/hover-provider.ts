import * as vscode from 'vscode';
import type { CParser } from '../reader';
import { numberMarkdown } from './hover-number';
import { KernelTrees } from './kernel-tree';
import type { Session } from './session';

/** With it comes the catalogue: some hundred names with all their versions, read when somebody first hovers. */
const reader = () => import('../reader');

/** Explains kernel names in C. The parser is loaded with the first hover, not at activation. */
export class KernelHovers implements vscode.HoverProvider {
  private parser: Promise<CParser> | undefined;
  private readonly trees = new KernelTrees();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!vscode.workspace.getConfiguration('bioscope', document).get('hover.enabled', true)) return undefined;
    const parser = await this.load();
    if (!parser || token.isCancellationRequested) return undefined;
    const { hoverAt, hoverMarkdown, numberInCall } = await reader();
    const [text, offset] = [document.getText(), document.offsetAt(position)];
    const number = numberInCall(parser, text, offset);
    if (number) {
      const shown = numberMarkdown(number, this.session.document?.machine);
      return shown === undefined ? undefined : this.hover(document, number, new vscode.MarkdownString(shown));
    }
    const tree = await this.trees.of(document.uri);
    const inTree = tree ? { tree } : {};
    const found = hoverAt(parser, text, offset, { path: document.uri.path, ...inTree });
    if (!found || token.isCancellationRequested) return undefined;
    const markdown = new vscode.MarkdownString(
      hoverMarkdown(found, {
        pictureUri: (picture, name) =>
          `command:bioscope.showPicture?${encodeURIComponent(JSON.stringify([picture, name]))}`,
        ...inTree,
      }),
    );
    // One command and no other; HTML stays off.
    markdown.isTrusted = { enabledCommands: ['bioscope.showPicture'] };
    return this.hover(document, found, markdown);
  }

  private hover(
    document: vscode.TextDocument,
    { start, end }: { readonly start: number; readonly end: number },
    markdown: vscode.MarkdownString,
  ): vscode.Hover {
    return new vscode.Hover(markdown, new vscode.Range(document.positionAt(start), document.positionAt(end)));
  }

  dispose(): void {
    this.trees.dispose();
    void this.parser?.then((parser) => parser.dispose()).catch(() => undefined);
  }

  private async load(): Promise<CParser | undefined> {
    const file = (name: string) =>
      vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.extensionUri, 'dist', name));
    this.parser ??= Promise.all([reader(), file('web-tree-sitter.wasm'), file('tree-sitter-c.wasm')]).then(
      ([{ CParser }, runtime, grammar]) => CParser.create({ runtime, grammar }),
    );
    try {
      return await this.parser;
    } catch (error) {
      this.parser = undefined;
      this.log.error(`The C parser could not be loaded: ${String(error)}`);
      return undefined;
    }
  }
}
