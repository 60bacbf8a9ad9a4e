import * as vscode from 'vscode';
import { Kernel } from '../engine/kernel';
import { parseWord } from '../engine/pfn';
import { helperMarkdown } from './helper-markdown';
import type { Session } from './session';

const SCHEME = 'bioscope-helpers';

/** "Compare Helpers for a Page…": a read-only document about one pfn of the open machine. */
export class HelperDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private machine: unknown;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly session: Session) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      session.onDidChange(() => this.refresh()),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.machine = this.session.document?.machine;
    const pfn = parseWord(/pfn-(0x[0-9a-f]+)/.exec(uri.path)?.[1] ?? '');
    const { document } = this.session;
    if (pfn === undefined || !document) return vscode.l10n.t('No machine is open.');
    const { machine } = document;
    const { compareHelpers, inABio, machineOf } = await import('../engine/decode');
    // Beyond the last page frame of any machine there is no memory to put into a bio.
    const bios = pfn < 1n << 40n ? inABio(machine, Number(pfn), Kernel) : undefined;
    return helperMarkdown(compareHelpers(machineOf(machine), pfn), machine.name, bios);
  }

  /** Opens the comparison for a pfn; asks for one when none is given. */
  async show(pfn?: bigint): Promise<void> {
    const wanted = pfn ?? (await this.ask());
    if (wanted === undefined) return;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/pfn-0x${wanted.toString(16)}.md` });
    // Its command is not in getCommands() before the first use wakes the extension.
    if (vscode.extensions.getExtension('vscode.markdown-language-features'))
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    else await vscode.window.showTextDocument(uri);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async ask(): Promise<bigint | undefined> {
    const { page } = this.session.state.selection;
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t('Compare helpers for a page'),
      prompt: vscode.l10n.t('A page frame number, in hexadecimal or decimal'),
      placeHolder: '0x40000',
      ...(page === undefined ? {} : { value: `0x${page.toString(16)}` }),
      validateInput: (value) =>
        value === '' || parseWord(value) !== undefined
          ? undefined
          : vscode.l10n.t('Expected at most 64 bits, such as 0x100000004'),
    });
    return text ? parseWord(text) : undefined;
  }

  /** Another machine gives other answers; another selection does not. */
  private refresh(): void {
    if (this.session.document?.machine === this.machine) return;
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === SCHEME) this.changed.fire(uri);
    }
  }
}
