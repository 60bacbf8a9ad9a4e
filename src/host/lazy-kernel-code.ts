import * as vscode from 'vscode';
import type { KernelCodeCommands } from './kernel-code';
import { C_LANGUAGE_IDS, READING_SCHEME, type KernelCodeCommand } from './kernel-code/names';

/** What Bioscope does in editors with C: loaded when the first one is open, or one of its commands runs. */
export class LazyKernelCode implements vscode.Disposable {
  private readonly opening: vscode.Disposable;
  private loaded: Promise<KernelCodeCommands> | undefined;

  constructor(private readonly read: () => Promise<KernelCodeCommands>) {
    this.opening = vscode.workspace.onDidOpenTextDocument((document) => this.meet(document));
    vscode.workspace.textDocuments.forEach((document) => this.meet(document));
    // A text of ours in an editor that a reload brought back waits for who provides it.
    if (tabsOf().some(({ scheme }) => scheme === READING_SCHEME)) void this.load();
  }

  async run(name: KernelCodeCommand, args: readonly never[]): Promise<void> {
    await (await this.load())[name](...args);
  }

  dispose(): void {
    this.opening.dispose();
  }

  private meet({ languageId }: vscode.TextDocument): void {
    if (C_LANGUAGE_IDS.includes(languageId)) void this.load();
  }

  private load(): Promise<KernelCodeCommands> {
    this.loaded ??= this.read();
    return this.loaded;
  }
}

const tabsOf = (): vscode.Uri[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
