import * as vscode from 'vscode';
import type { AuditView } from './audit-view';
import type { AuditNode } from './model';
import { REMEMBERED, type AUDIT_COMMANDS } from './names';

export { AUDIT_COMMANDS } from './names';

const VIEW = 'bioscope.audit';

/** The place of the audit's view. What fills it is loaded when somebody first looks at it, or audits. */
export class Audits implements vscode.TreeDataProvider<AuditNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<AuditNode>;
  private loaded: Promise<AuditView> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.view = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    const remembered = context.workspaceState.get<readonly unknown[]>(REMEMBERED, []);
    void vscode.commands.executeCommand('setContext', 'bioscope.audited', remembered.length > 0);
  }

  /** Runs one of the commands. */
  readonly run = async (name: (typeof AUDIT_COMMANDS)[number], args: readonly never[]): Promise<unknown> =>
    (await this.load()).commands[name](...args);

  async getTreeItem(node: AuditNode): Promise<vscode.TreeItem> {
    return (await this.load()).itemOf(node);
  }

  async getChildren(node?: AuditNode): Promise<AuditNode[]> {
    return [...(await (await this.load()).childrenOf(node))];
  }

  dispose(): void {
    void this.loaded?.then((audits) => audits.commands.auditStop());
    this.view.dispose();
    this.changed.dispose();
  }

  private load(): Promise<AuditView> {
    this.loaded ??= import('./audit-view').then(
      ({ AuditView }) => new AuditView(this.context, this.log, this.view, () => this.changed.fire(undefined)),
    );
    return this.loaded;
  }
}
