import * as vscode from 'vscode';
import type { CParser } from '../../reader';

/** With it comes the catalogue: some hundred names with all their versions, read when somebody first needs it. */
export const reader = () => import('../../reader');

/** The C parser of the window, loaded with the first question and not at activation. */
export class LazyParser implements vscode.Disposable {
  private parser: Promise<CParser> | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Undefined, and said in the log, when its files cannot be read. */
  async load(): Promise<CParser | undefined> {
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

  dispose(): void {
    void this.parser?.then((parser) => parser.dispose()).catch(() => undefined);
  }
}
