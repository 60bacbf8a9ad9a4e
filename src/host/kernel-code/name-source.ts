import * as vscode from 'vscode';
import { nameOf } from '../menu-context';
import type { Session } from '../session';
import type { Definitions } from './definitions';
import { reader } from './lazy-reader';

const SCHEME = 'bioscope-name';

/**
 * From a kernel name in a picture to its definition in the workspace; where no tree or index there has it, to what is
 * known of it.
 */
export class NameSource implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(
    private readonly definitions: Definitions,
    private readonly session: Session,
  ) {}

  /** Without a name, asks for one of those that the open run is made of. */
  async open(wanted?: unknown): Promise<void> {
    const name = nameOf(wanted) ?? (await this.ask());
    if (name === undefined || !/^\w{1,80}$/.test(name)) return;
    const found = (await this.inTree(name)) ?? (await inIndex(name));
    if (found) {
      await vscode.window.showTextDocument(found.uri, {
        selection: found.range,
        viewColumn: vscode.ViewColumn.Beside,
      });
      return;
    }
    const { lookup } = await reader();
    if (lookup(name)) return this.tell(name);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is in no kernel tree of this workspace, and Bioscope has no text about it.', name),
    );
  }

  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const { hoverMarkdown, lookup } = await reader();
    const name = /^\/(\w+)\.md$/.exec(path)?.[1] ?? '';
    const entry = lookup(name);
    if (!entry) return vscode.l10n.t('Bioscope has no text about {0}.', name);
    return `# ${name}\n\n${hoverMarkdown({ entry, start: 0, end: 0, role: 'other' })}`;
  }

  dispose(): void {
    this.registration.dispose();
  }

  private async inTree(name: string): Promise<vscode.Location | undefined> {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      const found = await this.definitions.find(uri, name);
      if (found) return found;
    }
    return undefined;
  }

  private async tell(name: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.md` });
    if (vscode.extensions.getExtension('vscode.markdown-language-features'))
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    else await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
  }

  private async ask(): Promise<string | undefined> {
    const names =
      this.session.recording?.names.filter(({ kind }) => kind === 'call' || kind === 'rule') ?? [];
    return vscode.window.showQuickPick(names.map(({ name }) => name).sort(), {
      title: vscode.l10n.t('Go to the source of which name?'),
    });
  }
}

/** What another extension's index of the workspace has under exactly this name. */
async function inIndex(name: string): Promise<vscode.Location | undefined> {
  const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
    'vscode.executeWorkspaceSymbolProvider',
    name,
  );
  return symbols?.find((symbol) => symbol.name.replace(/\(.*$/, '') === name)?.location;
}
