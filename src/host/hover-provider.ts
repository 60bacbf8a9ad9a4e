import * as vscode from 'vscode';
import { CParser, hoverAt, hoverMarkdown } from '../reader';

/** Explains kernel names in C. The parser is loaded with the first hover, not at activation. */
export class KernelHovers implements vscode.HoverProvider {
  private parser: Promise<CParser> | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
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
    const hover = hoverAt(parser, document.getText(), document.offsetAt(position), {
      path: document.uri.path,
    });
    if (!hover) return undefined;
    const markdown = new vscode.MarkdownString(
      hoverMarkdown(hover, {
        pictureUri: (picture, name) =>
          `command:bioscope.showPicture?${encodeURIComponent(JSON.stringify([picture, name]))}`,
      }),
    );
    // One command and no other; HTML stays off.
    markdown.isTrusted = { enabledCommands: ['bioscope.showPicture'] };
    const range = new vscode.Range(document.positionAt(hover.start), document.positionAt(hover.end));
    return new vscode.Hover(markdown, range);
  }

  dispose(): void {
    void this.parser?.then((parser) => parser.dispose()).catch(() => undefined);
  }

  private async load(): Promise<CParser | undefined> {
    const file = (name: string) =>
      vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.extensionUri, 'dist', name));
    this.parser ??= Promise.all([file('web-tree-sitter.wasm'), file('tree-sitter-c.wasm')]).then(
      ([runtime, grammar]) => CParser.create({ runtime, grammar }),
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
