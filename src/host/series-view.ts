import * as vscode from 'vscode';
import type { SeriesFilter, SeriesNode } from '../catalogue/series';
import { isSimulated } from '../engine/series';

export const SERIES = 'bioscope.series';

/** The rows are many, and read when somebody first looks. */
const series = () => import('../catalogue/series');

const ICONS: Readonly<Record<SeriesNode['kind'], string | undefined>> = {
  changes: 'diff',
  change: 'note',
  patch: 'git-commit',
  file: 'file-code',
  fact: undefined,
};

/** The series as a tree: patches, their files, what there is to know of each. */
export class SeriesView implements vscode.TreeDataProvider<SeriesNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<SeriesNode>;
  private filter: SeriesFilter | undefined;

  constructor() {
    this.tree = vscode.window.createTreeView(SERIES, { treeDataProvider: this, showCollapseAll: true });
  }

  async getChildren(node?: SeriesNode): Promise<SeriesNode[]> {
    if (node) return [...node.children];
    const { NO_FILTER, SERIES_FILES, seriesTree } = await series();
    return seriesTree(SERIES_FILES, this.filter ?? NO_FILTER);
  }

  getTreeItem(node: SeriesNode): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children.length > 0 ? Collapsed : None);
    item.id = node.id;
    item.description = node.description;
    item.tooltip = node.detail;
    const icon = ICONS[node.kind];
    if (icon !== undefined) item.iconPath = new vscode.ThemeIcon(icon);
    if (node.kind === 'file' && node.file) {
      const { file } = node.file;
      item.contextValue = isSimulated(file) ? 'simulated' : 'file';
      item.command = {
        command: 'bioscope.openSeriesFile',
        title: vscode.l10n.t('Open'),
        arguments: [node],
      };
    }
    return item;
  }

  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${SERIES}.focus`);
  }

  /** Asks which roles, ways to memory and outcomes to show; nothing chosen shows everything. */
  async pickFilter(): Promise<void> {
    const { ACCESS, ACCESSES, OUTCOME, OUTCOMES, ROLE, ROLES, NO_FILTER } = await series();
    const now = this.filter ?? NO_FILTER;
    const group = <T extends string>(
      title: string,
      list: readonly T[],
      words: Record<T, string>,
      on: readonly T[],
    ) => [
      { label: title, kind: vscode.QuickPickItemKind.Separator },
      ...list.map((value) => ({ label: words[value], value, picked: on.includes(value) })),
    ];
    const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { value?: string }>(
      [
        ...group(vscode.l10n.t('Role'), ROLES, ROLE, now.roles),
        ...group(vscode.l10n.t('How it reaches memory'), ACCESSES, ACCESS, now.accesses),
        ...group(vscode.l10n.t('Page-less memory'), OUTCOMES, OUTCOME, now.outcomes),
      ],
      { title: vscode.l10n.t('Filter the files of the series'), canPickMany: true },
    );
    if (!picked) return;
    const chosen = new Set(picked.map(({ value }) => value));
    this.show({
      roles: ROLES.filter((value) => chosen.has(value)),
      accesses: ACCESSES.filter((value) => chosen.has(value)),
      outcomes: OUTCOMES.filter((value) => chosen.has(value)),
    });
    this.tree.message = picked.length === 0 ? '' : picked.map(({ label }) => label).join(' · ');
    await this.focus();
  }

  dispose(): void {
    this.changed.dispose();
    this.tree.dispose();
  }

  private show(filter: SeriesFilter): void {
    this.filter = filter;
    this.changed.fire(undefined);
  }
}
